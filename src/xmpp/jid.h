// Addresses (RFC 7622): prepared once when they come in, compared and hashed as bytes from then on.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "xmpp/precis.h"

namespace rookery::xmpp {

class BareJid;
class FullJid;

/// Longest address: three parts and what stands between them.
inline constexpr std::size_t kJidTextBytesMax = 3 * kJidPartBytesMax + 2;

struct JidError {
  enum class Part : std::uint8_t { kLocal, kDomain, kResource };
  Part part = Part::kDomain;
  PrecisError error = PrecisError::kEmpty;

  friend bool operator==(const JidError&, const JidError&) = default;
};
/// "localpart: empty" and the like, for a log or an error's text.
[[nodiscard]] std::string to_string(const JidError& error);

/// An address in prepared form, bare or full; its bytes are its identity. A default-made one is
/// empty ("no address") and equals no parsed one. Values: copied and moved freely, also between
/// threads.
///
/// What looks alike is not alike: homoglyphs of different scripts are different addresses.
class Jid {
public:
  Jid() = default;
  Jid(const Jid&) = default;
  Jid& operator=(const Jid&) = default;
  Jid(Jid&& other) noexcept; // leaves `other` empty
  Jid& operator=(Jid&& other) noexcept;
  ~Jid() = default;

  /// Splits at the first '/', then at the first '@' before it (RFC 7622 §3.1), and prepares each
  /// part. All-ASCII addresses cost one pass and no allocation beyond the string.
  [[nodiscard]] static std::expected<Jid, JidError> parse(std::string_view text);
  /// The same into this one, whose memory serves again. Empty afterwards on an error.
  [[nodiscard]] std::expected<void, JidError> assign(std::string_view text);
  /// "" for a part that is absent.
  [[nodiscard]] static std::expected<Jid, JidError>
  from_parts(std::string_view local, std::string_view domain, std::string_view resource = {});
  /// `text` is what str() gave earlier (the store, another thread): it is split and not looked at
  /// further.
  [[nodiscard]] static Jid from_trusted(std::string text);

  [[nodiscard]] std::string_view local() const;    // "" where none
  [[nodiscard]] std::string_view domain() const;   // "" only in an empty one
  [[nodiscard]] std::string_view resource() const; // "" where none
  [[nodiscard]] std::string_view str() const { return text_; }
  [[nodiscard]] std::string_view bare_str() const {
    return std::string_view(text_).substr(0, bare_size_);
  }

  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] bool is_bare() const { return !empty() && bare_size_ == text_.size(); }
  [[nodiscard]] bool is_full() const { return bare_size_ != text_.size(); }
  /// An account or room (`local@domain`), as against a bare domain.
  [[nodiscard]] bool has_local() const { return domain_at_ != 0; }

  /// Must not be called on an empty one.
  [[nodiscard]] BareJid bare() const;
  /// nullopt for a bare one.
  [[nodiscard]] std::optional<FullJid> full() const;

  friend bool operator==(const Jid& a, const Jid& b) { return a.text_ == b.text_; }
  friend std::strong_ordering operator<=>(const Jid& a, const Jid& b) {
    return a.text_ <=> b.text_;
  }

private:
  friend class BareJid;
  friend class FullJid;

  [[nodiscard]] std::expected<void, JidError> append_parts(std::string_view text);

  std::string text_;
  std::uint16_t domain_at_ = 0; // 0: no localpart
  std::uint16_t bare_size_ = 0; // text_.size(): no resourcepart
};

/// An address known to have no resourcepart: an account, a room, a domain. Empty only when
/// default-made or moved from.
class BareJid {
public:
  BareJid() = default;
  /// JidError on text that is no address; what has a resourcepart is refused as
  /// kResource/kForbidden.
  [[nodiscard]] static std::expected<BareJid, JidError> parse(std::string_view text);
  /// `text` is what str() gave earlier.
  [[nodiscard]] static BareJid from_trusted(std::string_view text);

  [[nodiscard]] std::string_view local() const { return jid_.local(); }
  [[nodiscard]] std::string_view domain() const { return jid_.domain(); }
  [[nodiscard]] std::string_view str() const { return jid_.str(); }
  [[nodiscard]] bool empty() const { return jid_.empty(); }
  [[nodiscard]] bool has_local() const { return jid_.has_local(); }
  [[nodiscard]] const Jid& jid() const { return jid_; }
  /// Prepares `resource`.
  [[nodiscard]] std::expected<FullJid, JidError> with_resource(std::string_view resource) const;

  friend bool operator==(const BareJid&, const BareJid&) = default;
  friend std::strong_ordering operator<=>(const BareJid&, const BareJid&) = default;

private:
  friend class Jid;
  Jid jid_;
};

/// An address known to have a resourcepart: one connected device, or an occupant of a room.
class FullJid {
public:
  FullJid() = default;
  /// A bare address is refused as kResource/kEmpty.
  [[nodiscard]] static std::expected<FullJid, JidError> parse(std::string_view text);
  [[nodiscard]] static FullJid from_trusted(std::string_view text);

  [[nodiscard]] std::string_view local() const { return jid_.local(); }
  [[nodiscard]] std::string_view domain() const { return jid_.domain(); }
  [[nodiscard]] std::string_view resource() const { return jid_.resource(); }
  [[nodiscard]] std::string_view str() const { return jid_.str(); }
  [[nodiscard]] std::string_view bare_str() const { return jid_.bare_str(); }
  [[nodiscard]] BareJid bare() const { return jid_.bare(); }
  [[nodiscard]] bool empty() const { return jid_.empty(); }
  [[nodiscard]] const Jid& jid() const { return jid_; }

  friend bool operator==(const FullJid&, const FullJid&) = default;
  friend std::strong_ordering operator<=>(const FullJid&, const FullJid&) = default;

private:
  friend class Jid;
  friend class BareJid;
  Jid jid_;
};

/// For containers keyed by address and asked by text: `std::unordered_map<BareJid, T, JidHash,
/// JidEqual>`, `find("a@b")`.
struct JidHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
  template <class J>
  requires requires(const J& jid) { jid.str(); }
  std::size_t operator()(const J& jid) const noexcept { return (*this)(jid.str()); }
};
struct JidEqual {
  using is_transparent = void;
  template <class A, class B> bool operator()(const A& a, const B& b) const {
    return text(a) == text(b);
  }

private:
  static std::string_view text(std::string_view value) { return value; }
  template <class J>
  requires requires(const J& jid) { jid.str(); }
  static std::string_view text(const J& jid) { return jid.str(); }
};

/// FNV-1a (64 bits: offset basis 14695981039346656037, prime 1099511628211) over the bytes of a
/// prepared bare address, then `h ^= h >> 33; h *= 0xff51afd7ed558ccd; h ^= h >> 33; h *=
/// 0xc4ceb9fe1a85ec53; h ^= h >> 33`.
///
/// It is part of the format on disk (storage tags) and of the placement of accounts: it never
/// changes. It is not keyed: anyone can find two addresses with the same tag, so who looks
/// something up by tag compares the address afterwards.
[[nodiscard]] std::uint64_t tag_of(std::string_view bare_jid);
[[nodiscard]] inline std::uint64_t tag_of(const BareJid& jid) { return tag_of(jid.str()); }

/// tag_of(bare_jid) mod kHomes.
[[nodiscard]] HomeId home_of(std::string_view bare_jid);
[[nodiscard]] inline HomeId home_of(const BareJid& jid) { return home_of(jid.str()); }

} // namespace rookery::xmpp

template <> struct std::hash<rookery::xmpp::Jid> : rookery::xmpp::JidHash {};
template <> struct std::hash<rookery::xmpp::BareJid> : rookery::xmpp::JidHash {};
template <> struct std::hash<rookery::xmpp::FullJid> : rookery::xmpp::JidHash {};
