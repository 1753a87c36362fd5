// Stream errors (RFC 6120 §4.9): the closed list, and how one is written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "xml/framer.h"

namespace rookery::xmpp {

/// RFC 6120 §4.9.3, in its order.
enum class StreamCondition : std::uint8_t {
  kBadFormat,
  kBadNamespacePrefix,
  kConflict,
  kConnectionTimeout,
  kHostGone,
  kHostUnknown,
  kImproperAddressing,
  kInternalServerError,
  kInvalidFrom,
  kInvalidNamespace,
  kInvalidXml,
  kNotAuthorized,
  kNotWellFormed,
  kPolicyViolation,
  kRemoteConnectionFailed,
  kReset,
  kResourceConstraint,
  kRestrictedXml,
  kSeeOtherHost,
  kSystemShutdown,
  kUndefinedCondition,
  kUnsupportedEncoding,
  kUnsupportedFeature,
  kUnsupportedStanzaType,
  kUnsupportedVersion,
};
inline constexpr std::size_t kStreamConditions = 25;

[[nodiscard]] std::string_view to_string(StreamCondition condition); // the element's name

/// Why a stream ends. Made from a condition alone, or with what else there is to say.
struct StreamError {
  StreamCondition condition = StreamCondition::kUndefinedCondition;
  std::string text = {};        // for people, in English
  std::string other_host = {};  // content of <see-other-host/>
  std::string application = {}; // one element with its own xmlns, as XML ("" none), RFC 6120 §4.9.4

  StreamError() = default;
  // Implicit on purpose, as in StanzaError.
  StreamError(StreamCondition c, std::string t = {}) : condition(c), text(std::move(t)) {}

  friend bool operator==(const StreamError&, const StreamError&) = default;
};

/// What a peer is told for what the framer found. `error` must not be kNone.
[[nodiscard]] StreamError stream_error_of(xml::FrameError error);

/// How a stream is framed on its transport.
enum class StreamForm : std::uint8_t {
  kTcp,       // RFC 6120: one document, `stream` declared on its root
  kWebSocket, // RFC 7395: every message a document, with namespaces of its own
};

/// `<stream:error>…</stream:error>`; the caller closes the stream afterwards (write_stream_close),
/// on WebSocket in a message of its own.
void write_stream_error(std::string& out, StreamForm form, const StreamError& error);

} // namespace rookery::xmpp
