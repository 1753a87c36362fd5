// What an account's records become in a file of the portable format (XEP-0227), so that it can move
// to another server. A module says it of its own records; docs/extensions.md has the recipe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "storage/store.h"
#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/jid.h"

namespace rookery::server {

class AccountDraft;

/// A child of <user/> and the records it stands for. Pure functions, called on a thread of no loop:
/// they see no Module.
struct Portable {
  std::string_view element, ns;
  storage::Keyspace keyspace;
  enum class Shape : std::uint8_t {
    kEach, // every record is such an element
    kAll,  // one such element holds what is written of all records
  } shape;
  /// Writes one record, where the namespace in force is `ns` (kAll) or another (kEach); nothing
  /// where it is no part of this element.
  void (*write)(const storage::Record& record, xml::Writer& writer);
  /// Reads one such element into the draft. What does not fit is noted there and left out.
  void (*read)(const xml::Element& element, AccountDraft& draft);
};

/// The records of an account that is being imported. One thread.
class AccountDraft {
public:
  AccountDraft(xmpp::BareJid jid, Random& random, WallTime now)
      : jid_(std::move(jid)), random_(random), now_(now) {}

  [[nodiscard]] const xmpp::BareJid& jid() const { return jid_; }
  [[nodiscard]] Random& random() const { return random_; }
  [[nodiscard]] WallTime now() const { return now_; }

  /// Replaces. What is larger than a store takes is noted and left out.
  void put(storage::Keyspace keyspace, std::string_view key, std::string value);
  [[nodiscard]] std::optional<std::string> get(storage::Keyspace keyspace,
                                               std::string_view key) const;
  [[nodiscard]] bool has_any(storage::Keyspace keyspace) const;
  /// Tells the operator of something that was not taken, in words like "a contact with the address
  /// 'x' …"; the same words are counted.
  void note(std::string what);

  using Key = std::pair<std::string, std::string>; // keyspace, key
  [[nodiscard]] const std::map<Key, std::string>& records() const { return records_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const std::map<std::string, std::size_t>& notes() const { return notes_; }

private:
  xmpp::BareJid jid_;
  Random& random_;
  WallTime now_;
  std::map<Key, std::string> records_;
  std::size_t bytes_ = 0;
  std::map<std::string, std::size_t> notes_;
};

} // namespace rookery::server
