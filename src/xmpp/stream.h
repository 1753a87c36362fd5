// Opening and closing streams over TCP (RFC 6120 §4) and WebSocket (RFC 7395 §3).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "xml/document.h"
#include "xmpp/stream_error.h"

namespace rookery::xmpp {

/// What a peer said when it opened a stream. Addresses are prepared.
struct StreamHeader {
  std::string to = {};   // a domain; "" where it named none
  std::string from = {}; // "" where it named none
  std::string lang = {}; // "" where it named none
};

/// `start_tag`: what xml::Framer gave as kStreamOpen. Refuses with the stream error RFC 6120 asks
/// for:
///   bad-format           the root is not called `stream`                         (§4.9.3.1)
///   invalid-namespace    its namespace, or the default namespace, is another one (§4.9.3.10)
///   unsupported-version  no version, or one below 1.0                            (§4.9.3.25)
///   host-unknown         `to` is no domain                                       (§4.9.3.6)
///   invalid-from         `from` is no address                                    (§4.9.3.9)
/// A version above 1.0 is answered with 1.0 (§4.7.5), hence accepted.
[[nodiscard]] std::expected<StreamHeader, StreamError> read_stream_open(std::string_view start_tag);
/// The same for WebSocket's `<open/>`; anything else than it is invalid-namespace or bad-format
/// (RFC 7395 §3.3.2).
[[nodiscard]] std::expected<StreamHeader, StreamError> read_framed_open(const xml::Element& open);
/// `<close/>` of RFC 7395 §3.6.
[[nodiscard]] bool is_framed_close(const xml::Element& element);

/// What the server answers.
struct StreamOpen {
  std::string_view id = {};
  std::string_view from = {};
  std::string_view to = {}; // "" leaves it out
  std::string_view lang = "en";
};
/// TCP: the XML declaration and the start tag. WebSocket: `<open/>`.
void write_stream_open(std::string& out, StreamForm form, const StreamOpen& open);
/// TCP: `</stream:stream>`. WebSocket: `<close/>`.
void write_stream_close(std::string& out, StreamForm form);
/// `inner`: the features, each with a namespace of its own ("" for none).
void write_stream_features(std::string& out, StreamForm form, std::string_view inner);

} // namespace rookery::xmpp
