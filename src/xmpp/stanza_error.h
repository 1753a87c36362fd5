// Stanza errors (RFC 6120 §8.3): the closed list of conditions, and the reply that carries one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "xml/document.h"
#include "xml/writer.h"

namespace rookery::xmpp {

/// RFC 6120 §8.3.3, in its order. §8.3.3.2 and so on are the sections.
enum class StanzaCondition : std::uint8_t {
  kBadRequest,
  kConflict,
  kFeatureNotImplemented,
  kForbidden,
  kGone,
  kInternalServerError,
  kItemNotFound,
  kJidMalformed,
  kNotAcceptable,
  kNotAllowed,
  kNotAuthorized,
  kPolicyViolation,
  kRecipientUnavailable,
  kRedirect,
  kRegistrationRequired,
  kRemoteServerNotFound,
  kRemoteServerTimeout,
  kResourceConstraint,
  kServiceUnavailable,
  kSubscriptionRequired,
  kUndefinedCondition,
  kUnexpectedRequest,
};
inline constexpr std::size_t kStanzaConditions = 22;

/// RFC 6120 §8.3.2.
enum class ErrorType : std::uint8_t { kAuth, kCancel, kContinue, kModify, kWait };

[[nodiscard]] std::string_view to_string(StanzaCondition condition); // the element's name
[[nodiscard]] std::string_view to_string(ErrorType type);
/// The type that RFC 6120 recommends for the condition.
[[nodiscard]] ErrorType default_type(StanzaCondition condition);

/// Why a stanza is refused. Made from a condition alone, or with what else there is to say.
struct StanzaError {
  StanzaCondition condition = StanzaCondition::kUndefinedCondition;
  std::optional<ErrorType> type = {}; // nullopt: default_type(condition)
  std::string text = {};              // for people, in English; never what a peer wrote
  std::string application = {}; // one element with its own xmlns, as XML ("" none), RFC 6120 §8.3.4
  std::string uri = {};         // content of <gone/> and <redirect/>, RFC 6120 §8.3.3.5 and .14

  StanzaError() = default;
  // Implicit on purpose: `return StanzaCondition::kForbidden;` where a StanzaError is wanted.
  StanzaError(StanzaCondition c, std::string t = {}) : condition(c), text(std::move(t)) {}

  friend bool operator==(const StanzaError&, const StanzaError&) = default;
};

/// Whom an answer says it is from and for. nullopt: the request's addresses, swapped. "": the
/// attribute is left out.
struct ReplyAddresses {
  std::optional<std::string_view> from = {};
  std::optional<std::string_view> to = {};
};

/// `<error …>…</error>` itself, without `by`.
void write_error(xml::Writer& writer, const StanzaError& error);

/// The answer that refuses `stanza`: same kind and id, type='error', addresses swapped, without its
/// payload (RFC 6120 §8.3.1 leaves that open; an answer is then never longer than the text of the
/// error, whatever was sent). False, and nothing is written, where answering is forbidden: to
/// type='error', and to an IQ of type='result'.
[[nodiscard]] bool write_error_reply(std::string& out, const xml::Element& stanza,
                                     const StanzaError& error,
                                     const ReplyAddresses& addresses = {});

/// Opens `<iq type='result' …>` as the answer to `request`; the caller adds the payload and closes
/// it.
void open_iq_result(xml::Writer& writer, const xml::Element& request,
                    const ReplyAddresses& addresses = {});
/// The same, without payload, complete.
void write_iq_result(std::string& out, const xml::Element& request,
                     const ReplyAddresses& addresses = {});

} // namespace rookery::xmpp
