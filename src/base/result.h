// Operating errors as values (a bug is an assertion, a peer's mistake is a stanza or stream error).
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace rookery {

/// What happened, where, and what to do about it; each a sentence fragment for a person.
struct Error {
  std::string what;
  std::string where;
  std::string advice;

  /// "WHERE: WHAT; ADVICE" with empty parts left out.
  [[nodiscard]] std::string text() const {
    std::string out = where.empty() ? what : where + ": " + what;
    if (!advice.empty())
      out += "; " + advice;
    return out;
  }
};

template <class T> using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

inline std::unexpected<Error> fail(std::string what, std::string where = {},
                                   std::string advice = {}) {
  return std::unexpected(Error{std::move(what), std::move(where), std::move(advice)});
}

} // namespace rookery
