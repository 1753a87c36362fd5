#include "storage/rocksdb/body_reader.h"

#include <algorithm>
#include <numeric>

#include "storage/crc32c.h"

namespace rookery::storage {

std::vector<BodyReader::Run> BodyReader::runs(std::span<const IndexEntry> entries,
                                              std::span<const std::size_t> order) {
  std::vector<Run> runs;
  std::size_t buffer = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const IndexEntry& entry = entries[order[i]];
    const Position at = Position::unpack(entry.location);
    if (!runs.empty() && runs.back().at.segment == at.segment) {
      Run& run = runs.back();
      const std::uint64_t end = std::uint64_t{run.at.offset} + run.bytes;
      const std::uint64_t grown = std::uint64_t{at.offset} + entry.length - run.at.offset;
      if (at.offset <= end + kGapBytesMax && grown <= kRunBytesMax) {
        const std::size_t bytes = std::max<std::size_t>(run.bytes, grown);
        buffer += bytes - run.bytes;
        run.bytes = bytes;
        ++run.count;
        continue;
      }
    }
    runs.push_back({.at = at, .bytes = entry.length, .first = i, .count = 1, .buffer = buffer});
    buffer += entry.length;
  }
  return runs;
}

/// A run that cannot be read keeps zeros, which match no checksum.
void BodyReader::load(std::span<const Run> runs, std::string& buffer) const {
  if (runs.empty())
    return;
  const auto part = [&](const Run& run) {
    return std::span(buffer).subspan(run.buffer, run.bytes);
  };
  std::vector<const Run*> missing;
  std::uint32_t segment = runs.front().at.segment;
  auto file = files_.open(segment);
  for (const Run& run : runs) {
    if (run.at.segment != segment)
      file = files_.open(segment = run.at.segment);
    if (file && !(*file)->read_ready(run.at.offset, part(run)))
      missing.push_back(&run);
  }
  for (const Run* run : missing) {
    file = files_.open(run->at.segment);
    const auto got =
        file ? (*file)->read(run->at.offset, part(*run)) : std::unexpected(file.error());
    if (!got || *got < run->bytes)
      std::ranges::fill(part(*run), '\0');
  }
}

std::size_t BodyReader::read(std::span<const IndexEntry> entries, std::span<Entry> out) const {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto location = [&](std::size_t i) { return entries[i].location; };
  // A page is in the order of its log, one way or the other.
  if (!entries.empty() && entries.front().location > entries.back().location)
    std::ranges::reverse(order);
  if (!std::ranges::is_sorted(order, {}, location))
    std::ranges::sort(order, {}, location);
  const std::vector<Run> all = runs(entries, order);
  std::string buffer(all.empty() ? 0 : all.back().buffer + all.back().bytes, '\0');
  load(all, buffer);
  std::size_t wrong = entries.size();
  for (const Run& run : all)
    for (const std::size_t i : std::span(order).subspan(run.first, run.count)) {
      const IndexEntry& entry = entries[i];
      const std::size_t within = Position::unpack(entry.location).offset - run.at.offset;
      out[i].body.assign(buffer, run.buffer + within, entry.length);
      if (crc32c(out[i].body) != entry.crc)
        wrong = std::min(wrong, i);
    }
  return wrong;
}

} // namespace rookery::storage
