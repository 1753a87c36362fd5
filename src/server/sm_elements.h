// The elements of XEP-0198, written and read. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace rookery::server {

/// An unsigned 32-bit decimal, as `h` and `max` are; nullopt for anything else.
[[nodiscard]] std::optional<std::uint32_t> parse_count(std::string_view text);
/// xs:boolean.
[[nodiscard]] bool parse_boolean(std::string_view text);

[[nodiscard]] std::string sm_ack(std::uint32_t h);
/// `id` "": cannot be resumed. `location` ("HOST" or "HOST:PORT", "" for none): where the client
/// should come back to (XEP-0198 §3).
[[nodiscard]] std::string sm_enabled(std::string_view id, Seconds max, std::string_view location);
[[nodiscard]] std::string sm_resumed(std::string_view previd, std::uint32_t h);
/// `condition`: a stanza error condition.
[[nodiscard]] std::string sm_failed(std::string_view condition);
/// The content of the stream error undefined-condition where a client acknowledges more than it was
/// sent (§5).
[[nodiscard]] std::string sm_handled_too_high(std::uint32_t h, std::uint32_t sent);

} // namespace rookery::server
