// Which devices have access to an account, and taking it from them.
#include <algorithm>
#include <memory>

#include "base/encoding.h"
#include "server/account.h"
#include "server/accounts.h"
#include "server/devices.h"
#include "server/homes.h"
#include "server/server.h"
#include "xmpp/crypto.h"
#include "xmpp/fast.h"

namespace rookery::server {
namespace {

using Records = std::vector<storage::Record>;

/// What a session that did not name its device is called.
std::string session_name(const Session& session, std::string_view secret) {
  const std::string since = std::to_string(session.since.time_since_epoch().count());
  const xmpp::Digest digest =
      xmpp::hmac(xmpp::HashKind::kSha256, secret, {"session\n", session.jid().str(), "\n", since});
  return base64url_encode(digest.view().substr(0, 9));
}

bool has_valid_token(const Records& tokens, std::string_view agent, WallTime now) {
  const auto record = std::ranges::find(tokens, agent, &storage::Record::key);
  const auto held = record == tokens.end() ? std::nullopt : xmpp::FastTokens::parse(record->value);
  const auto valid = [&](const auto& token) { return token && now < token->expires; };
  return held && (valid(held->current) || valid(held->fresh));
}

/// `account` is null where it is locked: nobody is signed in then.
std::vector<Device> with_access(const Homes& homes, std::string_view jid, const Account* account,
                                const Records& devices, const Records& tokens,
                                PasswordId password) {
  const WallTime now = homes.clock().wall();
  const std::string& secret = homes.server().options().secret;
  std::vector<Device> found;
  for (DeviceRecord& record : read_devices(devices)) {
    const bool connected =
        account != nullptr && std::ranges::any_of(account->sessions(), [&](const auto& session) {
          return session->user_agent == record.agent;
        });
    found.push_back({.name = device_name(jid, record.agent, secret),
                     .agent = record.agent,
                     .software = std::move(record.software),
                     .device = std::move(record.device),
                     .first_used = record.first_used,
                     .last_used = connected ? now : record.last_used,
                     .address = std::move(record.address),
                     .connected = connected,
                     .password = password != 0 && record.password == password,
                     .token = has_valid_token(tokens, record.agent, now)});
  }
  std::erase_if(found, [](const Device& device) {
    return !device.connected && !device.password && !device.token;
  });
  if (account != nullptr)
    for (const auto& session : account->sessions())
      if (session->user_agent.empty())
        found.push_back({.name = session_name(*session, secret),
                         .agent = {},
                         .session = session->serial(),
                         .software = {},
                         .device = std::string(session->jid().resource()),
                         .first_used = session->since,
                         .last_used = now,
                         .address = {},
                         .connected = true,
                         .password = password != 0 && session->password == password,
                         .token = false});
  std::ranges::stable_sort(found, std::greater{}, &Device::last_used);
  return found;
}

/// One signing out, until all of it is on disk.
struct SignOut {
  xmpp::BareJid jid;
  Owner owner;
  std::vector<Device> devices;
  std::string last;
  AccountAdmin::ThenDevices then;
  bool again = false;

  [[nodiscard]] bool concerns(const Session& session) const {
    return std::ranges::any_of(devices, [&](const Device& device) {
      return device.agent.empty() ? device.session == session.serial()
                                  : device.agent == session.user_agent;
    });
  }
};
using SignOutPtr = std::unique_ptr<SignOut>;

void end_sessions(Homes& homes, const SignOut& work, bool also_last) {
  if (Account* account = homes.find_account(work.jid.str()))
    homes.sign_out(*account, [&](const Session& session) {
      return work.concerns(session) && (also_last || session.jid().resource() != work.last);
    });
  for (const Device& device : work.devices)
    if (!device.agent.empty())
      homes.stop_signing_in(work.jid.str(), device.agent);
}

// Who has read the token before it was gone may have come in meanwhile, put it back, and left
// again: it is done twice, and nobody can any more.
void carry_out(Homes& homes, SignOutPtr work) {
  storage::Batch batch;
  for (const Device& device : work->devices) {
    if (device.agent.empty())
      continue;
    if (device.password && device.connected)
      put_device_use(batch, work->owner, device.agent, homes.clock().wall());
    // One that knows the password has access still, and is not to be overlooked.
    put_device_sign_out(batch, work->owner, device.agent, !device.password);
  }
  end_sessions(homes, *work, false);
  homes.commit(std::move(batch), [&homes, work = std::move(work)](const Status& status) mutable {
    if (!status)
      return work->then(std::unexpected(status.error()));
    end_sessions(homes, *work, false);
    if (!std::exchange(work->again, true))
      return carry_out(homes, std::move(work));
    work->then(work->devices);
    end_sessions(homes, *work, true);
  });
}

using WithOwner = std::move_only_function<void(Owner, Result<std::vector<Device>>)>;

void read_devices_of(Homes& homes, xmpp::BareJid jid, Owner owner, WithOwner then) {
  homes.load(
      owner, {kDeviceRecords, kTokenRecords, kAuthRecords},
      [&homes, jid, owner, then = std::move(then)](Result<std::vector<Records>> records) mutable {
        if (!records)
          return then(owner, std::unexpected(records.error()));
        homes.with_account(jid.str(), [&homes, jid, owner, records = std::move(*records),
                                       then = std::move(then)](Account* account) mutable {
          then(owner, with_access(homes, jid.str(), account, records[0], records[1],
                                  password_id(records[2])));
        });
      });
}

// A device that has just signed in is in the list: what is on its way to the store is waited for.
void find_devices(Homes& homes, xmpp::BareJid jid, WithOwner then) {
  homes.commit({}, [&homes, jid = std::move(jid), then = std::move(then)](const Status&) mutable {
    find_record(homes, jid,
                [&homes, jid, then = std::move(then)](Result<AccountRecord> record) mutable {
                  if (!record)
                    return then({}, std::unexpected(record.error()));
                  read_devices_of(homes, jid, record->owner, std::move(then));
                });
  });
}

} // namespace

void AccountAdmin::devices(xmpp::BareJid jid, ThenDevices then) {
  Homes& homes = server_.homes_of(jid.str());
  homes.loop().post([&homes, jid = std::move(jid), then = std::move(then)]() mutable {
    find_devices(homes, std::move(jid),
                 [then = std::move(then)](Owner, Result<std::vector<Device>> devices) mutable {
                   then(std::move(devices));
                 });
  });
}

void AccountAdmin::sign_out(xmpp::BareJid jid, std::string device, std::string last,
                            ThenDevices then) {
  Homes& homes = server_.homes_of(jid.str());
  homes.loop().post([&homes, jid = std::move(jid), device = std::move(device),
                     last = std::move(last), then = std::move(then)]() mutable {
    find_devices(homes, jid,
                 [&homes, jid, device = std::move(device), last = std::move(last),
                  then = std::move(then)](Owner owner, Result<std::vector<Device>> found) mutable {
                   if (!found)
                     return then(std::move(found));
                   if (!device.empty())
                     std::erase_if(*found, [&](const Device& d) { return d.name != device; });
                   if (!device.empty() && found->empty())
                     return then(fail(std::string(kNoSuchDevice), device,
                                      "see 'rookery user devices " + std::string(jid.str()) + "'"));
                   carry_out(homes, std::make_unique<SignOut>(SignOut{.jid = std::move(jid),
                                                                      .owner = owner,
                                                                      .devices = std::move(*found),
                                                                      .last = std::move(last),
                                                                      .then = std::move(then)}));
                 });
  });
}

} // namespace rookery::server
