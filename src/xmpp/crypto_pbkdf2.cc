// PBKDF2 on OpenSSL's bare compression functions. They are marked deprecated in favour of EVP,
// which has no way to continue from a saved state without allocating: its own PKCS5_PBKDF2_HMAC()
// takes three times as long for SHA-1 and SHA-256 (crypto_bench.cc), and a storm of PLAIN logins is
// paid for in exactly this loop.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <cstring>

#include "base/assert.h"
#include "xmpp/crypto.h"

namespace rookery::xmpp {
namespace {

struct Sha1 {
  using Word = std::uint32_t;
  static constexpr HashKind kKind = HashKind::kSha1;
  static constexpr std::size_t kWords = 5, kBlock = 64;
  SHA_CTX context;
  Sha1() { SHA1_Init(&context); }
  void compress(const unsigned char* block) { SHA1_Transform(&context, block); }
  [[nodiscard]] std::array<Word, kWords> words() const {
    return {context.h0, context.h1, context.h2, context.h3, context.h4};
  }
};

struct Sha256 {
  using Word = std::uint32_t;
  static constexpr HashKind kKind = HashKind::kSha256;
  static constexpr std::size_t kWords = 8, kBlock = 64;
  SHA256_CTX context;
  Sha256() { SHA256_Init(&context); }
  void compress(const unsigned char* block) { SHA256_Transform(&context, block); }
  [[nodiscard]] std::array<Word, kWords> words() const { return std::to_array(context.h); }
};

struct Sha512 {
  using Word = SHA_LONG64;
  static constexpr HashKind kKind = HashKind::kSha512;
  static constexpr std::size_t kWords = 8, kBlock = 128;
  SHA512_CTX context;
  Sha512() { SHA512_Init(&context); }
  void compress(const unsigned char* block) { SHA512_Transform(&context, block); }
  [[nodiscard]] std::array<Word, kWords> words() const { return std::to_array(context.h); }
};

/// The last block of a message that is one block and one digest long: the digest, the end mark, the
/// length in bits.
template <class Hash> class TailBlock {
public:
  TailBlock() {
    bytes_.fill(0);
    bytes_[kDigest] = 0x80;
    constexpr std::size_t kBits = (Hash::kBlock + kDigest) * 8;
    bytes_[Hash::kBlock - 2] = static_cast<unsigned char>(kBits >> 8);
    bytes_[Hash::kBlock - 1] = static_cast<unsigned char>(kBits & 0xFF);
  }
  void set(const std::array<typename Hash::Word, Hash::kWords>& words) {
    std::size_t at = 0;
    for (const auto word : words)
      for (std::size_t shift = sizeof(word) * 8; shift != 0;)
        bytes_[at++] = static_cast<unsigned char>(word >> (shift -= 8) & 0xFF);
  }
  void set(std::string_view digest) { std::memcpy(bytes_.data(), digest.data(), kDigest); }
  [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }

private:
  static constexpr std::size_t kDigest = Hash::kWords * sizeof(typename Hash::Word);
  std::array<unsigned char, Hash::kBlock> bytes_;
};

template <class Hash>
Digest derive(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  const HmacPads pads(Hash::kKind, password);
  Hash inner, outer; // the states after the padded key, from which every iteration starts
  inner.compress(reinterpret_cast<const unsigned char*>(pads.inner().data()));
  outer.compress(reinterpret_cast<const unsigned char*>(pads.outer().data()));

  Digest first = hmac(Hash::kKind, password, {salt, std::string_view("\0\0\0\1", 4)});
  TailBlock<Hash> tail;
  tail.set(first.view());
  std::array<typename Hash::Word, Hash::kWords> sum{};
  for (std::uint32_t i = 1; i < iterations; ++i) {
    Hash state = inner;
    state.compress(tail.data());
    tail.set(state.words());
    state = outer;
    state.compress(tail.data());
    const auto words = state.words();
    tail.set(words);
    for (std::size_t k = 0; k < sum.size(); ++k)
      sum[k] ^= words[k];
  }
  tail.set(sum);
  return exclusive_or(Hash::kKind, first.view(),
                      {reinterpret_cast<const char*>(tail.data()), first.size()});
}

} // namespace

Digest pbkdf2(HashKind kind, std::string_view password, std::string_view salt,
              std::uint32_t iterations) {
  ROOKERY_ASSERT(iterations > 0);
  switch (kind) {
  case HashKind::kSha1:
    return derive<Sha1>(password, salt, iterations);
  case HashKind::kSha256:
    return derive<Sha256>(password, salt, iterations);
  case HashKind::kSha512:
    break;
  }
  return derive<Sha512>(password, salt, iterations);
}

} // namespace rookery::xmpp
