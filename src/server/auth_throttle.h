// How long a failed login waits for its answer (case 8): guessing gets slower, and nobody is locked
// out by another's guesses.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "server/limits.h"
#include "xmpp/jid.h"

namespace rookery::server {

/// By account, on the account's thread, whether it exists or not.
class AuthThrottle {
public:
  /// Names remembered; at the bound all that are older than a minute are forgotten, and the new one
  /// is not remembered if that did not help.
  static constexpr std::size_t kNamesMax = 100'000;

  explicit AuthThrottle(const Limits& limits) : limits_(limits) {}

  /// Notes a failure; the wait before it is answered.
  Milliseconds failed(std::string_view bare_jid, MonoTime now);
  void succeeded(std::string_view bare_jid) {
    if (const auto at = failures_.find(bare_jid); at != failures_.end())
      failures_.erase(at);
  }

private:
  struct Failures {
    std::uint32_t count = 0;
    MonoTime last{};
  };
  const Limits& limits_;
  std::unordered_map<std::string, Failures, xmpp::JidHash, xmpp::JidEqual> failures_;
};

} // namespace rookery::server
