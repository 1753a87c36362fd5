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
  std::size_t messages = 0;
  std::size_t body_bytes = 150; // of a message as it is kept
};

/// What all accounts' password is.
inline constexpr std::string_view kFillPassword = "password";

/// Figures: accounts, accounts_per_second, messages, messages_per_second, bytes on disk.
[[nodiscard]] Result<Report> run_fill(const FillOptions& options);

} // namespace rookery::bench
