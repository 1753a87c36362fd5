// The devices an account is signed in on. One that names itself by a user-agent id (XEP-0388 §2.3)
// leaves a record in the keyspace "device"; any other is known while its session lasts. Formats:
// docs/formats/records.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "server/limits.h"
#include "storage/store.h"
#include "xmpp/sasl2.h"

namespace rookery::server {

class Account;

/// Which password it is, by its keys in the keyspace "auth": another one, or the same set again,
/// has another number. 0: there is none.
using PasswordId = std::uint64_t;
[[nodiscard]] PasswordId password_id(const std::vector<storage::Record>& keys);

struct DeviceRecord {
  std::string agent; // its user-agent id
  std::string software, device;
  WallTime first_used{}, last_used{};
  std::string address;     // it last signed in from; "" where that is not kept
  PasswordId password = 0; // that it has presented last
};

/// From the records of the keyspace; order by agent.
[[nodiscard]] std::vector<DeviceRecord> read_devices(const std::vector<storage::Record>& records);

/// Notes a login: keeps the first use and the password known before. Where there would be more than
/// Limits::device_records_max, those go that were not used for longest and are not signed in, and
/// any that was not used for Limits::device_memory; each with its token.
struct DeviceLogin {
  const xmpp::UserAgent& agent;
  std::string_view address; // "" is not kept
  PasswordId password = 0;  // 0: it came by token
  WallTime now{};
};
/// One that was not known is to be let in when that is durable.
void put_device_login(storage::Batch& batch, const Account& account,
                      const std::vector<DeviceRecord>& known, const DeviceLogin& login,
                      const Limits& limits);
/// Notes that it was there until now.
void put_device_use(storage::Batch& batch, Owner owner, std::string_view agent, WallTime now);
/// Ends its token, and where it is to be forgotten its record too.
void put_device_sign_out(storage::Batch& batch, Owner owner, std::string_view agent, bool forget);

/// What a device of this account is called towards anyone, and what its resource ends in: the same
/// for the same device, and tells nobody its user-agent id, nor which other accounts it has.
[[nodiscard]] std::string device_name(std::string_view bare_jid, std::string_view agent,
                                      std::string_view secret);

/// A device that has access to the account: signed in, or with a token, or with the password.
struct Device {
  std::string name;          // device_name(), or of the session
  std::string agent;         // "" where it did not name itself
  std::uint64_t session = 0; // its serial number, where it did not name itself
  std::string software, device;
  WallTime first_used{}, last_used{}; // now, for one that is connected
  std::string address;
  bool connected = false; // or lost, and may still come back (XEP-0198)
  bool password = false;  // it has presented the password that is valid now
  bool token = false;     // it has one that is valid now
};

} // namespace rookery::server
