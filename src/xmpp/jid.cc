#include "xmpp/jid.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

std::unexpected<JidError> bad(JidError::Part part, PrecisError error) {
  return std::unexpected(JidError{part, error});
}

} // namespace

std::string to_string(const JidError& error) {
  std::string_view part = "domainpart";
  if (error.part == JidError::Part::kLocal)
    part = "localpart";
  if (error.part == JidError::Part::kResource)
    part = "resourcepart";
  return std::string(part).append(": ").append(to_string(error.error));
}

Jid::Jid(Jid&& other) noexcept
    : text_(std::exchange(other.text_, {})), domain_at_(std::exchange(other.domain_at_, 0)),
      bare_size_(std::exchange(other.bare_size_, 0)) {}

Jid& Jid::operator=(Jid&& other) noexcept {
  text_ = std::exchange(other.text_, {});
  domain_at_ = std::exchange(other.domain_at_, 0);
  bare_size_ = std::exchange(other.bare_size_, 0);
  return *this;
}

std::expected<Jid, JidError> Jid::parse(std::string_view text) {
  Jid jid;
  if (auto parsed = jid.assign(text); !parsed)
    return std::unexpected(parsed.error());
  return jid;
}

std::expected<void, JidError> Jid::assign(std::string_view text) {
  *this = Jid();
  auto parsed = append_parts(text);
  if (!parsed)
    *this = Jid();
  return parsed;
}

std::expected<void, JidError> Jid::append_parts(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::string_view domain = text.substr(0, slash);
  const std::size_t at = domain.find('@');
  if (at != std::string_view::npos)
    domain.remove_prefix(at + 1);

  text_.reserve(std::min(text.size(), kJidTextBytesMax));
  if (at != std::string_view::npos) {
    if (auto prepared = append_localpart(text_, text.substr(0, at)); !prepared)
      return bad(JidError::Part::kLocal, prepared.error());
    text_ += '@';
    domain_at_ = static_cast<std::uint16_t>(text_.size());
  }
  if (auto prepared = append_domainpart(text_, domain); !prepared)
    return bad(JidError::Part::kDomain, prepared.error());
  bare_size_ = static_cast<std::uint16_t>(text_.size());
  if (slash != std::string_view::npos) {
    text_ += '/';
    if (auto prepared = append_resourcepart(text_, text.substr(slash + 1)); !prepared)
      return bad(JidError::Part::kResource, prepared.error());
  }
  return {};
}

std::expected<Jid, JidError> Jid::from_parts(std::string_view local, std::string_view domain,
                                             std::string_view resource) {
  Jid jid;
  if (!local.empty()) {
    if (auto prepared = append_localpart(jid.text_, local); !prepared)
      return bad(JidError::Part::kLocal, prepared.error());
    jid.text_ += '@';
    jid.domain_at_ = static_cast<std::uint16_t>(jid.text_.size());
  }
  if (auto prepared = append_domainpart(jid.text_, domain); !prepared)
    return bad(JidError::Part::kDomain, prepared.error());
  jid.bare_size_ = static_cast<std::uint16_t>(jid.text_.size());
  if (!resource.empty()) {
    jid.text_ += '/';
    if (auto prepared = append_resourcepart(jid.text_, resource); !prepared)
      return bad(JidError::Part::kResource, prepared.error());
  }
  return jid;
}

Jid Jid::from_trusted(std::string text) {
  ROOKERY_ASSERT(text.size() <= kJidTextBytesMax);
  Jid jid;
  jid.text_ = std::move(text);
  const std::size_t bare_size = std::min(jid.text_.find('/'), jid.text_.size());
  jid.bare_size_ = static_cast<std::uint16_t>(bare_size);
  const std::size_t at = jid.bare_str().find('@');
  if (at != std::string_view::npos)
    jid.domain_at_ = static_cast<std::uint16_t>(at + 1);
  return jid;
}

std::string_view Jid::local() const {
  return domain_at_ == 0 ? std::string_view{} : str().substr(0, domain_at_ - 1U);
}

std::string_view Jid::domain() const { return bare_str().substr(domain_at_); }

std::string_view Jid::resource() const {
  return is_full() ? str().substr(bare_size_ + 1U) : std::string_view{};
}

BareJid Jid::bare() const {
  ROOKERY_ASSERT(!empty());
  BareJid out;
  out.jid_.text_ = bare_str();
  out.jid_.domain_at_ = domain_at_;
  out.jid_.bare_size_ = bare_size_;
  return out;
}

std::optional<FullJid> Jid::full() const {
  if (!is_full())
    return std::nullopt;
  FullJid out;
  out.jid_ = *this;
  return out;
}

std::expected<BareJid, JidError> BareJid::parse(std::string_view text) {
  auto jid = Jid::parse(text);
  if (!jid)
    return std::unexpected(jid.error());
  if (jid->is_full())
    return bad(JidError::Part::kResource, PrecisError::kForbidden);
  BareJid out;
  out.jid_ = std::move(*jid);
  return out;
}

BareJid BareJid::from_trusted(std::string_view text) {
  BareJid out;
  out.jid_ = Jid::from_trusted(std::string(text));
  ROOKERY_ASSERT(out.jid_.is_bare());
  return out;
}

std::expected<FullJid, JidError> BareJid::with_resource(std::string_view resource) const {
  ROOKERY_ASSERT(!empty());
  FullJid out;
  out.jid_.text_.reserve(jid_.text_.size() + 1 + std::min(resource.size(), kJidPartBytesMax));
  out.jid_.text_.append(jid_.text_).append(1, '/');
  out.jid_.domain_at_ = jid_.domain_at_;
  out.jid_.bare_size_ = jid_.bare_size_;
  if (auto prepared = append_resourcepart(out.jid_.text_, resource); !prepared)
    return bad(JidError::Part::kResource, prepared.error());
  return out;
}

std::expected<FullJid, JidError> FullJid::parse(std::string_view text) {
  auto jid = Jid::parse(text);
  if (!jid)
    return std::unexpected(jid.error());
  if (!jid->is_full())
    return bad(JidError::Part::kResource, PrecisError::kEmpty);
  FullJid out;
  out.jid_ = std::move(*jid);
  return out;
}

FullJid FullJid::from_trusted(std::string_view text) {
  FullJid out;
  out.jid_ = Jid::from_trusted(std::string(text));
  ROOKERY_ASSERT(out.jid_.is_full());
  return out;
}

std::uint64_t tag_of(std::string_view bare_jid) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : bare_jid) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  hash ^= hash >> 33;
  return hash;
}

HomeId home_of(std::string_view bare_jid) {
  return HomeId(static_cast<std::uint16_t>(tag_of(bare_jid) % kHomes));
}

} // namespace rookery::xmpp
