// Integers and byte strings as the store's files hold them: little-endian fixed width, LEB128
// varints, length-prefixed bytes. (Keys of RocksDB, which must sort, use base/encoding.h's
// big-endian ones.)
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace rookery::storage {

static_assert(
    std::endian::native == std::endian::little,
    "files are little-endian; a port to such a machine swaps in put_fixed and Decoder::fixed");

template <class T> void put_fixed(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

inline void put_bytes(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out += bytes;
}

/// Whether a buffer that is used again and again has become much larger than it now needs to be.
inline bool is_oversized(const std::string& buffer) {
  constexpr std::size_t kSmall = 64 * 1024;
  return buffer.capacity() > kSmall && buffer.size() < buffer.capacity() / 8;
}

/// Reads what the functions above wrote. After the first read beyond the end, ok() is false for
/// good and values are zero: callers read a whole structure and ask once.
class Decoder {
public:
  explicit Decoder(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return left_.empty(); }
  [[nodiscard]] std::string_view rest() const { return left_; }

  template <class T> T fixed() {
    T value{};
    const std::string_view raw = take(sizeof value);
    if (ok_)
      std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty())
        break;
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80)
        return value;
    }
    ok_ = false;
    left_ = {};
    return 0;
  }

  std::string_view bytes() { return take(varint()); }

  std::string_view take(std::uint64_t count) {
    if (count > left_.size()) {
      ok_ = false;
      left_ = {};
      return {};
    }
    const std::string_view taken = left_.substr(0, static_cast<std::size_t>(count));
    left_.remove_prefix(static_cast<std::size_t>(count));
    return taken;
  }

private:
  std::string_view left_;
  bool ok_ = true;
};

} // namespace rookery::storage
