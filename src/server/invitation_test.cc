#include "server/invitation.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace rookery::server {
namespace {

constexpr WallTime kTime{Microseconds(1'700'000'000'000'000)};
const Invitation kOfAlice{.by = "alice@example.org",
                          .domain = "example.org",
                          .name = {},
                          .expires = kTime,
                          .uses = 3,
                          .registers = true};

TEST(InvitationTest, ARecordIsReadAsItWasWritten) {
  Invitation contact = kOfAlice;
  contact.registers = false;
  Invitation named{.by = {}, .domain = "example.org", .name = "bob", .expires = kTime, .uses = 1};
  for (const Invitation& each : {kOfAlice, contact, named})
    EXPECT_EQ(Invitation::parse(each.serialise()), each);
}

TEST(InvitationTest, DamagedRecordsAreNone) {
  for (const std::string_view text :
       {"", "domain example.org\n", "uses 1\n", "domain example.org\nuses 0\n",
        "domain example.org\nuses many\n"})
    EXPECT_FALSE(Invitation::parse(text)) << text;
  const auto many = Invitation::parse("domain example.org\nuses 99999999999\nlater thing\n");
  ASSERT_TRUE(many);
  EXPECT_EQ(many->uses, kInvitationUsesMax);
}

TEST(InvitationTest, ATokenLeadsToItsOwner) {
  SeededRandom random(1);
  const std::string token = make_invitation_token(Owner(0x0102), random);
  EXPECT_EQ(token.size(), 48U);
  const auto key = read_invitation_token(token);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->owner, Owner(0x0102));
  EXPECT_EQ(key->id.size(), 32U);
  // What is kept does not show it.
  EXPECT_EQ(token.find(key->id), std::string::npos);
  EXPECT_NE(make_invitation_token(Owner(0x0102), random), token);
}

TEST(InvitationTest, WhatIsNoTokenIsNone) {
  SeededRandom random(1);
  const std::string token = make_invitation_token(Owner(7), random);
  for (const std::string& text : {std::string(), token.substr(1), token + "0", std::string(48, 'x'),
                                  std::string(9'000, 'a'), std::string(48, '\0')})
    EXPECT_FALSE(read_invitation_token(text)) << text.size();
}

TEST(InvitationTest, AReservedNameIsReadAsItWasWritten) {
  const ReservedName name{.key = {.owner = Owner(9), .id = "ab"}, .expires = kTime};
  const auto read = ReservedName::parse(name.serialise());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, name.key);
  EXPECT_EQ(read->expires, kTime);
  EXPECT_FALSE(ReservedName::parse("owner 9\n"));
}

TEST(InvitationTest, Xep0401Section4_1AnInvitationOfAUser) {
  EXPECT_EQ(invitation_uri(kOfAlice, "TOKEN"), "xmpp:alice@example.org?roster;preauth=TOKEN;ibr=y");
  Invitation contact = kOfAlice;
  contact.registers = false;
  EXPECT_EQ(invitation_uri(contact, "TOKEN"), "xmpp:alice@example.org?roster;preauth=TOKEN");
}

TEST(InvitationTest, Xep0445Section2AnAccountWithAndWithoutAName) {
  Invitation invitation{.by = {}, .domain = "example.org", .name = {}};
  EXPECT_EQ(invitation_uri(invitation, "TOKEN"), "xmpp:example.org?register;preauth=TOKEN");
  invitation.name = "李?";
  EXPECT_EQ(invitation_uri(invitation, "TOKEN"),
            "xmpp:%E6%9D%8E%3F@example.org?register;preauth=TOKEN");
}

TEST(InvitationTest, TheLinkHidesTheTokenFromServersOnItsWay) {
  EXPECT_EQ(invitation_link(kOfAlice, "TOKEN", "https://chat.example.org"),
            "https://chat.example.org/?from=alice%40example.org#/invite/TOKEN");
  Invitation invitation{.by = {}, .domain = "example.org", .name = "bob"};
  EXPECT_EQ(invitation_link(invitation, "TOKEN", "https://chat.example.org/"),
            "https://chat.example.org/?domain=example.org&name=bob#/invite/TOKEN");
  invitation.registers = false;
  EXPECT_EQ(invitation_link(invitation, "TOKEN", "https://x"),
            "https://x/?domain=example.org&name=bob#/contact/TOKEN");
  EXPECT_EQ(invitation_link(kOfAlice, "TOKEN", ""), "");
}

} // namespace
} // namespace rookery::server
