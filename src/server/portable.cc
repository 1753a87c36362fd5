#include "server/portable.h"

namespace rookery::server {
namespace {

/// Different notes kept of one account; further ones are counted under one line.
constexpr std::size_t kNotesMax = 200;
constexpr std::string_view kFurther = "further things";

} // namespace

void AccountDraft::put(storage::Keyspace keyspace, std::string_view key, std::string value) {
  if (key.size() > storage::kKeyBytesMax || value.size() > storage::kValueBytesMax)
    return note("an item that is too large for '" + std::string(keyspace.name) + "'");
  std::string& held = records_[{std::string(keyspace.name), std::string(key)}];
  bytes_ += value.size() + key.size();
  held = std::move(value);
}

std::optional<std::string> AccountDraft::get(storage::Keyspace keyspace,
                                             std::string_view key) const {
  const auto at = records_.find({std::string(keyspace.name), std::string(key)});
  return at == records_.end() ? std::nullopt : std::optional(at->second);
}

bool AccountDraft::has_any(storage::Keyspace keyspace) const {
  const auto at = records_.lower_bound({std::string(keyspace.name), {}});
  return at != records_.end() && at->first.first == keyspace.name;
}

void AccountDraft::note(std::string what) {
  if (notes_.size() >= kNotesMax && !notes_.contains(what))
    what = kFurther;
  ++notes_[std::move(what)];
}

} // namespace rookery::server
