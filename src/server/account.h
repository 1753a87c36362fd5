// An account that is loaded: its sessions and what modules keep of it in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "server/session.h"
#include "server/slots.h"
#include "xmpp/jid.h"

namespace rookery::server {

class Homes;

/// Owned by the Homes of its thread; unloaded some time after its last session and its last pin are
/// gone.
class Account {
public:
  Account(Homes& homes, xmpp::BareJid jid, Owner owner)
      : homes_(homes), jid_(std::move(jid)), owner_(owner) {}

  [[nodiscard]] Homes& homes() const { return homes_; }
  [[nodiscard]] const xmpp::BareJid& jid() const { return jid_; }
  /// Whose log and records these are in the store.
  [[nodiscard]] Owner owner() const { return owner_; }
  [[nodiscard]] Slots& slots() { return slots_; }
  [[nodiscard]] const Slots& slots() const { return slots_; }

  [[nodiscard]] const std::vector<std::unique_ptr<Session>>& sessions() const { return sessions_; }
  [[nodiscard]] Session* find_session(std::string_view resource) const;
  [[nodiscard]] Session* find_session(std::uint64_t serial) const;
  /// One of its devices may be seen by others.
  [[nodiscard]] bool has_visible() const;
  /// Changes with every entry that its log is known to have got.
  [[nodiscard]] std::uint32_t logged() const { return logged_; }
  /// Deleted or locked: nobody signs in to it any more, and nothing more is written for it.
  [[nodiscard]] bool retired() const { return retired_; }

private:
  friend class Homes;
  friend class AccountPin;

  Homes& homes_;
  xmpp::BareJid jid_;
  Owner owner_;
  std::vector<std::unique_ptr<Session>> sessions_;
  Slots slots_;
  /// Entries up to here have reached a device: what comes after is offline messages. Kept in the
  /// record "mailbox".
  EntryId delivered_{};
  /// There may be entries after `delivered_` that no device was sent, for want of one that takes
  /// what is sent to the account.
  bool kept_ = true;
  /// The newest entry that is known to have been handed to the devices there were; from the time of
  /// loading, less a margin.
  EntryId newest_{};
  /// Single entries that were sent to a device and never acknowledged, oldest first; each once.
  /// They may also be newer than `delivered_`.
  std::vector<EntryId> undelivered_;
  /// Entries that are kept until delivered and were sent to a device.
  std::vector<EntryId> transient_;
  /// Those of them that have arrived: erased with the next write of the record.
  std::vector<EntryId> to_erase_;
  bool retired_ = false;       // deleted or locked: nobody signs in to this one any more
  bool mailbox_moved_ = false; // the record is to be written
  MonoTime last_used_{};
  std::uint32_t pins_ = 0;
  std::uint32_t logged_ = 0;
};

/// Keeps an account loaded over a wait. Same thread as the account.
class AccountPin {
public:
  explicit AccountPin(Account& account) : account_(&account) { ++account.pins_; }
  AccountPin(AccountPin&& other) noexcept : account_(std::exchange(other.account_, nullptr)) {}
  AccountPin& operator=(AccountPin&&) = delete;
  ~AccountPin() {
    if (account_ != nullptr)
      --account_->pins_;
  }
  Account& operator*() const { return *account_; }
  Account* operator->() const { return account_; }

private:
  Account* account_;
};

} // namespace rookery::server
