// What a login costs the server, and what hashing a password costs.
#include "xmpp/crypto.h"

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include "xmpp/fast.h"
#include "xmpp/plain.h"
#include "xmpp/scram.h"
#include "xmpp/scram_client.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kSalt = "saltsaltsaltsalt";

void BM_Hmac300Bytes(benchmark::State& state) {
  const std::string message(300, 'm'), key(32, 'k');
  for (auto _ : state)
    benchmark::DoNotOptimize(hmac(HashKind::kSha256, key, message));
}
BENCHMARK(BM_Hmac300Bytes);

void BM_Pbkdf2(benchmark::State& state) {
  const auto kind = static_cast<HashKind>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(pbkdf2(kind, "pencil", kSalt, kScramIterationsDefault));
  state.SetLabel(std::string(hash_name(kind)));
}
BENCHMARK(BM_Pbkdf2)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

/// The reason for crypto_pbkdf2.cc.
void BM_Pbkdf2ByEvp(benchmark::State& state) {
  const EVP_MD* md = state.range(0) == 0   ? EVP_sha1()
                     : state.range(0) == 1 ? EVP_sha256()
                                           : EVP_sha512();
  unsigned char out[64];
  for (auto _ : state) {
    PKCS5_PBKDF2_HMAC("pencil", 6, reinterpret_cast<const unsigned char*>(kSalt.data()),
                      static_cast<int>(kSalt.size()), kScramIterationsDefault, md,
                      EVP_MD_get_size(md), out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_Pbkdf2ByEvp)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

/// The server's whole part in one SCRAM-*-PLUS login; the client's is prepared outside of the
/// timing.
void BM_ScramServer(benchmark::State& state) {
  const auto mechanism = static_cast<SaslMechanism>(state.range(0));
  const SaslOffer offer =
      offer_mechanisms({.tls = true, .has_tls_exporter = true, .has_tls_server_end_point = true});
  const ChannelBinding binding = [](std::string_view) {
    return std::optional<std::string>(std::string(32, 'e'));
  };
  SeededRandom random(1);
  const auto keys = ScramKeys::derive(hash_of(mechanism), "pencil", random, kScramIterationsMin);
  ScramClient client({.hash = hash_of(mechanism),
                      .username = "juliet",
                      .prepared_password = "pencil",
                      .binding = ScramBinding::kBound,
                      .binding_type = std::string(kTlsExporter),
                      .binding_data = std::string(32, 'e')});
  const std::string first = client.first(random);
  const std::string nonce = random.token(24);
  std::string final;
  for (auto _ : state) {
    ScramServer server(mechanism, offer);
    (void)server.client_first(first, binding);
    const std::string challenge = server.server_first(keys, nonce);
    if (final.empty()) {
      state.PauseTiming();
      final = client.final(challenge).value();
      state.ResumeTiming();
    }
    const auto done = server.client_final(final);
    if (!done)
      state.SkipWithError("login refused");
    benchmark::DoNotOptimize(done);
  }
  state.SetLabel(std::string(to_string(mechanism)));
}
BENCHMARK(BM_ScramServer)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

void BM_FastLogin(benchmark::State& state) {
  SeededRandom random(1);
  FastTokens tokens;
  const FastPolicy policy;
  const std::string secret =
      issue_token(tokens, SaslMechanism::kHtSha256None, {}, policy, random).secret;
  const std::string message = make_ht(SaslMechanism::kHtSha256None, "juliet", secret, "");
  for (auto _ : state) {
    const auto parsed = parse_ht(SaslMechanism::kHtSha256None, message);
    const FastLogin login{.hashed_token = parsed->hashed_token};
    const auto accepted = use_token(tokens, login, {}, policy);
    if (!accepted)
      state.SkipWithError("token refused");
    benchmark::DoNotOptimize(tokens.serialise());
  }
}
BENCHMARK(BM_FastLogin)->Unit(benchmark::kMicrosecond);

} // namespace
} // namespace rookery::xmpp
