// What a message of the scenario `mixed` carries in its body, so that whoever finds it, in an
// archive too, knows what it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rookery::bench {

struct Letter {
  std::uint32_t writer = 0;
  std::uint64_t number = 0; // of the writer's messages to this reader
  std::uint64_t sent_us = 0;
  /// The connections of both at that time, counted from 1; 0: the reader had none. Where both still
  /// last at the arrival, the time between is the server's.
  std::uint32_t writer_connection = 0, reader_connection = 0;

  bool operator==(const Letter&) const = default;
};

/// The whole element <body/>, some words long.
[[nodiscard]] std::string write_letter(const Letter& letter);
/// Of a stanza, or of one that is forwarded inside; nothing where it is no such message.
[[nodiscard]] std::optional<Letter> find_letter(std::string_view stanza);

} // namespace rookery::bench
