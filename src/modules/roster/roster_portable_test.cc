#include "modules/roster/roster_portable.h"

#include <gtest/gtest.h>

#include "modules/roster/roster_item.h"
#include "modules/roster/roster_module.h"
#include "xml/fragment.h"

namespace rookery::modules::roster {
namespace {

class RosterPortableTest : public testing::Test {
protected:
  RosterItem item(std::string_view contact) {
    const auto record = draft_.get(kRosterRecords, contact);
    return record ? RosterItem::parse(*record).value_or(RosterItem{}) : RosterItem{};
  }
  void contacts(std::string_view items) {
    const auto document = xml::parse_fragment(
        "<query xmlns='jabber:iq:roster'>" + std::string(items) + "</query>", {});
    ASSERT_TRUE(document);
    read_contacts(document->root(), draft_);
  }
  void request(std::string_view from) {
    const auto document =
        xml::parse_fragment("<presence xmlns='jabber:client' type='subscribe' from='" +
                                std::string(from) + "'><nick xmlns='n'>N</nick></presence>",
                            {});
    ASSERT_TRUE(document);
    read_request(document->root(), draft_);
  }

  SystemRandom random_;
  server::AccountDraft draft_{xmpp::BareJid::from_trusted("romeo@localhost"), random_, WallTime{}};
};

TEST_F(RosterPortableTest, EveryStateOfAContactComesBackAsItWas) {
  for (std::size_t i = 0; i < xmpp::kSubscriptions; ++i) {
    const std::string contact = "a" + std::to_string(i) + "@b";
    RosterItem before{.name = "A <b>", .groups = {"x", "y\nz"}, .listed = true, .changed = 1};
    before.subscription = {static_cast<xmpp::Subscription>(i), i % 2 == 0};
    if (pending_in(before.subscription.state))
      before.request = "<presence from='" + contact + "' to='romeo@localhost' type='subscribe'/>";
    const storage::Record record{contact, before.serialise()};
    std::string items, requests;
    xml::Writer items_writer(items, xmpp::kNsRoster), requests_writer(requests, "urn:xmpp:pie:0");
    write_contact(record, items_writer);
    write_request(record, requests_writer);
    if (i % 2 == 0)
      contacts(items); // the order does not matter
    if (!requests.empty()) {
      const auto presence = xml::parse_fragment(requests, {});
      ASSERT_TRUE(presence) << requests;
      read_request(presence->root(), draft_);
    }
    if (i % 2 != 0)
      contacts(items);
    EXPECT_EQ(item(contact), before) << to_string(before.subscription.state);
  }
}

TEST_F(RosterPortableTest, ARequestOfAStrangerIsNoContact) {
  request("tybalt@localhost/hall");
  EXPECT_FALSE(item("tybalt@localhost").listed);
  EXPECT_EQ(item("tybalt@localhost").subscription.state, xmpp::Subscription::kNonePendingIn);
  EXPECT_NE(item("tybalt@localhost").request.find("<nick xmlns='n'>N</nick>"), std::string::npos);
  std::string out;
  xml::Writer writer(out);
  write_contact({"tybalt@localhost", *draft_.get(kRosterRecords, "tybalt@localhost")}, writer);
  EXPECT_EQ(out, "");
}

TEST_F(RosterPortableTest, WhatDoesNotFitIsLeftOutAndNoted) {
  contacts("<item jid='@@' subscription='both'/><item jid='romeo@localhost' subscription='both'/>"
           "<item jid='gone@b' subscription='remove'/><item jid='Paris@B/x' subscription='odd'/>");
  EXPECT_EQ(item("paris@b").subscription.state, xmpp::Subscription::kNone);
  EXPECT_TRUE(item("paris@b").listed);
  EXPECT_EQ(draft_.records().size(), 2U) << "the contact and the version";
  EXPECT_EQ(draft_.notes().size(), 1U);
  request("@@");
  EXPECT_EQ(draft_.notes().size(), 2U);
}

// An app may know the version of an empty roster: it must not think that this is it.
TEST_F(RosterPortableTest, TheVersionIsAboveThatOfAnEmptyRoster) {
  contacts("<item jid='a@b'/>");
  const auto version = RosterVersion::parse(*draft_.get(kVersionRecords, kVersionKey));
  EXPECT_NE(version.str(), RosterVersion{}.str());
  EXPECT_EQ(item("a@b").changed, version.number);
}

} // namespace
} // namespace rookery::modules::roster
