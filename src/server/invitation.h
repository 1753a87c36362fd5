// An invitation as a value: its record, its token, and the links that carry it (XEP-0445, XEP-0379,
// XEP-0401). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "storage/store.h"

namespace rookery::server {

/// Of the account that invites, or of the node: id of the invitation → Invitation.
inline constexpr storage::Keyspace kInvitationRecords{"invitation"};
/// Of the node: bare JID that an invitation keeps free → ReservedName.
inline constexpr storage::Keyspace kReservedNames{"invited-name"};

/// Of one account, or of the operator, at a time; reached: none is made until one is used, revoked
/// or over.
inline constexpr std::size_t kInvitationsMax = 200;
inline constexpr std::uint32_t kInvitationUsesMax = 1'000;
inline constexpr Seconds kInvitationLifeMax = std::chrono::days(365);
/// One that is over stays so long before its record is removed: who has shown it in time may still
/// finish the sign-up (XEP-0445 §4), which auth.deadline ends sooner.
inline constexpr Seconds kInvitationGrace = std::chrono::hours(1);

struct Invitation {
  std::string by;     // bare JID of the account that invites; "" the operator
  std::string domain; // where it makes an account
  std::string name;   // the only localpart it makes an account of, prepared; "" any
  WallTime expires{};
  std::uint32_t uses = 1; // left, at least 1
  bool registers = true;  // false: makes contacts only (XEP-0379)

  [[nodiscard]] std::string serialise() const;
  /// nullopt: the text is damaged.
  [[nodiscard]] static std::optional<Invitation> parse(std::string_view text);

  friend bool operator==(const Invitation&, const Invitation&) = default;
};

/// Where an invitation is found. The token has both parts, so that it is found without an index,
/// and is gone with its owner.
struct InvitationKey {
  Owner owner;    // whose record it is; kNodeOwner: the operator's
  std::string id; // a hash of the token: who reads the store, or a backup, cannot use what is there

  friend bool operator==(const InvitationKey&, const InvitationKey&) = default;
};

/// 48 hexadecimal digits: the owner, and 128 random bits.
[[nodiscard]] std::string make_invitation_token(Owner owner, Random& random);
/// nullopt: this server has not made it.
[[nodiscard]] std::optional<InvitationKey> read_invitation_token(std::string_view token);

struct ReservedName {
  InvitationKey key; // of the invitation that it is kept for
  WallTime expires{};

  [[nodiscard]] std::string serialise() const;
  [[nodiscard]] static std::optional<ReservedName> parse(std::string_view text);
};

/// With what keeps its name free.
void put_removal(storage::Batch& batch, Owner owner, std::string_view id,
                 const std::optional<Invitation>& invitation);
/// One use less. One that is for a name is over when that has been made.
void put_use(storage::Batch& batch, const InvitationKey& key, Invitation invitation);

/// xmpp:… as XEP-0401 §4.1, §4.4 and XEP-0445 §2 have it.
[[nodiscard]] std::string invitation_uri(const Invitation& invitation, std::string_view token);
/// The page of the web client that takes it; "" where `web_url` is. The token stands behind '#':
/// browsers do not send that to a server or a proxy that writes it down.
[[nodiscard]] std::string invitation_link(const Invitation& invitation, std::string_view token,
                                          std::string_view web_url);

} // namespace rookery::server
