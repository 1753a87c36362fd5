// Each scenario against the real server, as small as it can be: the load generator and the server
// still understand each other.
#include <unistd.h>

#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bench/chat.h"
#include "bench/floor/relay.h"
#include "bench/history.h"
#include "bench/logins.h"
#include "bench/mixed.h"
#include "bench/presence.h"
#include "bench/quiet.h"
#include "bench/storm.h"
#include "bench/subject.h"

namespace rookery::bench {
namespace {

Result<Subject> server(Carrier carrier) {
  return Subject::open({.server = {.program = ROOKERY_PROGRAM, .durability = "process"},
                        .address = {.carrier = carrier}});
}

class SmokeTest : public testing::TestWithParam<Carrier> {};

TEST_P(SmokeTest, Chat) {
  auto subject = server(GetParam());
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  const auto report = run_chat(*subject, {.pairs = 2,
                                          .both_ways = true,
                                          .stream_management = true,
                                          .warm_up = Milliseconds(0),
                                          .duration = Milliseconds(200)});
  ASSERT_TRUE(report.has_value()) << report.error().text();
  EXPECT_GT(report->value("messages"), 0);
  EXPECT_GT(report->value("messages_per_server_cpu_second"), 0);
  EXPECT_GT(report->value("latency_p50_us"), 0);
}

TEST_P(SmokeTest, Idle) {
  auto subject = server(GetParam());
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  const auto idle =
      run_idle(*subject, {.sessions = 4, .warm_up_sessions = 2, .settle = Milliseconds(0)});
  ASSERT_TRUE(idle.has_value()) << idle.error().text();
  EXPECT_GT(idle->value("resident_bytes"), 0);
}

TEST_P(SmokeTest, Logins) {
  auto subject = server(GetParam());
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  for (const LoginKind kind :
       {LoginKind::kScram, LoginKind::kPlain, LoginKind::kToken, LoginKind::kResume}) {
    const auto logins = run_logins(
        *subject, {.kind = kind, .accounts = 2, .tickets = true, .duration = Milliseconds(20)});
    ASSERT_TRUE(logins.has_value()) << static_cast<int>(kind) << logins.error().text();
    EXPECT_GT(logins->value("logins_per_server_cpu_second"), 0);
  }
}

TEST_P(SmokeTest, Storm) {
  auto subject = server(GetParam());
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  const auto storm = run_storm(*subject, {.sessions = 4, .rest = Seconds(0), .settle = Seconds(0)});
  ASSERT_TRUE(storm.has_value()) << storm.error().text();
  EXPECT_GT(storm->value("resident_bytes_with"), 0);
  EXPECT_GT(storm->value("resident_after_to_base"), 0);
}

TEST_P(SmokeTest, HistoryAndPresence) {
  auto subject = server(GetParam());
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  const auto history = run_history(
      *subject, {.accounts = 2, .messages = 60, .cold = true, .duration = Milliseconds(50)});
  ASSERT_TRUE(history.has_value()) << history.error().text();
  EXPECT_GT(history->value("pages"), 0);
  const auto presence =
      run_presence(*subject, {.users = 4, .contacts = 3, .duration = Milliseconds(50)});
  ASSERT_TRUE(presence.has_value()) << presence.error().text();
  EXPECT_GT(presence->value("deliveries"), 0);
}

// On a machine that cannot follow, all users are there at the same time, and nothing waits for
// anybody in the archive: it is given a longer day.
TEST_P(SmokeTest, Mixed) {
  Report day;
  for (Milliseconds duration{500};
       day.value("messages_from_archives") == 0 && duration < Seconds(20); duration *= 2) {
    auto subject = server(GetParam());
    ASSERT_TRUE(subject.has_value()) << subject.error().text();
    auto lived = run_mixed(*subject, {.users = 40, .duration = duration});
    ASSERT_TRUE(lived.has_value()) << lived.error().text();
    day = std::move(*lived);
  }
  EXPECT_GT(day.value("messages"), 500);
  EXPECT_GT(day.value("resumptions"), 10);
  EXPECT_GT(day.value("token_logins"), 0);
  EXPECT_GT(day.value("messages_from_archives"), 0);
  EXPECT_EQ(day.value("gaps_filled_from_archives"), 0);
  EXPECT_TRUE(day.warnings().empty()) << day.warnings().front();
}

INSTANTIATE_TEST_SUITE_P(Carriers, SmokeTest,
                         testing::Values(Carrier::kTcp, Carrier::kStartTls, Carrier::kWebSocket));

class FloorTest : public testing::TestWithParam<Carrier> {};

TEST_P(FloorTest, Chat) {
  SystemClock clock;
  SystemRandom random;
  const auto tls = make_relay_tls(clock, random);
  ASSERT_TRUE(tls) << tls.error().text();
  runtime::Loop loop(clock);
  const auto relay = Relay::create(loop, {.tls = tls->get()});
  ASSERT_TRUE(relay) << relay.error().text();
  std::jthread relaying([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      loop.turn(Milliseconds(10));
      (*relay)->bury();
    }
  });
  auto subject = Subject::open({.address = {.port = (*relay)->port(), .carrier = GetParam()},
                                .processes = {::getpid()},
                                .has_accounts = true,
                                .proof = Proof::kPlain});
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  for (const std::size_t window : {1, 16}) {
    const auto report = run_chat(
        *subject,
        {.pairs = 2, .window = window, .warm_up = Milliseconds(0), .duration = Milliseconds(100)});
    ASSERT_TRUE(report.has_value()) << report.error().text();
    EXPECT_GT(report->value("messages"), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Carriers, FloorTest, testing::Values(Carrier::kTcp, Carrier::kStartTls));

// One that floods gets no more than is allowed, and a merge is seen to have run.
TEST(QuietPairTest, AFloodIsHeldAndAMergeIsSeen) {
  constexpr std::size_t kRate = 200, kBurst = 100; // kilobytes
  constexpr double kSeconds = 0.3;
  auto subject = Subject::open({.server = {.program = ROOKERY_PROGRAM,
                                           .durability = "process",
                                           .rate_kilobytes = kRate,
                                           .burst_kilobytes = kBurst}});
  ASSERT_TRUE(subject.has_value()) << subject.error().text();
  const auto quiet = run_quiet(*subject, {.messages_per_second = 100,
                                          .duration = Milliseconds(300),
                                          .flood_window = 2000,
                                          .removals = 1,
                                          .disk = std::filesystem::temp_directory_path()});
  ASSERT_TRUE(quiet.has_value()) << quiet.error().text();
  for (const char* phase : {"alone", "flood", "compaction"})
    EXPECT_GT(quiet->value(fmt::format("{}_p99_us", phase)), 0) << phase;
  EXPECT_GT(quiet->value("sync_p50_us"), 0);
  EXPECT_GT(quiet->value("flood_bytes_per_second"), 0);
  EXPECT_LT(quiet->value("flood_bytes_per_second"), 1.5 * 1024 * (kRate + kBurst / kSeconds));
  EXPECT_EQ(quiet->value("removals"), 1);
  EXPECT_GE(quiet->value("compactions"), 1);
}

TEST(SubjectTest, AProgramThatIsNoServerIsToldAtOnce) {
  const auto subject = Subject::open({.server = {.program = "/bin/false"}});
  EXPECT_FALSE(subject.has_value());
}

} // namespace
} // namespace rookery::bench
