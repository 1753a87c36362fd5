// Whether each message of many conversations reached its reader, once, and in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace rookery::bench {

/// A reader learns of a message by getting it, or by reading its archive, or both: one that was
/// away may have got it from an offline store, or not. What it gets must come in order and never
/// twice; what it knows, in the end, must be all.
class DeliveryCheck {
public:
  /// The number of the next message between these two.
  std::uint64_t sent(std::uint32_t writer, std::uint32_t reader);

  /// Nothing where that is as it must be, else what is wrong. A gap is no mistake yet: has_gap().
  [[nodiscard]] std::optional<std::string> got(std::uint32_t writer, std::uint32_t reader,
                                               std::uint64_t number);
  /// False where the reader knew it.
  bool read(std::uint32_t writer, std::uint32_t reader, std::uint64_t number);

  /// The reader knows a message and not one before it.
  [[nodiscard]] bool has_gap(std::uint32_t reader) const { return !gap(reader).empty(); }
  /// For people: the first message of a gap; "" where there is none.
  [[nodiscard]] std::string gap(std::uint32_t reader) const;
  /// Messages that the reader does not know.
  [[nodiscard]] std::uint64_t missing(std::uint32_t reader) const;
  [[nodiscard]] std::uint64_t missing_of_all() const;
  /// For people: one of them; "" where there is none.
  [[nodiscard]] std::string a_missing_one() const;

private:
  struct Talk {
    std::uint64_t sent = 0;
    std::uint64_t got_next = 0;     // the least number that may be got
    std::uint64_t known_next = 0;   // all below are known
    std::set<std::uint64_t> beyond; // known, and more than that
  };
  /// False where it was known.
  static bool know(Talk& talk, std::uint64_t number);

  std::unordered_map<std::uint32_t, std::unordered_map<std::uint32_t, Talk>> by_reader_;
};

} // namespace rookery::bench
