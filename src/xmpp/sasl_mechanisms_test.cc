#include "xmpp/sasl_mechanisms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "xmpp/sasl_error.h"

namespace rookery::xmpp {
namespace {

using enum SaslMechanism;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SaslMechanisms, NamesAreReadBack) {
  for (std::size_t i = 0; i < kSaslMechanisms; ++i) {
    const auto mechanism = static_cast<SaslMechanism>(i);
    EXPECT_EQ(parse_sasl_mechanism(to_string(mechanism)), mechanism);
    EXPECT_LE(to_string(mechanism).size(), 20u) << "RFC 4422 §3.1";
  }
  EXPECT_EQ(parse_sasl_mechanism("plain"), std::nullopt);
  EXPECT_EQ(parse_sasl_mechanism(""), std::nullopt);
  EXPECT_EQ(to_string(kScramSha256Plus), "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(to_string(kHtSha256Endp), "HT-SHA-256-ENDP");
  EXPECT_EQ(token_binding_type(kHtSha256Endp), kTlsServerEndPoint);
}

TEST(SaslMechanisms, OverTlsStrongestFirst) {
  const auto offer =
      offer_mechanisms({.tls = true, .has_tls_exporter = true, .has_tls_server_end_point = true});
  EXPECT_THAT(offer.passwords, ElementsAre(kScramSha512Plus, kScramSha256Plus, kScramSha1Plus,
                                           kScramSha512, kScramSha256, kScramSha1, kPlain));
  EXPECT_THAT(offer.tokens, ElementsAre(kHtSha256Expr, kHtSha256Endp, kHtSha256None));
  EXPECT_THAT(offer.bindings, ElementsAre(kTlsExporter, kTlsServerEndPoint));
  EXPECT_TRUE(offer.has_plus());
  EXPECT_TRUE(offer.has(kPlain));
  EXPECT_TRUE(offer.has(kHtSha256None));
}

TEST(SaslMechanisms, WithoutExporterItsTokenIsNotOffered) {
  const auto offer = offer_mechanisms({.tls = true, .has_tls_server_end_point = true});
  EXPECT_THAT(offer.tokens, ElementsAre(kHtSha256Endp, kHtSha256None));
  EXPECT_THAT(offer.bindings, ElementsAre(kTlsServerEndPoint));
}

TEST(SaslMechanisms, WithoutBindingsThereIsNoPlus) {
  const auto offer = offer_mechanisms({.tls = true});
  EXPECT_THAT(offer.passwords, ElementsAre(kScramSha512, kScramSha256, kScramSha1, kPlain));
  EXPECT_THAT(offer.tokens, ElementsAre(kHtSha256None));
  EXPECT_THAT(offer.bindings, IsEmpty());
}

TEST(SaslMechanisms, OnlyWhatTheAccountHasKeysFor) {
  const auto offer = offer_mechanisms({.tls = true,
                                       .has_tls_exporter = true,
                                       .keys = {.sha1 = true, .sha256 = false, .sha512 = false}});
  EXPECT_THAT(offer.passwords, ElementsAre(kScramSha1Plus, kScramSha1, kPlain));
}

TEST(Case23, NothingIsOfferedBeforeRequiredTls) {
  const auto offer = offer_mechanisms({.tls = false, .tls_required = true});
  EXPECT_THAT(offer.passwords, IsEmpty());
  EXPECT_THAT(offer.tokens, IsEmpty());
  EXPECT_THAT(offer.bindings, IsEmpty());
}

TEST(Case19, PlainAndTokensAreNeverOfferedWithoutTls) {
  for (const bool required : {false, true})
    for (const bool loopback : {false, true})
      for (const bool allowed : {false, true}) {
        const auto offer = offer_mechanisms({.tls = false,
                                             .loopback = loopback,
                                             .tls_required = required,
                                             .clear_loopback_allowed = allowed,
                                             .has_tls_exporter = true});
        EXPECT_EQ(offer.has(kPlain), loopback && allowed);
        EXPECT_EQ(offer.has(kHtSha256None), loopback && allowed);
        EXPECT_EQ(offer.has(kScramSha256), loopback || !required);
        EXPECT_FALSE(offer.has_plus());
      }
}

TEST(Case19, PlainCanBeForbiddenOverTls) {
  EXPECT_FALSE(offer_mechanisms({.tls = true, .plain_allowed = false}).has(kPlain));
}

// XEP-0474 §5.1 and its example.
TEST(SaslMechanisms, DowngradeHash) {
  const std::vector<std::string_view> bindings{"tls-server-end-point", "tls-exporter"};
  EXPECT_EQ(downgrade_hash(HashKind::kSha1, {"SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"}, &bindings),
            "G6k/rBLDqgOhRRaCuuatSDFkJ08=");
  EXPECT_EQ(downgrade_hash(HashKind::kSha256, {"b", "a", "B"}, nullptr),
            base64_encode(hash(HashKind::kSha256, "B\x1E"
                                                  "a\x1E"
                                                  "b")
                              .view()));
  const std::vector<std::string_view> none;
  EXPECT_NE(downgrade_hash(HashKind::kSha256, {"a"}, &none),
            downgrade_hash(HashKind::kSha256, {"a"}, nullptr));
}

TEST(SaslMechanisms, DowngradeHashOfAnOffer) {
  const auto offer = offer_mechanisms({.tls = true, .has_tls_server_end_point = true});
  const std::vector<std::string_view> bindings{"tls-server-end-point"};
  EXPECT_EQ(offer.downgrade_hash(HashKind::kSha512),
            downgrade_hash(HashKind::kSha512,
                           {"SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256",
                            "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-512-PLUS", "PLAIN"},
                           &bindings))
      << "tokens are not in the list";
}

TEST(SaslError, NamesAreThoseOfRfc6120) {
  for (std::size_t i = 0; i < kSaslConditions; ++i) {
    const auto condition = static_cast<SaslCondition>(i);
    EXPECT_EQ(parse_sasl_condition(to_string(condition)), condition);
  }
  EXPECT_EQ(to_string(SaslCondition::kTemporaryAuthFailure), "temporary-auth-failure");
  EXPECT_EQ(to_string(SaslCondition::kAborted), "aborted");
  EXPECT_EQ(parse_sasl_condition("no-such-thing"), std::nullopt);
}

} // namespace
} // namespace rookery::xmpp
