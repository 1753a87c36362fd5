// SCRAM-SHA-1 (RFC 5802) for a client that logs in again and again: what a password costs to hash
// is paid once per account, so that a storm of logins loads the server and not the generator.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "bench/account.h"

namespace rookery::bench {

/// first(), final(), verify(), in this order, each once.
class ScramLogin {
public:
  static constexpr std::string_view kMechanism = "SCRAM-SHA-1";

  explicit ScramLogin(Account& account) : account_(account) {}
  [[nodiscard]] std::string first(Random& random);
  [[nodiscard]] Result<std::string> final(std::string_view server_first);
  [[nodiscard]] bool verify(std::string_view server_final) const;

private:
  Account& account_;
  std::string nonce_, first_bare_, server_signature_;
};

} // namespace rookery::bench
