#include "server/packet.h"

#include <gtest/gtest.h>

namespace rookery::server {
namespace {

constexpr std::string_view kMessage =
    "<message from='romeo@localhost/orchard' to='juliet@localhost' "
    "type='chat' id='m1'><body>Hi</body></message>";

std::string written(std::string_view text, std::string_view append) {
  std::string out;
  write_packet_text(out, text, append);
  return out;
}

TEST(PacketTest, OneThatServesAgainIsAsNew) {
  Packet* before = nullptr;
  {
    PacketPtr packet = make_packet(kMessage);
    before = packet.get();
    packet->text = "text";
    packet->id = EntryId(7);
    packet->receiver_log = Owner{7};
    packet->receiver_history = false;
    packet->dropped = true;
    packet->refused = xmpp::StanzaCondition::kBadRequest;
    EXPECT_EQ(keep_of(*packet), xmpp::Keep::kArchive);
  }
  const PacketPtr again = new_packet();
  ASSERT_EQ(again.get(), before);
  EXPECT_FALSE(again->element());
  EXPECT_TRUE(again->from.empty() && again->to.empty() && again->text.empty());
  EXPECT_TRUE(again->header.id.empty() && !again->header.from && !again->header.to);
  EXPECT_EQ(again->id, kBeforeAll);
  EXPECT_EQ(again->receiver_log, kNodeOwner);
  EXPECT_TRUE(again->receiver_history);
  EXPECT_FALSE(again->dropped || again->refused || again->keep);
}

TEST(PacketTest, ALargeOneIsNotKept) {
  const std::string body(8 * 1024, 'x');
  make_packet("<message><body>" + body + "</body></message>").reset();
  EXPECT_LT(new_packet()->document.memory_bytes(), body.size());
}

TEST(PacketTest, WhatIsAppendedToWrittenTextIsItsLastChild) {
  EXPECT_EQ(written("<message to='a@b'><body>1</body></message>", "<x/>"),
            "<message to='a@b'><body>1</body><x/></message>");
  EXPECT_EQ(written("<message to='a@b'><active xmlns='n'/></message>", "<x/>"),
            "<message to='a@b'><active xmlns='n'/><x/></message>");
  EXPECT_EQ(written("<message/>", "<x/>"), "<message><x/></message>");
  EXPECT_EQ(written("<message to='a/b'/>", "<x/>"), "<message to='a/b'><x/></message>");
  EXPECT_EQ(written("<message/>", ""), "<message/>");
}

TEST(PacketTest, WrittenTextGivesWhatThePacketGives) {
  PacketPtr packet = make_packet(kMessage);
  std::string direct, text;
  write_packet(direct, *packet, "<x/>", "juliet@localhost");
  write_packet(text, *packet, {}, "juliet@localhost");
  EXPECT_EQ(written(text, "<x/>"), direct);
}

} // namespace
} // namespace rookery::server
