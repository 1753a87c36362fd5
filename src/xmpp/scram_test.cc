#include "xmpp/scram.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "base/encoding.h"
#include "xmpp/scram_client.h"

namespace rookery::xmpp {
namespace {

constexpr std::string_view kPassword = "pencil";

std::optional<std::string> binding_data(std::string_view type) {
  return type == kTlsExporter ? std::string(32, 'e') : std::string(32, 'p');
}

SaslOffer offer_over_tls() {
  return offer_mechanisms(
      {.tls = true, .has_tls_exporter = true, .has_tls_server_end_point = true});
}

const ScramKeys& keys_of(HashKind kind) {
  static const std::array<ScramKeys, 3> kKeys = [] {
    std::array<ScramKeys, 3> keys;
    SeededRandom random(7);
    for (const HashKind each : kAllHashes)
      keys[static_cast<std::size_t>(each)] =
          ScramKeys::derive(each, kPassword, random, kScramIterationsMin);
    return keys;
  }();
  return kKeys[static_cast<std::size_t>(kind)];
}

SaslFailure malformed(std::string_view reason) {
  return {SaslCondition::kMalformedRequest, reason};
}
SaslFailure refused(std::string_view reason) { return {SaslCondition::kNotAuthorized, reason}; }

constexpr std::array kScramMechanisms{
    SaslMechanism::kScramSha512Plus, SaslMechanism::kScramSha256Plus, SaslMechanism::kScramSha1Plus,
    SaslMechanism::kScramSha512,     SaslMechanism::kScramSha256,     SaslMechanism::kScramSha1};

ScramClientOptions client_options(SaslMechanism mechanism, std::string_view type) {
  ScramClientOptions options{.hash = hash_of(mechanism), .username = "juliet", .authzid = {}};
  options.prepared_password = kPassword;
  options.binding_type = type;
  if (!type.empty()) {
    options.binding = ScramBinding::kBound;
    options.binding_data = binding_data(type).value();
  }
  options.downgrade_hash = offer_over_tls().downgrade_hash(options.hash);
  return options;
}

using Change = std::function<std::string(const std::string&)>;

/// One login between the two machines, each message open to change on its way.
struct Login {
  SeededRandom random{42};
  SaslMechanism mechanism = SaslMechanism::kScramSha256;
  ScramClientOptions client = client_options(SaslMechanism::kScramSha256, {});
  Change on_client_first, on_server_first, on_client_final;
  std::optional<ScramKeys> keys;
  ScramServer::ClientFirst seen;

  static std::string change(const Change& by, const std::string& message) {
    return by ? by(message) : message;
  }

  /// Nothing where both sides are content; the failure of whichever found one first.
  struct Outcome {
    std::optional<SaslFailure> server;
    std::optional<ScramClientError> client;
    [[nodiscard]] bool good() const { return !server && !client; }
  };
  Outcome run() {
    ScramServer server(mechanism, offer_over_tls());
    ScramClient peer(client);
    const auto first =
        server.client_first(change(on_client_first, peer.first(random)), binding_data);
    if (!first)
      return {first.error(), {}};
    seen = *first;
    const auto challenge = server.server_first(keys ? *keys : keys_of(server.hash()), random);
    const auto response = peer.final(change(on_server_first, challenge));
    if (!response)
      return {{}, response.error()};
    const auto done = server.client_final(change(on_client_final, *response));
    if (!done)
      return {done.error(), {}};
    const auto verified = peer.verify(*done);
    if (!verified)
      return {{}, verified.error()};
    return {};
  }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return text.replace(at, from.size(), to);
}

std::string flipped(std::string text, std::size_t at) {
  text[at] = text[at] == 'A' ? 'B' : 'A';
  return text;
}

TEST(Scram, EveryMechanismWithEveryBinding) {
  for (const SaslMechanism mechanism : kScramMechanisms) {
    for (const std::string_view type : {std::string_view(), kTlsExporter, kTlsServerEndPoint}) {
      Login login;
      login.mechanism = mechanism;
      login.client = client_options(mechanism, type);
      const auto outcome = login.run();
      EXPECT_EQ(outcome.good(), is_plus(mechanism) == !type.empty())
          << to_string(mechanism) << type;
      if (!outcome.good()) {
        EXPECT_EQ(outcome.server, malformed("binding-flag"));
      } else {
        EXPECT_EQ(login.seen.username, "juliet");
        EXPECT_EQ(login.seen.binding_type, type);
      }
    }
  }
}

TEST(Scram, WrongPasswordIsRefused) {
  for (const SaslMechanism mechanism : kScramMechanisms) {
    Login login;
    login.mechanism = mechanism;
    login.client =
        client_options(mechanism, is_plus(mechanism) ? kTlsExporter : std::string_view());
    login.client.prepared_password = "pencils";
    EXPECT_EQ(login.run().server, refused("wrong-proof"));
  }
}

TEST(Scram, NamesAreEscapedOnTheWay) {
  Login login;
  login.client.username = "a,b=c=2C";
  login.client.authzid = "x=,@example.org";
  EXPECT_TRUE(login.run().good());
  EXPECT_EQ(login.seen.username, "a,b=c=2C");
  EXPECT_EQ(login.seen.authzid, "x=,@example.org");
}

TEST(Scram, VectorOfRfc5802Client) {
  ScramClient client(
      {.hash = HashKind::kSha1, .username = "user", .authzid = {}, .prepared_password = "pencil"});
  EXPECT_EQ(client.first("fyko+d2lbbFgONRv9qkxdawL"), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
  EXPECT_EQ(client.final("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"),
            "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  EXPECT_TRUE(client.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
}

TEST(Scram, VectorOfRfc7677Client) {
  ScramClient client({.hash = HashKind::kSha256,
                      .username = "user",
                      .authzid = {},
                      .prepared_password = "pencil"});
  EXPECT_EQ(client.first("rOprNGfwEbeRWgbNEkqO"), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                         "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_TRUE(client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
}

/// There is no published vector; this one was computed with Python's hashlib and hmac.
TEST(Scram, VectorForSha512Client) {
  ScramClient client({.hash = HashKind::kSha512,
                      .username = "user",
                      .authzid = {},
                      .prepared_password = "pencil"});
  EXPECT_EQ(client.first("rOprNGfwEbeRWgbNEkqO"), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                         "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            "p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC"
            "6wdp6dybEmDYXYTxwnYPJQ==");
  EXPECT_TRUE(client.verify("v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4"
                            "+5ZxXnJq199RVG2rR7N7Zw=="));
}

TEST(Scram, VectorOfRfc5802WithoutItsServerSignatureFails) {
  ScramClient client(
      {.hash = HashKind::kSha1, .username = "user", .authzid = {}, .prepared_password = "pencil"});
  EXPECT_EQ(client.verify("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").error(),
            ScramClientError::kServerSignature)
      << "before any exchange";
}

SaslOffer offer_of_xep_0474_example() {
  SaslOffer offer;
  offer.passwords = {SaslMechanism::kScramSha1, SaslMechanism::kScramSha1Plus};
  offer.bindings = {kTlsServerEndPoint, kTlsExporter};
  return offer;
}

/// XEP-0474 §5.3, which also sends an extension after the nonce of the client-final-message.
TEST(Scram, ExampleOfXep0474) {
  ScramServer server(SaslMechanism::kScramSha1Plus, offer_of_xep_0474_example());
  const auto keys =
      ScramKeys::derive(HashKind::kSha1, "pencil", base64_decode("QSXCR+Q6sek8bf92").value(), 4096);
  ASSERT_TRUE(server.client_first(
      "p=tls-exporter,,n=user,r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6",
      [](std::string_view) { return std::optional<std::string>("THIS IS FAKE CB DATA"); }));
  EXPECT_EQ(server.server_first(keys, std::string_view("a09117a6-ac50-4f2f-93f1-93799c2bddf6")),
            "r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6,"
            "s=QSXCR+Q6sek8bf92,i=4096,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=");
  EXPECT_EQ(server.client_final(
                "c=cD10bHMtZXhwb3J0ZXIsLFRISVMgSVMgRkFLRSBDQiBEQVRB,"
                "r=12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6a09117a6-ac50-4f2f-93f1-93799c2bddf6,"
                "x=19C6532F-1CF4-4A27-A18D-DC9CEA41BBB3,p=M/SIDjT+dfcxUh89jZEypRvFxB4="),
            "v=MQrMPvv7yv4x4Cq4W4Ih25EqS2c=");
}

TEST(Scram, MalformedFirstMessages) {
  const struct {
    std::string message;
    std::string_view reason;
  } cases[] = {
      {"", "gs2-header"},
      {"n", "gs2-header"},
      {"n,", "gs2-header"},
      {"x,,n=user,r=abc", "gs2-header"},
      {"nn,,n=user,r=abc", "gs2-header"},
      {"F,n,,n=user,r=abc", "gs2-header"},
      {"p=,,n=user,r=abc", "gs2-header"},
      {"p=tls exporter,,n=user,r=abc", "gs2-header"},
      {"p,,n=user,r=abc", "gs2-header"},
      {"n,b=me,n=user,r=abc", "gs2-header"},
      {"n,a=,n=user,r=abc", "gs2-header"},
      {"n,a=x=y,n=user,r=abc", "gs2-header"},
      {"n,,", "username"},
      {"n,,n=,r=abc", "username"},
      {"n,,n=us=er,r=abc", "username"},
      {"n,,n=us=2c,r=abc", "username"},
      {"n,,r=abc,n=user", "username"},
      {"n,,r=abc", "username"},
      {"n,, n=user,r=abc", "username"},
      {"n,,n=user", "nonce"},
      {"n,,n=user,", "nonce"},
      {"n,,n=user,r=", "nonce"},
      {"n,,n=user,r=a b", "nonce"},
      {"n,,n=user,r=a\xC3\xA9", "nonce"},
      {"n,,n=user,x=1,r=abc", "nonce"},
      {"n,,m=1,n=user,r=abc", "mandatory-extension"},
      {"n,,n=user,r=abc,m=1", "extension"},
      {"n,,n=user,r=abc,n=other", "extension"},
      {"n,,n=user,r=abc,r=def", "extension"},
      {"n,,n=user,r=abc,", "extension"},
      {"n,,n=user,r=abc,x", "extension"},
      {"n,,n=user,r=abc,x=", "extension"},
      {"n,,n=user,r=abc,1=x", "extension"},
      {"n,,n=us\xFF,r=abc", "not-utf8"},
      {std::string("n,,n=us\0er,r=abc", 16), "not-utf8"},
      {"n,,n=" + std::string(kSaslMessageBytesMax, 'a') + ",r=abc", "too-long"},
  };
  for (const auto& [message, reason] : cases) {
    ScramServer server(SaslMechanism::kScramSha256, offer_over_tls());
    const auto first = server.client_first(message, binding_data);
    ASSERT_FALSE(first) << message;
    EXPECT_EQ(first.error(), malformed(reason)) << message;
  }
}

TEST(Scram, ExtensionsOfTheFirstMessageAreIgnored) {
  ScramServer server(SaslMechanism::kScramSha256, offer_over_tls());
  EXPECT_TRUE(server.client_first("n,,n=juliet,r=abc,x=1,Y=zwei,z==", binding_data));
}

/// The message less the attribute `key` and the comma after it.
std::string without(std::string message, char key) {
  const std::size_t at = message.find(std::string{key, '='});
  const std::size_t comma = message.find(',', at);
  message.erase(at, comma == std::string::npos ? comma : comma + 1 - at);
  return message;
}

TEST(Scram, MalformedFinalMessages) {
  const Change changes[] = {
      [](const std::string& m) { return without(m, 'c'); },
      [](const std::string& m) { return without(m, 'r'); },
      [](const std::string& m) { return without(m, 'p'); }, // leaves a comma at the end
      [](const std::string& m) { return m.substr(0, m.find(",p=")); },
      [](const std::string&) { return std::string(); },
      [](const std::string& m) { return m + ","; },
      [](const std::string& m) { return m + ",x=1"; }, // after the proof
      [](const std::string& m) { return replaced(m, ",p=", ",m=1,p="); },
      [](const std::string& m) { return "m=1," + m; },
      [](const std::string& m) { return "x=1," + m; },
      [](const std::string& m) { return replaced(m, ",p=", ",c=biws,p="); },
      [](const std::string& m) { return replaced(m, ",p=", ",r=abc,p="); },
      [](const std::string& m) { return replaced(m, ",p=", ",,p="); },
      [](const std::string& m) { return replaced(m, "c=biws", "c=b!ws"); },
      [](const std::string& m) { return replaced(m, "c=biws", "c=biws="); },
      [](const std::string& m) { return replaced(m, ",p=", ",p=AAAA"); },
      [](const std::string& m) { return m.substr(0, m.find(",p=") + 3); },
      [](const std::string& m) { return m + std::string(1, '\0'); },
      [](const std::string& m) { return replaced(m, "c=biws", "C=biws"); },
      [](const std::string& m) { // r before c
        const std::size_t comma = m.find(',');
        const std::size_t proof = m.find(",p=");
        return m.substr(comma + 1, proof - comma - 1) + "," + m.substr(0, comma) + m.substr(proof);
      },
  };
  for (const auto& change : changes) {
    Login login;
    std::string sent;
    login.on_client_final = [&](const std::string& message) { return sent = change(message); };
    const auto outcome = login.run();
    ASSERT_TRUE(outcome.server) << sent;
    EXPECT_EQ(outcome.server->condition, SaslCondition::kMalformedRequest) << sent;
  }
}

// Case 17: every change on the way is noticed.
TEST(Case17, ChangedFinalMessageIsRefused) {
  const struct {
    Change change;
    std::string_view reason;
  } cases[] = {
      {[](const std::string& m) { return replaced(m, ",r=", ",r=x"); }, "wrong-nonce"},
      {[](const std::string& m) { return replaced(m, ",r=", ",r=,y="); }, "wrong-nonce"},
      {[](const std::string& m) { return std::string(m).erase(m.find(",p=") - 1, 1); },
       "wrong-nonce"},
      {[](const std::string& m) { return replaced(m, "c=biws", "c=eSws"); },
       "wrong-binding"}, // "y,,"
      {[](const std::string& m) { return replaced(m, "c=biws", "c="); }, "wrong-binding"},
      {[](const std::string& m) { return replaced(m, "c=biws", "c=biwsYQ=="); }, "wrong-binding"},
      {[](const std::string& m) { return replaced(m, ",p=", ",x=1,p="); },
       "wrong-proof"}, // not signed
      {[](const std::string& m) { return flipped(m, m.find(",p=") + 3); }, "wrong-proof"},
  };
  for (const auto& [change, reason] : cases) {
    Login login;
    login.on_client_final = change;
    EXPECT_EQ(login.run().server, refused(reason));
  }
}

TEST(Case17, ChangedFirstMessageIsRefused) {
  Login name;
  name.on_client_first = [](const std::string& m) { return replaced(m, "n=juliet", "n=romeo"); };
  EXPECT_EQ(name.run().server, refused("wrong-proof"));
  Login authzid;
  authzid.on_client_first = [](const std::string& m) { return replaced(m, "n,,", "n,a=romeo,"); };
  EXPECT_EQ(authzid.run().server, refused("wrong-binding"));
  Login extension;
  extension.on_client_first = [](const std::string& m) { return m + ",x=1"; };
  EXPECT_EQ(extension.run().server, refused("wrong-proof"));
}

TEST(Case17, ReplayedExchangeMeetsANewNonce) {
  SeededRandom random(1);
  ScramClient client(client_options(SaslMechanism::kScramSha256, {}));
  const std::string first = client.first(random);
  ScramServer server(SaslMechanism::kScramSha256, offer_over_tls());
  ASSERT_TRUE(server.client_first(first, binding_data));
  const auto final = client.final(server.server_first(keys_of(HashKind::kSha256), random));
  ASSERT_TRUE(server.client_final(*final));

  ScramServer again(SaslMechanism::kScramSha256, offer_over_tls());
  ASSERT_TRUE(again.client_first(first, binding_data));
  (void)again.server_first(keys_of(HashKind::kSha256), random);
  EXPECT_EQ(again.client_final(*final).error(), refused("wrong-nonce"));
}

TEST(Case17, ClientRefusesWhatAServerMustNotSend) {
  const struct {
    Change change;
    ScramClientError error;
  } cases[] = {
      {[](const std::string& m) { return replaced(m, "r=", "r=x"); }, ScramClientError::kNonce},
      {[](const std::string& m) { // adds nothing to the client's nonce
         return m.substr(0, 2 + 32) + m.substr(m.find(",s="));
       },
       ScramClientError::kNonce},
      {[](const std::string& m) { return replaced(m, m.substr(0, m.find(",s=")), "r="); },
       ScramClientError::kMalformed},
      {[](const std::string& m) { return replaced(m, "i=4096", "i=4095"); },
       ScramClientError::kIterations},
      {[](const std::string& m) { return replaced(m, "i=4096", "i=1"); },
       ScramClientError::kIterations},
      {[](const std::string& m) { return replaced(m, "i=4096", "i=4294967295"); },
       ScramClientError::kIterations},
      {[](const std::string& m) { return replaced(m, "i=4096", "i=x"); },
       ScramClientError::kMalformed},
      {[](const std::string& m) { return "m=1," + m; }, ScramClientError::kMalformed},
      {[](const std::string& m) { return m + ",m=1"; }, ScramClientError::kMalformed},
      {[](const std::string& m) { return m + ",h=AAAA"; }, ScramClientError::kMalformed},
      {[](const std::string& m) { return m.substr(0, m.find(",i=")); },
       ScramClientError::kMalformed},
      {[](const std::string& m) { return replaced(m, ",s=", ",s=!"); },
       ScramClientError::kMalformed},
  };
  for (const auto& [change, error] : cases) {
    Login login;
    login.on_server_first = change;
    EXPECT_EQ(login.run().client, error);
  }
}

TEST(Case17, ChangedIterationsOrSaltFailTheProof) {
  Login iterations;
  iterations.on_server_first = [](const std::string& m) { return replaced(m, "i=4096", "i=4097"); };
  EXPECT_EQ(iterations.run().server, refused("wrong-proof"));
  Login salt;
  salt.on_server_first = [](const std::string& m) { return replaced(m, ",s=", ",s=AAAA"); };
  EXPECT_EQ(salt.run().server, refused("wrong-proof"));
}

TEST(Case18, GsFlagYWhilePlusWasOfferedIsADowngrade) {
  Login login;
  login.client.binding = ScramBinding::kNotOffered;
  EXPECT_EQ(login.run().server, refused("binding-downgrade"));

  const auto clear = offer_mechanisms({.loopback = true});
  ScramServer server(SaslMechanism::kScramSha256, clear);
  EXPECT_TRUE(server.client_first("y,,n=user,r=abc", binding_data)) << "nothing was offered";
}

TEST(Case18, BindingOfAnotherTlsSessionIsRefused) {
  Login login;
  login.mechanism = SaslMechanism::kScramSha256Plus;
  login.client = client_options(login.mechanism, kTlsExporter);
  login.client.binding_data = std::string(32, 'x');
  EXPECT_EQ(login.run().server, refused("wrong-binding"));
}

TEST(Case18, BindingThatWasNotOfferedOrIsNotThereIsRefused) {
  ScramServer unknown(SaslMechanism::kScramSha256Plus, offer_over_tls());
  EXPECT_EQ(unknown.client_first("p=tls-unheard-of,,n=user,r=abc", binding_data).error(),
            refused("binding-unsupported"));
  ScramServer absent(SaslMechanism::kScramSha256Plus, offer_over_tls());
  const auto none = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(absent.client_first("p=tls-exporter,,n=user,r=abc", none).error(),
            refused("binding-unsupported"));
}

TEST(Scram, UnannouncedTlsUniqueIsTakenWhereTheConnectionHasIt) {
  Login login;
  login.mechanism = SaslMechanism::kScramSha256Plus;
  login.client = client_options(login.mechanism, kTlsUnique);
  EXPECT_TRUE(login.run().good());
  login.client.binding_data = "of another connection";
  EXPECT_EQ(login.run().server, refused("wrong-binding"));

  ScramServer server(SaslMechanism::kScramSha256Plus, offer_over_tls());
  const auto none = [](std::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(server.client_first("p=tls-unique,,n=user,r=abc", none).error(),
            refused("binding-unsupported"));
}

TEST(Case18, BindingWithoutPlusMechanismIsRefused) {
  ScramServer server(SaslMechanism::kScramSha256, offer_over_tls());
  EXPECT_EQ(server.client_first("p=tls-exporter,,n=user,r=abc", binding_data).error(),
            malformed("binding-flag"));
}

TEST(Case19, ClientNoticesAnEditedOffer) {
  Login login;
  login.client.downgrade_hash =
      downgrade_hash(HashKind::kSha256, {"SCRAM-SHA-256", "PLAIN"}, nullptr);
  EXPECT_EQ(login.run().client, ScramClientError::kDowngrade);
}

TEST(Case19, RemovingTheHashFailsTheProof) {
  Login login;
  login.client.downgrade_hash = downgrade_hash(HashKind::kSha256, {"PLAIN"}, nullptr);
  login.on_server_first = [](const std::string& m) { return m.substr(0, m.find(",h=")); };
  EXPECT_EQ(login.run().server, refused("wrong-proof"));
}

TEST(Case20, UnknownUserFailsLikeAWrongPassword) {
  Login unknown;
  unknown.keys =
      fake_scram_keys("0123456789abcdef", "juliet", HashKind::kSha256, kScramIterationsMin);
  Login wrong;
  wrong.client.prepared_password = "pencils";
  EXPECT_EQ(unknown.run().server, refused("wrong-proof"));
  EXPECT_EQ(wrong.run().server, refused("wrong-proof"));
}

TEST(Scram, ClientRefusesAServerThatDoesNotKnowTheKeys) {
  SeededRandom random(3);
  ScramClient client(client_options(SaslMechanism::kScramSha1, {}));
  ScramServer server(SaslMechanism::kScramSha1, offer_over_tls());
  ASSERT_TRUE(server.client_first(client.first(random), binding_data));
  auto keys = keys_of(HashKind::kSha1);
  keys.server_key[0] ^= 1;
  const auto done = server.client_final(client.final(server.server_first(keys, random)).value());
  ASSERT_TRUE(done);
  EXPECT_EQ(client.verify(*done).error(), ScramClientError::kServerSignature);
  EXPECT_EQ(client.verify("e=invalid-proof").error(), ScramClientError::kServerError);
  EXPECT_EQ(client.verify("v=").error(), ScramClientError::kServerSignature);
  EXPECT_EQ(client.verify("").error(), ScramClientError::kMalformed);
}

/// Any one byte changed anywhere in the exchange: never a success, never a crash.
TEST(Scram, OneChangedByteNeverPasses) {
  SeededRandom random(99);
  const auto with_change = [&random](std::string message) {
    message[random.u64() % message.size()] ^= static_cast<char>(1 + random.u64() % 255);
    return message;
  };
  for (int round = 0; round < 150; ++round) {
    Login login;
    login.mechanism = SaslMechanism::kScramSha1Plus;
    login.client = client_options(login.mechanism, kTlsExporter);
    (round % 3 == 0   ? login.on_client_first
     : round % 3 == 1 ? login.on_server_first
                      : login.on_client_final) = with_change;
    EXPECT_FALSE(login.run().good());
  }
}

} // namespace
} // namespace rookery::xmpp
