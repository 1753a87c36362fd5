// SASL 2 (XEP-0388) with Bind 2 (XEP-0386), inline stream management (XEP-0198 §9) and FAST
// (XEP-0484), as values: a request owns all its text, since it must outlive the stanza it came in
// until the mechanism has finished.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/sasl_error.h"
#include "xmpp/sasl_mechanisms.h"

namespace rookery::xmpp {

inline constexpr std::string_view kNsSasl2 = "urn:xmpp:sasl:2";
inline constexpr std::string_view kNsBind2 = "urn:xmpp:bind:0";

/// In bytes; longer texts of a client about itself are cut at a character's end.
inline constexpr std::size_t kUserAgentTextBytesMax = 128;
inline constexpr std::size_t kBindTagBytesMax = 64;
/// Requests inside of <bind/>; more are malformed-request.
inline constexpr std::size_t kBindFeaturesMax = 32;

/// What a client says it is. Never shown to anyone but the account's owner (XEP-0388 §2.3).
struct UserAgent {
  std::string id; // a UUID, lower case; "" where there is none, or something else than a UUID
  std::string software, device;
};

/// A request for a session feature, as sent inside <bind/>: carbons, client state, ...
struct BindFeature {
  std::string ns, name;
  std::string xml; // the element, standing for itself: Document::parse_trusted(xml, "")
};

struct SmEnable {
  bool resume = false;
  std::optional<std::uint32_t> max_seconds;
};

struct BindRequest {
  std::string tag;                   // "" where none; not yet prepared as a resource
  std::optional<SmEnable> sm_enable; // <enable xmlns='urn:xmpp:sm:3'/>
  std::vector<BindFeature> features; // all others, in the order sent
};

struct SmResume {
  std::string previd;
  std::uint32_t h = 0;
};

/// `<fast/>`: the client logs in by token.
struct FastRequest {
  std::optional<std::uint64_t> count;
  bool invalidate = false;
};

/// `<authenticate/>`
struct AuthenticateRequest {
  std::string mechanism; // as sent, may be unknown or not offered
  std::optional<std::string> initial_response;
  std::optional<UserAgent> user_agent;
  std::optional<SmResume> resume; // to be tried before `bind`, which it makes void where it works
  std::optional<BindRequest> bind;
  std::optional<FastRequest> fast;
  std::optional<std::string> request_token; // the mechanism asked for, may be unknown
};

/// incorrect-encoding, or malformed-request with the reasons "no-mechanism", "user-agent-id",
/// "resume", "fast-count", "request-token", "bind-features". Children that are not known are left
/// out.
[[nodiscard]] std::expected<AuthenticateRequest, SaslFailure>
parse_authenticate(const xml::Element& authenticate);
/// sasl_data() (sasl1.h) reads `<response/>`; `<abort/>` says nothing that is needed.

/// What may be asked for inline. Namespaces are borrowed.
struct Sasl2Inline {
  bool bind = true;
  bool stream_management = true;
  std::span<const std::string_view> bind_features =
      {}; // "urn:xmpp:carbons:2", "urn:xmpp:sm:3", ...
};
/// The feature `<authentication/>` with mechanisms, inline features and, where the offer has any,
/// FAST mechanisms; nothing where the offer has no mechanism for passwords.
void write_authentication(xml::Writer& out, const SaslOffer& offer,
                          const Sasl2Inline& inline_features);

void write_sasl2_challenge(xml::Writer& out, std::string_view data);
/// `text` is for a person, "" for none.
void write_sasl2_failure(xml::Writer& out, SaslCondition condition, std::string_view text = {});

/// `<token/>`
struct IssuedToken {
  std::string_view token = {};
  WallTime expires{};
};
struct Sasl2Success {
  std::optional<std::string_view> additional_data = {}; // raw bytes
  std::string_view authorization_identifier = {}; // full JID where a resource was bound, else bare
  /// Children in their own namespaces, complete with xmlns: <resumed/>, <failed/>, <bound/>.
  std::string_view children = {};
  std::optional<IssuedToken> token = {};
};
void write_sasl2_success(xml::Writer& out, const Sasl2Success& success);

} // namespace rookery::xmpp
