#include "server/devices.h"

#include "base/encoding.h"
#include "server/homes.h"
#include "server/record_text.h"
#include "xmpp/crypto.h"

namespace rookery::server {
namespace {

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r')
      c = ' ';
  return text;
}

} // namespace

std::string Device::serialise() const {
  std::string out;
  append_line(out, "software", one_line(software));
  append_line(out, "device", one_line(device));
  append_line(out, "used", static_cast<std::uint64_t>(last_used.time_since_epoch().count()));
  append_line(out, "address", address);
  return out;
}

Device Device::parse(std::string_view id, std::string_view text) {
  Device device{
      .id = std::string(id), .software = {}, .device = {}, .last_used = {}, .address = {}};
  for (const auto& [name, value] : read_lines(text)) {
    if (name == "software")
      device.software = value;
    if (name == "device")
      device.device = value;
    if (name == "used")
      device.last_used =
          WallTime(Microseconds(static_cast<std::int64_t>(parse_number(value).value_or(0))));
    if (name == "address")
      device.address = value;
  }
  return device;
}

void put_device_use(storage::Batch& batch, Owner owner, const xmpp::UserAgent& agent, WallTime now,
                    std::string_view address) {
  const Device device{.id = agent.id,
                      .software = agent.software,
                      .device = agent.device,
                      .last_used = now,
                      .address = std::string(address)};
  batch.put(owner, kDeviceRecords, agent.id, device.serialise());
}

void put_device_sign_out(storage::Batch& batch, Owner owner, std::string_view id) {
  batch.remove(owner, kDeviceRecords, id);
  batch.remove(owner, kTokenRecords, id);
}

std::string device_suffix(std::string_view user_agent_id, std::string_view secret) {
  const xmpp::Digest digest =
      xmpp::hmac(xmpp::HashKind::kSha256, secret, {"device resource\n", user_agent_id});
  return base64url_encode(digest.view().substr(0, 9));
}

} // namespace rookery::server
