// A roster in memory: sorted, and packed so that a contact costs little more than its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modules/roster/roster_item.h"

namespace rookery::modules::roster {

/// Which state of a roster a client has (RFC 6121 §2.6). The record "roster-ver"/"version" is lines
/// "name value": epoch, number, removed.
///
/// The epoch is random and made with the first change, so that an account that was deleted and made
/// again never shares a version with its predecessor. A roster that never changed has the version
/// "0".
struct RosterVersion {
  std::string epoch;
  std::uint64_t number = 0; // raised by each change the user can see
  std::uint64_t removed =
      0; // `number` of the newest removal: there is no catching up from before it

  [[nodiscard]] std::string str() const { return str(number); }
  [[nodiscard]] std::string str(std::uint64_t at) const;
  /// The number that a client's version stands for, where it is one of this epoch.
  [[nodiscard]] std::optional<std::uint64_t> read(std::string_view text) const;

  [[nodiscard]] std::string serialise() const;
  /// Damaged text gives a version that no client has.
  [[nodiscard]] static RosterVersion parse(std::string_view text);

  friend bool operator==(const RosterVersion&, const RosterVersion&) = default;
};

class RosterCache {
public:
  /// What broadcasts look at is here; the rest is parsed when it is wanted.
  class Contact {
  public:
    Contact(std::string_view jid, const RosterItem& item);
    [[nodiscard]] std::string_view jid() const {
      return std::string_view(text_).substr(0, jid_bytes_);
    }
    [[nodiscard]] RosterItem item() const;
    [[nodiscard]] xmpp::Subscription state() const { return state_; }
    [[nodiscard]] bool listed() const { return listed_; }
    [[nodiscard]] std::uint64_t changed() const { return changed_; }

  private:
    std::string text_; // the address, then the record
    std::uint64_t changed_;
    std::uint16_t jid_bytes_;
    xmpp::Subscription state_;
    bool listed_;
  };

  /// Sorted by address. Valid until the next change.
  [[nodiscard]] const std::vector<Contact>& contacts() const { return contacts_; }
  /// Null where there is none.
  [[nodiscard]] const Contact* find(std::string_view jid) const;
  /// An empty item where there is none.
  [[nodiscard]] RosterItem item(std::string_view jid) const;
  /// How many the user sees, and how many are requests only.
  [[nodiscard]] std::size_t listed_count() const { return listed_; }
  [[nodiscard]] std::size_t unlisted_count() const { return contacts_.size() - listed_; }

  /// An empty item is removed.
  void put(std::string_view jid, const RosterItem& item);
  void remove(std::string_view jid);

  RosterVersion version;

  /// What a client with version `since` has missed, oldest change first: the items as they are now.
  /// nullopt: it needs the whole.
  [[nodiscard]] std::optional<std::vector<const Contact*>>
  changes_since(std::string_view since) const;

private:
  [[nodiscard]] std::vector<Contact>::const_iterator position(std::string_view jid) const;

  std::vector<Contact> contacts_;
  std::size_t listed_ = 0;
};

} // namespace rookery::modules::roster
