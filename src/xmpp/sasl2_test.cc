#include "xmpp/sasl2.h"

#include <gtest/gtest.h>

#include <array>

namespace rookery::xmpp {
namespace {

/// The request inside of `<authenticate mechanism='M'>`.
std::expected<AuthenticateRequest, SaslFailure> parsed(const std::string& children) {
  xml::Document document;
  const std::string text =
      "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='M'>" + children + "</authenticate>";
  if (!document.parse_trusted(text, "jabber:client"))
    ADD_FAILURE() << text;
  auto request = parse_authenticate(document.root());
  document.clear(); // what was parsed must not need it any more
  return request;
}

SaslFailure malformed(std::string_view reason) {
  return {SaslCondition::kMalformedRequest, reason};
}

template <class Write> std::string written(Write write) {
  std::string out;
  xml::Writer writer(out);
  write(writer);
  return out;
}

TEST(Sasl2, SmallestRequest) {
  const auto request = parsed("");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->mechanism, "M");
  EXPECT_FALSE(request->initial_response || request->user_agent || request->resume ||
               request->bind || request->fast || request->request_token);
}

TEST(Sasl2, FullRequest) {
  const auto request = parsed(
      "<initial-response>YWJj</initial-response>"
      "<user-agent id='D4565FA7-4d72-4749-b3d3-740edbf87770'><software>AwesomeXMPP</software>"
      "<device>Kiva's Phone</device></user-agent>"
      "<resume xmlns='urn:xmpp:sm:3' previd='old' h='4294967295'/>"
      "<bind xmlns='urn:xmpp:bind:0'><tag>Awesome</tag><enable xmlns='urn:xmpp:carbons:2'/>"
      "<enable xmlns='urn:xmpp:sm:3' resume='true' max='300'/><inactive "
      "xmlns='urn:xmpp:csi:0'/></bind>"
      "<fast xmlns='urn:xmpp:fast:0' count='123' invalidate='1'/>"
      "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/>"
      "<unknown xmlns='urn:example'/>");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->initial_response, "abc");
  EXPECT_EQ(request->user_agent->id, "d4565fa7-4d72-4749-b3d3-740edbf87770");
  EXPECT_EQ(request->user_agent->software, "AwesomeXMPP");
  EXPECT_EQ(request->user_agent->device, "Kiva's Phone");
  EXPECT_EQ(request->resume->previd, "old");
  EXPECT_EQ(request->resume->h, 4294967295u);
  EXPECT_EQ(request->bind->tag, "Awesome");
  EXPECT_TRUE(request->bind->sm_enable->resume);
  EXPECT_EQ(request->bind->sm_enable->max_seconds, 300u);
  ASSERT_EQ(request->bind->features.size(), 2u);
  EXPECT_EQ(request->bind->features[0].ns, "urn:xmpp:carbons:2");
  EXPECT_EQ(request->bind->features[0].name, "enable");
  EXPECT_EQ(request->bind->features[0].xml, "<enable xmlns='urn:xmpp:carbons:2'/>");
  EXPECT_EQ(request->bind->features[1].name, "inactive");
  EXPECT_EQ(request->fast->count, 123u);
  EXPECT_TRUE(request->fast->invalidate);
  EXPECT_EQ(request->request_token, "HT-SHA-256-NONE");
}

TEST(Sasl2, BindFeatureKeepsItsMeaningOutsideOfItsStanza) {
  const auto request = parsed("<bind xmlns='urn:xmpp:bind:0' xmlns:p='urn:example:p'>"
                              "<p:on p:x='1'>a&amp;b<q xmlns='urn:example:q'/></p:on></bind>");
  ASSERT_TRUE(request);
  xml::Document again;
  ASSERT_TRUE(again.parse_trusted(request->bind->features.at(0).xml, ""));
  EXPECT_TRUE(again.root().is("on", "urn:example:p"));
  EXPECT_TRUE(again.root().child("q", "urn:example:q"));
}

// XEP-0388 §2.2: an empty element is an empty string.
TEST(Sasl2, EmptyInitialResponseIsOne) {
  EXPECT_EQ(parsed("<initial-response/>")->initial_response, "");
}

TEST(Sasl2, WrongRequests) {
  EXPECT_EQ(parsed("<initial-response>a</initial-response>").error(),
            (SaslFailure{SaslCondition::kIncorrectEncoding, "not-base64"}));
  for (const auto* resume : {"", "previd='a'", "h='1'", "previd='' h='1'", "previd='a' h='-1'",
                             "previd='a' h='4294967296'", "previd='a' h='1x'"})
    EXPECT_EQ(parsed(std::string("<resume xmlns='urn:xmpp:sm:3' ") + resume + "/>").error(),
              malformed("resume"));
  for (const auto* count : {"", "x", "-1", "1.5", "18446744073709551616"})
    EXPECT_EQ(parsed(std::string("<fast xmlns='urn:xmpp:fast:0' count='") + count + "'/>").error(),
              malformed("fast-count"));
  EXPECT_EQ(parsed("<request-token xmlns='urn:xmpp:fast:0'/>").error(), malformed("request-token"));
  std::string many;
  for (std::size_t i = 0; i <= kBindFeaturesMax; ++i)
    many += "<a xmlns='urn:example'/>";
  EXPECT_EQ(parsed("<bind xmlns='urn:xmpp:bind:0'>" + many + "</bind>").error(),
            malformed("bind-features"));
  xml::Document nameless;
  ASSERT_TRUE(nameless.parse_trusted("<authenticate xmlns='urn:xmpp:sasl:2'/>", "jabber:client"));
  EXPECT_EQ(parse_authenticate(nameless.root()).error(), malformed("no-mechanism"));
}

TEST(Sasl2, UserAgentIdThatIsNoUuidIsNone) {
  for (const auto* id :
       {"", "1", "d4565fa7-4d72-4749-b3d3-740edbf8777", "d4565fa74d72-4749-b3d3-740edbf877701",
        "g4565fa7-4d72-4749-b3d3-740edbf87770", "d4565fa7-4d72-4749-b3d3-740edbf87770 "})
    EXPECT_EQ(parsed(std::string("<user-agent id='") + id + "'/>")->user_agent->id, "") << id;
}

TEST(Sasl2, TextsOfAUserAgentBecomeOneBoundedLine) {
  const auto software = [](const std::string& text) {
    return parsed("<user-agent><software>" + text + "</software></user-agent>")
        ->user_agent->software;
  };
  EXPECT_EQ(software(" a\nb\tc "), "a b c");
  EXPECT_EQ(software("\n \t"), "");
  EXPECT_EQ(software(std::string(500, 'a')), std::string(kUserAgentTextBytesMax, 'a'));
  std::string wide = "x";
  while (wide.size() < 500)
    wide += "\u4e2d";
  const std::string cut = software(wide);
  EXPECT_EQ(cut, wide.substr(0, 127)) << "1 + 42 characters of three bytes";
}

// Case 59: no name of a program changes anything.
TEST(Case59, ProgramNamesAreText) {
  for (const std::string name : {"QQ", "360safe present", "weixin", "<b/>"}) {
    std::string escaped;
    xml::append_escaped(escaped, name);
    EXPECT_EQ(parsed("<user-agent><software>" + escaped + "</software></user-agent>")
                  ->user_agent->software,
              name);
  }
}

TEST(Sasl2, Feature) {
  const auto offer = offer_mechanisms({.tls = true,
                                       .plain_allowed = false,
                                       .has_tls_server_end_point = true,
                                       .keys = {.sha1 = false, .sha256 = true, .sha512 = false}});
  const std::array<std::string_view, 2> features{"urn:xmpp:carbons:2", "urn:xmpp:sm:3"};
  EXPECT_EQ(written([&](xml::Writer& out) {
              write_authentication(out, offer, {.bind_features = features});
            }),
            "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-256-PLUS</mechanism>"
            "<mechanism>SCRAM-SHA-256</mechanism><inline><sm xmlns='urn:xmpp:sm:3'/>"
            "<bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/>"
            "<feature var='urn:xmpp:sm:3'/></inline></bind>"
            "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism>"
            "<mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication>");
}

// XEP-0388 §2.1: not without a mechanism.
TEST(Case23, FeatureIsNotWrittenBeforeTls) {
  EXPECT_EQ(written([](xml::Writer& out) { write_authentication(out, offer_mechanisms({}), {}); }),
            "");
}

TEST(Sasl2, Answers) {
  EXPECT_EQ(written([](xml::Writer& out) { write_sasl2_challenge(out, "abc"); }),
            "<challenge xmlns='urn:xmpp:sasl:2'>YWJj</challenge>");
  EXPECT_EQ(written([](xml::Writer& out) {
              write_sasl2_failure(out, SaslCondition::kCredentialsExpired, "old");
            }),
            "<failure xmlns='urn:xmpp:sasl:2'>"
            "<credentials-expired xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
            "<text xml:lang='en'>old</text></failure>");
}

TEST(Sasl2, Success) {
  EXPECT_EQ(written([](xml::Writer& out) {
              write_sasl2_success(out, {.authorization_identifier = "a@b"});
            }),
            "<success xmlns='urn:xmpp:sasl:2'>"
            "<authorization-identifier>a@b</authorization-identifier></success>");
  const WallTime expiry{std::chrono::sys_days{std::chrono::year{2026} / 3 / 12}};
  EXPECT_EQ(
      written([&](xml::Writer& out) {
        write_sasl2_success(out, {.additional_data = "abc",
                                  .authorization_identifier = "a@b/c&d",
                                  .children = "<bound xmlns='urn:xmpp:bind:0'/>",
                                  .token = IssuedToken{.token = "secret", .expires = expiry}});
      }),
      "<success xmlns='urn:xmpp:sasl:2'><additional-data>YWJj</additional-data>"
      "<authorization-identifier>a@b/c&amp;d</authorization-identifier>"
      "<bound xmlns='urn:xmpp:bind:0'/>"
      "<token xmlns='urn:xmpp:fast:0' expiry='2026-03-12T00:00:00Z' token='secret'/></success>");
}

} // namespace
} // namespace rookery::xmpp
