// Who a client is, and what it keeps from one connection to the next.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/tls_client.h"

namespace rookery::bench {

struct Account {
  std::string name; // ASCII letters and digits only: nothing to prepare, nothing to escape
  std::string password;

  // What the password hashed to with the salt that the server named last.
  std::string salt = {};
  std::uint32_t iterations = 0;
  std::string salted_password = {};

  TlsTicket ticket = {};
  std::string agent = {}; // a UUID, of the device
  std::string token = {}; // XEP-0484

  // A session that can be resumed (XEP-0198): its id, and how many stanzas have come on it.
  std::string session = {};
  std::uint32_t handled = 0;
  // What was sent on it and has not been acknowledged, and how many stanzas have been.
  std::vector<std::string> unacknowledged = {};
  std::uint32_t acknowledged = 0;
};

} // namespace rookery::bench
