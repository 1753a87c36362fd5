#include "modules/mam/conversation.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/packet.h"

namespace rookery::modules::mam {
namespace {

constexpr std::string_view kOwn = "me@d";
constexpr std::string_view kBody = "<body>x</body>";

std::string marker(std::string_view id, std::string_view name = "displayed") {
  return "<" + std::string(name) + " xmlns='urn:xmpp:chat-markers:0' id='" + std::string(id) +
         "'/>";
}

class ConversationTest : public testing::Test {
protected:
  void received(std::string_view id, std::string_view inside = kBody,
                std::string_view from = "a@d/x") {
    add(server::kEntryReceived, from, "me@d", id, inside);
  }
  void sent(std::string_view id, std::string_view inside = kBody) {
    add(server::kEntrySent, "me@d/other", "a@d", id, inside);
  }
  void add(std::uint8_t flags, std::string_view from, std::string_view to, std::string_view id,
           std::string_view inside) {
    entries_.push_back({.id = EntryId(100 + entries_.size()),
                        .tag = 0,
                        .flags = static_cast<std::uint8_t>(flags | server::kEntryHistory),
                        .body = "<message from='" + std::string(from) + "' to='" + std::string(to) +
                                "' id='" + std::string(id) + "'>" + std::string(inside) +
                                "</message>"});
  }
  /// Of what was added, the oldest first.
  Conversation read() const {
    Conversation conversation(kOwn);
    for (auto entry = entries_.rbegin(); entry != entries_.rend() && !conversation.settled();
         ++entry)
      conversation.add(*entry);
    return conversation;
  }

  std::vector<storage::Entry> entries_;
};

TEST_F(ConversationTest, Xep0430Section4AMessageStartsUnread) {
  received("1");
  received("2");
  const Conversation conversation = read();
  EXPECT_EQ(conversation.unread(), 2U);
  EXPECT_EQ(conversation.jid(), "a@d");
  EXPECT_EQ(conversation.newest(), EntryId(101));
  ASSERT_NE(conversation.message(), nullptr);
  EXPECT_EQ(conversation.message()->id, EntryId(101));
}

TEST_F(ConversationTest, Xep0430Section4WhoWritesHasReadWhatCameBefore) {
  received("1");
  sent("2");
  received("3");
  EXPECT_EQ(read().unread(), 1U);
  sent("4");
  EXPECT_EQ(read().unread(), 0U);
}

TEST_F(ConversationTest, Xep0430Section4AMarkerReadsTheMessageAndAllBeforeIt) {
  for (const std::string_view name : {"displayed", "acknowledged"}) {
    entries_.clear();
    received("1");
    received("2");
    received("3");
    sent("m", marker("2", name));
    received("4");
    EXPECT_EQ(read().unread(), 2U) << name;
    EXPECT_TRUE(read().settled());
  }
}

TEST_F(ConversationTest, OfSeveralMarkersTheOneThatReachesFurthestCounts) {
  received("1");
  received("2");
  received("3");
  sent("m", marker("3"));
  sent("n", marker("1")); // a slower device
  EXPECT_EQ(read().unread(), 0U);
}

TEST_F(ConversationTest, AMarkerNamesAnOriginIdToo) {
  received("1", "<body>x</body><origin-id xmlns='urn:xmpp:sid:0' id='o'/>");
  sent("m", marker("o"));
  EXPECT_EQ(read().unread(), 0U);
}

TEST_F(ConversationTest, AMarkerOfWhatIsNotThereStandsForAllBeforeIt) {
  received("1");
  sent("m", marker("gone"));
  received("2");
  EXPECT_EQ(read().unread(), 1U);
  EXPECT_FALSE(read().settled());
}

TEST_F(ConversationTest, AMarkerMayNameWhatIsNotCounted) {
  sent("2");
  received("3");
  received("4", "<body>y</body><replace xmlns='urn:xmpp:message-correct:0' id='3'/>");
  sent("m", marker("4"));
  EXPECT_EQ(read().unread(), 0U);
  EXPECT_TRUE(read().settled());
}

TEST_F(ConversationTest, Xep0430Section4ReceiptsReadNothingAndMarkersOfTheOtherSideNeither) {
  received("1");
  sent("r", "<received xmlns='urn:xmpp:receipts' id='1'/>");
  sent("n", marker("1", "received"));
  received("m", marker("1"));
  EXPECT_EQ(read().unread(), 1U);
}

TEST_F(ConversationTest, WhatIsNotForSomebodyToReadIsNotCountedAndNotTheLatest) {
  received("1");
  received("2", "<received xmlns='urn:xmpp:receipts' id='0'/>");
  received("3", "<body>y</body><replace xmlns='urn:xmpp:message-correct:0' id='1'/>");
  const Conversation conversation = read();
  EXPECT_EQ(conversation.unread(), 1U);
  EXPECT_EQ(conversation.newest(), EntryId(102));
  EXPECT_EQ(conversation.message()->id, EntryId(100));
}

TEST_F(ConversationTest, OneWhoHasTheSameTagIsNotMixedIn) {
  received("1", kBody, "b@d/x");
  received("2");
  const Conversation conversation = read();
  EXPECT_EQ(conversation.jid(), "a@d");
  EXPECT_EQ(conversation.unread(), 1U);
}

TEST_F(ConversationTest, NotesToOneselfAreRead) {
  add(server::kEntrySent | server::kEntryReceived, "me@d/x", "me@d", "1", kBody);
  EXPECT_EQ(read().jid(), "me@d");
  EXPECT_EQ(read().unread(), 0U);
}

TEST_F(ConversationTest, NoMoreThanTheBoundIsLookedAt) {
  received("read");
  for (std::uint32_t i = 0; i < kLookedAtMax + 20; ++i)
    received("1");
  sent("m", marker("read"));
  const Conversation conversation = read();
  EXPECT_EQ(conversation.looked_at(), kLookedAtMax);
  EXPECT_EQ(conversation.unread(), 0U) << "the marker's message is too far back: all before it";
  entries_.pop_back();
  EXPECT_EQ(read().unread(), kLookedAtMax);
}

TEST_F(ConversationTest, NothingAdded) {
  EXPECT_EQ(read().jid(), "");
  EXPECT_EQ(read().message(), nullptr);
}

} // namespace
} // namespace rookery::modules::mam
