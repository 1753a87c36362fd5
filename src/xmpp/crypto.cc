#include "xmpp/crypto.h"

#include <openssl/evp.h>

#include <memory>

#include "base/assert.h"

namespace rookery::xmpp {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>; // freeing wipes the state it held

/// Fetched once: an implicit fetch per call (EVP_sha256(), HMAC()) costs as much as hashing a
/// kilobyte.
const EVP_MD* algorithm(HashKind kind) {
  static const std::array<const EVP_MD*, kAllHashes.size()> kFetched = [] {
    std::array<const EVP_MD*, kAllHashes.size()> fetched{};
    for (const HashKind each : kAllHashes) {
      const EVP_MD* md = EVP_MD_fetch(nullptr, hash_name(each).data(), nullptr);
      ROOKERY_ASSERT(md != nullptr);
      fetched[static_cast<std::size_t>(each)] = md;
    }
    return fetched;
  }();
  return kFetched[static_cast<std::size_t>(kind)];
}

void begin(EVP_MD_CTX* context, HashKind kind) {
  ROOKERY_ASSERT(EVP_DigestInit_ex2(context, algorithm(kind), nullptr) == 1);
}
void add(EVP_MD_CTX* context, std::string_view bytes) {
  ROOKERY_ASSERT(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}
Digest finish(EVP_MD_CTX* context, HashKind kind) {
  Digest digest(kind);
  unsigned written = 0;
  ROOKERY_ASSERT(EVP_DigestFinal_ex(context, digest.data(), &written) == 1);
  ROOKERY_ASSERT(written == digest.size());
  return digest;
}

Context make_context() {
  Context context(EVP_MD_CTX_new());
  ROOKERY_ASSERT(context != nullptr);
  return context;
}

} // namespace

std::size_t digest_bytes(HashKind kind) {
  switch (kind) {
  case HashKind::kSha1:
    return 20;
  case HashKind::kSha256:
    return 32;
  case HashKind::kSha512:
    break;
  }
  return 64;
}

std::size_t hash_block_bytes(HashKind kind) { return kind == HashKind::kSha512 ? 128 : 64; }

std::string_view hash_name(HashKind kind) {
  switch (kind) {
  case HashKind::kSha1:
    return "SHA-1";
  case HashKind::kSha256:
    return "SHA-256";
  case HashKind::kSha512:
    break;
  }
  return "SHA-512";
}

std::optional<HashKind> parse_hash_name(std::string_view name) {
  for (const HashKind kind : kAllHashes)
    if (hash_name(kind) == name)
      return kind;
  return std::nullopt;
}

Digest hash(HashKind kind, std::string_view message) {
  const Context context = make_context();
  begin(context.get(), kind);
  add(context.get(), message);
  return finish(context.get(), kind);
}

HmacPads::HmacPads(HashKind kind, std::string_view key) : size_(hash_block_bytes(kind)) {
  inner_.fill(0x36);
  outer_.fill(0x5c);
  const auto mix = [this](std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      inner_[i] = static_cast<char>(inner_[i] ^ bytes[i]);
      outer_[i] = static_cast<char>(outer_[i] ^ bytes[i]);
    }
  };
  if (key.size() > size_)
    mix(hash(kind, key).view());
  else
    mix(key);
}

Digest hmac(HashKind kind, std::string_view key, std::initializer_list<std::string_view> parts) {
  const HmacPads pads(kind, key);
  const Context context = make_context();
  begin(context.get(), kind);
  add(context.get(), pads.inner());
  for (const std::string_view part : parts)
    add(context.get(), part);
  const Digest inner = finish(context.get(), kind);
  begin(context.get(), kind);
  add(context.get(), pads.outer());
  add(context.get(), inner.view());
  return finish(context.get(), kind);
}

Digest exclusive_or(HashKind kind, std::string_view a, std::string_view b) {
  Digest out(kind);
  ROOKERY_ASSERT(a.size() == out.size() && b.size() == out.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out.data()[i] = static_cast<unsigned char>(a[i] ^ b[i]);
  return out;
}

} // namespace rookery::xmpp
