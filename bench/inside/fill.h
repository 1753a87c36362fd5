// A store as if many people had used it for long.
#pragma once

#include <cstddef>
#include <filesystem>

#include "base/result.h"
#include "bench/report.h"

namespace rookery::bench {

struct FillOptions {
  std::filesystem::path data; // made; nothing may be there yet
  std::size_t accounts = 10'000;
  /// The first so many have kFillPassword, and the same salt. The others have random keys, which
  /// fit no password and take the place on the disk that real ones do.
  std::size_t with_password = 1'000'000;
  /// In each account's roster, of its neighbours, who have it in theirs.
  std::size_t contacts = 4;
  std::size_t messages = 0;
  std::size_t body_bytes = 150; // of a message as it is kept
  /// Spread as people write: the account at rank r sends in proportion to 1 / (r + kRankOffset).
  /// false: all the same, round after round.
  bool skewed = false;
  /// Of the store while it is filled. More makes it faster and each account's entries lie in fewer
  /// blocks than a server of the default size would have written.
  std::size_t memtable_bytes = std::size_t{16} * 1024 * 1024;
};

/// What the password of those who have one is.
inline constexpr std::string_view kFillPassword = "password";

/// Figures: accounts, accounts_per_second, messages, messages_per_second, disk_bytes.
[[nodiscard]] Result<Report> run_fill(const FillOptions& options);

} // namespace rookery::bench
