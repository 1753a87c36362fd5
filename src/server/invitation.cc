#include "server/invitation.h"

#include <algorithm>

#include "base/encoding.h"
#include "server/record_text.h"
#include "xmpp/crypto.h"

namespace rookery::server {
namespace {

constexpr std::size_t kOwnerBytes = 8;
constexpr std::size_t kRandomBytes = 16;
constexpr std::size_t kIdBytes = 16;

std::uint64_t microseconds(WallTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

WallTime wall_time(std::uint64_t microseconds) {
  return WallTime(Microseconds(static_cast<std::int64_t>(microseconds)));
}

/// RFC 3986: what may stand in any part of a URI as it is.
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// `also`: left as it is, too.
std::string percent_encode(std::string_view text, std::string_view also = {}) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || also.contains(c)) {
      out += c;
      continue;
    }
    std::string digits = hex_encode({&c, 1});
    std::ranges::transform(digits, digits.begin(),
                           [](char d) { return d >= 'a' ? static_cast<char>(d - 'a' + 'A') : d; });
    out += '%' + digits;
  }
  return out;
}

} // namespace

std::string Invitation::serialise() const {
  std::string out;
  if (!by.empty())
    append_line(out, "by", by);
  append_line(out, "domain", domain);
  if (!name.empty())
    append_line(out, "name", name);
  append_line(out, "expires", microseconds(expires));
  append_line(out, "uses", uses);
  if (!registers)
    append_line(out, "contact-only", "1");
  return out;
}

std::optional<Invitation> Invitation::parse(std::string_view text) {
  Invitation invitation{.by = {}, .domain = {}, .name = {}, .expires = {}, .uses = 0};
  for (const auto& [word, value] : read_lines(text)) {
    if (word == "by")
      invitation.by = value;
    if (word == "domain")
      invitation.domain = value;
    if (word == "name")
      invitation.name = value;
    if (word == "expires")
      invitation.expires = wall_time(parse_number(value).value_or(0));
    if (word == "uses")
      invitation.uses = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(parse_number(value).value_or(0), kInvitationUsesMax));
    if (word == "contact-only")
      invitation.registers = false;
  }
  if (invitation.domain.empty() || invitation.uses == 0)
    return std::nullopt;
  return invitation;
}

std::string make_invitation_token(Owner owner, Random& random) {
  std::string bytes;
  append_u64_be(bytes, owner.value);
  std::array<std::byte, kRandomBytes> secret{};
  random.fill(secret);
  bytes.append(reinterpret_cast<const char*>(secret.data()), secret.size());
  return hex_encode(bytes);
}

std::optional<InvitationKey> read_invitation_token(std::string_view token) {
  if (token.size() != 2 * (kOwnerBytes + kRandomBytes))
    return std::nullopt;
  const auto bytes = hex_decode(token);
  if (!bytes)
    return std::nullopt;
  return InvitationKey{
      .owner = Owner(read_u64_be(*bytes)),
      .id = hex_encode(xmpp::hash(xmpp::HashKind::kSha256, *bytes).view().substr(0, kIdBytes))};
}

std::string ReservedName::serialise() const {
  std::string out;
  append_line(out, "owner", key.owner.value);
  append_line(out, "id", key.id);
  append_line(out, "expires", microseconds(expires));
  return out;
}

std::optional<ReservedName> ReservedName::parse(std::string_view text) {
  ReservedName reserved;
  for (const auto& [word, value] : read_lines(text)) {
    if (word == "owner")
      reserved.key.owner = Owner(parse_number(value).value_or(0));
    if (word == "id")
      reserved.key.id = value;
    if (word == "expires")
      reserved.expires = wall_time(parse_number(value).value_or(0));
  }
  if (reserved.key.id.empty())
    return std::nullopt;
  return reserved;
}

std::string invitation_uri(const Invitation& invitation, std::string_view token) {
  std::string uri = "xmpp:";
  if (!invitation.by.empty() && invitation.name.empty()) {
    uri += percent_encode(invitation.by, "@");
    uri.append("?roster;preauth=").append(token);
    return invitation.registers ? uri + ";ibr=y" : uri;
  }
  if (!invitation.name.empty())
    uri += percent_encode(invitation.name) + '@';
  uri += percent_encode(invitation.domain);
  return uri.append("?register;preauth=").append(token);
}

std::string invitation_link(const Invitation& invitation, std::string_view token,
                            std::string_view web_url) {
  if (web_url.empty())
    return {};
  std::string link(web_url);
  if (!link.ends_with('/'))
    link += '/';
  char next = '?';
  const auto add = [&](std::string_view word, std::string_view value) {
    if (value.empty())
      return;
    link += next;
    link.append(word).append("=").append(percent_encode(value));
    next = '&';
  };
  // Who invites says where; the page knows one domain of the server only.
  invitation.by.empty() ? add("domain", invitation.domain) : add("from", invitation.by);
  add("name", invitation.name);
  return link.append(invitation.registers ? "#/invite/" : "#/contact/").append(token);
}

void put_removal(storage::Batch& batch, Owner owner, std::string_view id,
                 const std::optional<Invitation>& invitation) {
  batch.remove(owner, kInvitationRecords, id);
  if (invitation && !invitation->name.empty())
    batch.remove(kNodeOwner, kReservedNames, invitation->name + '@' + invitation->domain);
}

void put_use(storage::Batch& batch, const InvitationKey& key, Invitation invitation) {
  if (invitation.uses <= 1 || !invitation.name.empty())
    return put_removal(batch, key.owner, key.id, invitation);
  --invitation.uses;
  batch.put(key.owner, kInvitationRecords, key.id, invitation.serialise());
}

} // namespace rookery::server
