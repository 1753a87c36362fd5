#include "xmpp/sasl1.h"

#include <gtest/gtest.h>

namespace rookery::xmpp {
namespace {

/// An element as a client would send it, in the namespace of SASL.
class Parsed {
public:
  explicit Parsed(const std::string& text) {
    if (!document_.parse_trusted(text, kNsSasl))
      ADD_FAILURE() << text;
  }
  [[nodiscard]] xml::Element root() const { return document_.root(); }

private:
  xml::Document document_;
};

template <class Write> std::string written(Write write) {
  std::string out;
  xml::Writer writer(out);
  write(writer);
  return out;
}

TEST(Sasl1, AuthWithInitialResponse) {
  const Parsed auth("<auth mechanism='PLAIN'>AGEAYg==</auth>");
  const auto parsed = parse_sasl_auth(auth.root());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->mechanism, "PLAIN");
  EXPECT_EQ(parsed->initial_response, std::string("\0a\0b", 4));
}

// RFC 6120 §6.4.2: none, and one that is empty.
TEST(Sasl1, AuthWithoutAndWithEmptyInitialResponse) {
  const Parsed without("<auth mechanism='X'/>"), empty("<auth mechanism='X'>=</auth>");
  EXPECT_EQ(parse_sasl_auth(without.root())->initial_response, std::nullopt);
  EXPECT_EQ(parse_sasl_auth(empty.root())->initial_response, "");
}

TEST(Sasl1, AuthThatIsWrong) {
  const Parsed nameless("<auth>AGEAYg==</auth>"), broken("<auth mechanism='PLAIN'>AGEAYg</auth>");
  EXPECT_EQ(parse_sasl_auth(nameless.root()).error(),
            (SaslFailure{SaslCondition::kMalformedRequest, "no-mechanism"}));
  EXPECT_EQ(parse_sasl_auth(broken.root()).error(),
            (SaslFailure{SaslCondition::kIncorrectEncoding, "not-base64"}));
}

TEST(Sasl1, DataMayStandBetweenWhiteSpace) {
  EXPECT_EQ(sasl_data(Parsed("<response>\n  YWJj\n</response>").root()), "abc");
  EXPECT_EQ(sasl_data(Parsed("<response/>").root()), "");
  EXPECT_EQ(sasl_data(Parsed("<response> = </response>").root()), "");
  EXPECT_FALSE(sasl_data(Parsed("<response>YW Jj</response>").root()));
  EXPECT_FALSE(sasl_data(Parsed("<response>YWJj====</response>").root()));
}

TEST(Sasl1, FeaturesOfAnOffer) {
  const auto offer = offer_mechanisms({.tls = true,
                                       .has_tls_exporter = true,
                                       .has_tls_server_end_point = true,
                                       .keys = {.sha1 = false, .sha256 = true, .sha512 = false}});
  EXPECT_EQ(written([&](xml::Writer& out) { write_sasl_mechanisms(out, offer); }),
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
            "<mechanism>SCRAM-SHA-256-PLUS</mechanism><mechanism>SCRAM-SHA-256</mechanism>"
            "<mechanism>PLAIN</mechanism></mechanisms>");
  EXPECT_EQ(written([&](xml::Writer& out) { write_channel_bindings(out, offer); }),
            "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>"
            "<channel-binding type='tls-exporter'/><channel-binding type='tls-server-end-point'/>"
            "</sasl-channel-binding>");
}

TEST(Case23, AnEmptyOfferIsNotWritten) {
  const SaslOffer none = offer_mechanisms({});
  EXPECT_EQ(written([&](xml::Writer& out) {
              write_sasl_mechanisms(out, none);
              write_channel_bindings(out, none);
            }),
            "");
}

TEST(Sasl1, Answers) {
  const auto ns = std::string("xmlns='urn:ietf:params:xml:ns:xmpp-sasl'");
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl_challenge(out, "abc"); }),
            "<challenge " + ns + ">YWJj</challenge>");
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl_challenge(out, ""); }),
            "<challenge " + ns + "/>");
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl_success(out, "abc"); }),
            "<success " + ns + ">YWJj</success>");
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl_success(out, std::nullopt); }),
            "<success " + ns + "/>");
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl_success(out, ""); }),
            "<success " + ns + ">=</success>");
  EXPECT_EQ(
      written([](xml::Writer& out) { write_sasl_failure(out, SaslCondition::kNotAuthorized); }),
      "<failure " + ns + "><not-authorized/></failure>");
  EXPECT_EQ(
      written([](xml::Writer& out) { write_sasl_failure(out, SaslCondition::kAborted, "a < b"); }),
      "<failure " + ns + "><aborted/><text xml:lang='en'>a &lt; b</text></failure>");
}

} // namespace
} // namespace rookery::xmpp
