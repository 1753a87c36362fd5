// XEP-0198: what was sent and not acknowledged, and up to where the log need not be read again.
#include "server/stream_management.h"

#include <gtest/gtest.h>

namespace rookery::server {
namespace {

// An older entry may be sent behind a newer one: what another device has not got.
TEST(StreamManagement, AnEntryThatIsSentLateHoldsTheMarkUntilItIsAcknowledged) {
  StreamManagement sm("id", true, Seconds(60));
  sm.sent("<message id='12'/>", EntryId(12));
  sm.sent("<message id='5'/>", EntryId(5));
  ASSERT_TRUE(sm.acknowledge(1));
  EXPECT_EQ(sm.acked_entry(), EntryId(4));
  ASSERT_TRUE(sm.acknowledge(2));
  EXPECT_EQ(sm.acked_entry(), EntryId(12));
}

TEST(StreamManagement, Xep0198Section4CountsWrap) {
  StreamManagement sm("id", true, Seconds(60));
  sm.restore(0xFFFFFFFFU, EntryId(1));
  sm.sent("<message/>", EntryId(2));
  sm.sent("<message/>", EntryId(3));
  EXPECT_EQ(sm.sent_count(), 1U);
  EXPECT_FALSE(sm.acknowledge(2));
  ASSERT_TRUE(sm.acknowledge(0));
  EXPECT_EQ(sm.acked_entry(), EntryId(2));
  ASSERT_TRUE(sm.acknowledge(1));
  EXPECT_TRUE(sm.unacked().empty());
}

} // namespace
} // namespace rookery::server
