#include "storage/rocksdb/manifest_tail.h"

#include <cerrno>

#include "storage/coding.h"
#include "storage/crc32c.h"
#include "storage/disk.h"
#include "storage/rocksdb/torn_write.h"

namespace rookery::storage {
namespace {

// RocksDB's log format: blocks, in each of them pieces of records. A piece has a header (CRC of
// type and bytes, masked; length; type) and does not cross a block; a shorter rest is padding.
constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kHeaderBytes = 7;
enum class Piece : std::uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

constexpr std::uint32_t masked(std::uint32_t crc) {
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

/// Bytes of the piece at the beginning of `rest`, header included; 0 where there is no whole one.
std::size_t piece_bytes(std::string_view rest) {
  if (rest.size() < kHeaderBytes)
    return 0;
  Decoder decoder(rest);
  const auto crc = decoder.fixed<std::uint32_t>();
  const auto length = decoder.fixed<std::uint16_t>();
  const std::size_t bytes = kHeaderBytes + length;
  const auto type = static_cast<std::uint8_t>(rest[kHeaderBytes - 1]);
  if (bytes > rest.size() || type == 0 || type > static_cast<std::uint8_t>(Piece::kLast))
    return 0;
  return crc == masked(crc32c(rest.substr(kHeaderBytes - 1, length + 1U))) ? bytes : 0;
}

/// The piece at the beginning of `rest` would go beyond the end of the file.
bool ends_early(std::string_view rest) {
  return rest.size() < kHeaderBytes ||
         kHeaderBytes + std::size_t{Decoder(rest.substr(4)).fixed<std::uint16_t>()} > rest.size();
}

/// Something whole follows: then it was not the end that got lost, but a length that got damaged.
bool has_piece(std::string_view rest) {
  for (; rest.size() >= kHeaderBytes; rest.remove_prefix(1))
    if (piece_bytes(rest) != 0)
      return true;
  return false;
}

DiskResult<std::string> read_all(Disk& disk, const std::string& path) {
  const auto file = disk.open(path, OpenMode::kRead);
  if (!file)
    return std::unexpected(file.error());
  const auto size = (*file)->size();
  if (!size)
    return std::unexpected(size.error());
  std::string bytes(static_cast<std::size_t>(*size), '\0');
  const auto got = (*file)->read(0, bytes);
  if (!got)
    return std::unexpected(got.error());
  bytes.resize(*got);
  return bytes;
}

DiskStatus cut(Disk& disk, const std::string& path, std::uint64_t size) {
  const auto file = disk.open(path, OpenMode::kReadWrite);
  if (!file)
    return std::unexpected(file.error());
  if (const auto truncated = (*file)->truncate(size); !truncated)
    return truncated;
  return (*file)->sync();
}

} // namespace

ManifestEnd find_manifest_end(std::string_view bytes) {
  ManifestEnd end;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t left_in_block = kBlockBytes - at % kBlockBytes;
    if (left_in_block < kHeaderBytes) {
      at += left_in_block;
      continue;
    }
    const std::size_t piece = piece_bytes(bytes.substr(at, left_in_block));
    if (piece == 0)
      break;
    const auto type = static_cast<Piece>(bytes[at + kHeaderBytes - 1]);
    at += piece;
    if (type == Piece::kFull || type == Piece::kLast)
      end.whole = at;
  }
  if (at >= bytes.size()) { // all pieces are whole; a record may still lack its last ones
    end.torn = end.whole < bytes.size();
    return end;
  }
  const std::string_view rest = bytes.substr(at);
  end.torn = has_unwritten_part(at, rest) || (ends_early(rest) && !has_piece(rest));
  return end;
}

Status cut_torn_manifest(Disk& disk, const std::string& directory, Log& log) {
  const std::string current = directory + "/CURRENT";
  const auto name = read_all(disk, current);
  if (!name && name.error() == ENOENT)
    return {};
  if (!name)
    return disk_error(name.error(), "read", current);
  const std::string path = directory + "/" + name->substr(0, name->find('\n'));
  const auto bytes = read_all(disk, path);
  if (!bytes)
    return bytes.error() == ENOENT ? Status() // RocksDB says it better
                                   : disk_error(bytes.error(), "read", path);
  const ManifestEnd end = find_manifest_end(*bytes);
  if (!end.torn)
    return {};
  if (const auto done = cut(disk, path, end.whole); !done)
    return disk_error(done.error(), "cut off an unfinished write", path);
  log.at(LogLevel::kWarning, "storage",
         "cut off a write that was not acknowledged file={} offset={}", path, end.whole);
  return {};
}

} // namespace rookery::storage
