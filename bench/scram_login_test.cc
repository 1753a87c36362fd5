#include "bench/scram_login.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "xmpp/scram_client.h"

namespace rookery::bench {
namespace {

constexpr std::string_view kServerNonce = "3rfcNHYJY1ZVvWVs7j";

std::string server_first(const std::string& client_first) {
  const std::string nonce = client_first.substr(client_first.find("r=") + 2);
  return "r=" + nonce + std::string(kServerNonce) + ",s=QSXCR+Q6sek8bf92,i=4096";
}

// The same password, salt and nonce make the same proof as the client that the server is tested
// with; the second time from what is kept.
TEST(ScramLoginTest, ProvesWhatAnyClientProves) {
  Account account{.name = "user", .password = "pencil"};
  for (int round = 0; round < 2; ++round) {
    SeededRandom random(7);
    ScramLogin login(account);
    const std::string first = login.first(random);
    const auto final = login.final(server_first(first));
    ASSERT_TRUE(final.has_value());

    xmpp::ScramClient other(
        {.hash = xmpp::HashKind::kSha1, .username = "user", .prepared_password = "pencil"});
    EXPECT_EQ(other.first(first.substr(first.find("r=") + 2)), first);
    EXPECT_EQ(other.final(server_first(first)).value(), *final);
  }
  EXPECT_EQ(account.iterations, 4096U);
}

TEST(ScramLoginTest, TheServerHasToProveItselfToo) {
  Account account{.name = "user", .password = "pencil"};
  SeededRandom random(7);
  ScramLogin login(account);
  const std::string first = login.first(random);
  ASSERT_TRUE(login.final(server_first(first)).has_value());
  EXPECT_FALSE(login.verify("v=" + base64_encode(std::string(20, 'x'))));
}

TEST(ScramLoginTest, NonsenseIsRefused) {
  Account account{.name = "user", .password = "pencil"};
  SeededRandom random(7);
  ScramLogin login(account);
  const std::string first = login.first(random);
  for (const char* message :
       {"", "r=", "e=other-error", "r=someone-else,s=QSXCR+Q6sek8bf92,i=4096"})
    EXPECT_FALSE(login.final(message).has_value()) << message;
}

} // namespace
} // namespace rookery::bench
