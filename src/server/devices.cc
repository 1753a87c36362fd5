#include "server/devices.h"

#include <algorithm>

#include "base/encoding.h"
#include "server/account.h"
#include "server/accounts.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "xmpp/crypto.h"

namespace rookery::server {
namespace {

/// Of the second record of a device, which is written without knowing the first.
constexpr std::string_view kUse = "/used";

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r')
      c = ' ';
  return text;
}

std::uint64_t micros(WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

WallTime time_from(std::string_view text) {
  return WallTime(Microseconds(static_cast<std::int64_t>(parse_number(text).value_or(0))));
}

void read_line(DeviceRecord& device, std::string_view name, std::string_view value) {
  if (name == "software")
    device.software = value;
  if (name == "device")
    device.device = value;
  if (name == "first")
    device.first_used = time_from(value);
  if (name == "used")
    device.last_used = time_from(value);
  if (name == "address")
    device.address = value;
  if (name == "password")
    device.password = parse_number(value).value_or(0);
}

std::string use_key(std::string_view agent) { return std::string(agent).append(kUse); }

bool signed_in(const Account& account, std::string_view agent) {
  return std::ranges::any_of(account.sessions(),
                             [&](const auto& session) { return session->user_agent == agent; });
}

} // namespace

PasswordId password_id(const std::vector<storage::Record>& keys) {
  const auto found = find_keys(keys, xmpp::HashKind::kSha256);
  if (!found)
    return 0;
  // A new password has a new salt, and a salt is no secret.
  const xmpp::Digest digest = xmpp::hash(xmpp::HashKind::kSha256, found->salt);
  PasswordId id = 0;
  for (const char c : digest.view().substr(0, sizeof id))
    id = id << 8 | static_cast<unsigned char>(c);
  return id | 1;
}

std::vector<DeviceRecord> read_devices(const std::vector<storage::Record>& records) {
  std::vector<DeviceRecord> devices;
  for (const storage::Record& record : records) {
    const std::string_view key = record.key;
    const bool use = key.ends_with(kUse);
    // By key, the one with the time comes behind its device's own; without that one, the device was
    // forgotten.
    if (use && (devices.empty() || use_key(devices.back().agent) != key))
      continue;
    if (!use)
      devices.push_back({.agent = record.key,
                         .software = {},
                         .device = {},
                         .first_used = {},
                         .last_used = {},
                         .address = {},
                         .password = 0});
    for (const auto& [name, value] : read_lines(record.value))
      read_line(devices.back(), name, value);
  }
  return devices;
}

void put_device_login(storage::Batch& batch, const Account& account,
                      const std::vector<DeviceRecord>& known, const DeviceLogin& login,
                      const Limits& limits) {
  const Owner owner = account.owner();
  const std::string& agent = login.agent.id;
  const auto before = std::ranges::find(known, agent, &DeviceRecord::agent);
  const bool is_new = before == known.end();
  std::string value;
  append_line(value, "software", one_line(login.agent.software));
  append_line(value, "device", one_line(login.agent.device));
  append_line(value, "first", micros(is_new ? login.now : before->first_used));
  append_line(value, "password", login.password != 0 || is_new ? login.password : before->password);
  if (!login.address.empty())
    append_line(value, "address", login.address);
  batch.put(owner, kDeviceRecords, agent, value);
  put_device_use(batch, owner, agent, login.now);

  std::vector<const DeviceRecord*> others;
  for (const DeviceRecord& each : known)
    if (each.agent != agent && !signed_in(account, each.agent))
      others.push_back(&each);
  std::ranges::sort(others, {}, &DeviceRecord::last_used);
  std::size_t count = known.size() + (is_new ? 1 : 0);
  for (const DeviceRecord* each : others) {
    if (count <= limits.device_records_max && login.now - each->last_used < limits.device_memory)
      break;
    put_device_sign_out(batch, owner, each->agent, true);
    --count;
  }
}

void put_device_use(storage::Batch& batch, Owner owner, std::string_view agent, WallTime now) {
  std::string value;
  append_line(value, "used", micros(now));
  batch.put(owner, kDeviceRecords, use_key(agent), value);
}

void put_device_sign_out(storage::Batch& batch, Owner owner, std::string_view agent, bool forget) {
  batch.remove(owner, kTokenRecords, agent);
  if (!forget)
    return;
  batch.remove(owner, kDeviceRecords, agent);
  batch.remove(owner, kDeviceRecords, use_key(agent));
}

std::string device_name(std::string_view bare_jid, std::string_view agent,
                        std::string_view secret) {
  const xmpp::Digest digest =
      xmpp::hmac(xmpp::HashKind::kSha256, secret, {"device resource\n", bare_jid, "\n", agent});
  return base64url_encode(digest.view().substr(0, 9));
}

} // namespace rookery::server
