// The devices an account is signed in on: one record each, by user-agent id (XEP-0388 §2.3), in the
// keyspace "device".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "storage/store.h"
#include "xmpp/sasl2.h"

namespace rookery::server {

class Account;
class Homes;

struct Device {
  std::string id;
  std::string software, device;
  WallTime last_used{};
  std::string address; // it last signed in from

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static Device parse(std::string_view id, std::string_view text);
};

/// Notes a login.
void put_device_use(storage::Batch& batch, Owner owner, const xmpp::UserAgent& agent, WallTime now,
                    std::string_view address);
/// Revokes its token and forgets it; its sessions are the caller's to end.
void put_device_sign_out(storage::Batch& batch, Owner owner, std::string_view id);

/// What a device's resource ends in: the same for the same device, and tells nobody its id.
[[nodiscard]] std::string device_suffix(std::string_view user_agent_id, std::string_view secret);

} // namespace rookery::server
