#include "bench/letter.h"

#include <charconv>

#include <fmt/format.h>

namespace rookery::bench {
namespace {

constexpr std::string_view kBegin = "<body>mixed:";

/// The number up to the next ':'.
template <class Number> bool take(std::string_view& text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ':')
    return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

} // namespace

std::string write_letter(const Letter& letter) {
  const std::size_t words = 1 + (letter.writer * 7 + letter.number * 13) % 20;
  std::string text =
      fmt::format("{}{}:{}:{}:{}:{}:", kBegin, letter.writer, letter.number, letter.sent_us,
                  letter.writer_connection, letter.reader_connection);
  for (std::size_t i = 0; i < words; ++i)
    text += " word";
  return text + "</body>";
}

std::optional<Letter> find_letter(std::string_view stanza) {
  const std::size_t at = stanza.find(kBegin);
  if (at == stanza.npos)
    return std::nullopt;
  stanza.remove_prefix(at + kBegin.size());
  Letter letter;
  if (!take(stanza, letter.writer) || !take(stanza, letter.number) ||
      !take(stanza, letter.sent_us) || !take(stanza, letter.writer_connection) ||
      !take(stanza, letter.reader_connection))
    return std::nullopt;
  return letter;
}

} // namespace rookery::bench
