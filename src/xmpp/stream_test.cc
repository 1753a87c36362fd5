#include "xmpp/stream.h"

#include <gtest/gtest.h>

#include <string>

#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

using enum StreamCondition;

constexpr const char* kNamespaces =
    "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'";

std::string tag(const std::string& attributes) {
  return std::string("<stream:stream ") + kNamespaces + " " + attributes + ">";
}

StreamCondition refused(const std::string& start_tag) {
  const auto header = read_stream_open(start_tag);
  EXPECT_FALSE(header.has_value()) << start_tag;
  return header ? kUndefinedCondition : header.error().condition;
}

TEST(StreamOpen, Rfc6120Section42) {
  const auto header =
      read_stream_open(tag("version='1.0' to='Example.COM.' from='Me@Example.com' xml:lang='de'"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->to, "example.com");
  EXPECT_EQ(header->from, "me@example.com");
  EXPECT_EQ(header->lang, "de");
}

TEST(StreamOpen, AddressesMayBeAbsent) {
  const auto header = read_stream_open(tag("version='1.0'"));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->to, "");
  EXPECT_EQ(header->from, "");
}

TEST(StreamOpen, Rfc6120Section475Versions) {
  for (const char* version : {"1.0", "1.1", "01.00", "2.0", "10.3", "99999999999999999999.0"})
    EXPECT_TRUE(read_stream_open(tag(std::string("version='") + version + "'"))) << version;
  for (const char* version : {"0.9", "00.9", "1", "", "1.", ".0", "one.zero", "-1.0", "1.0 "})
    EXPECT_EQ(refused(tag(std::string("version='") + version + "'")), kUnsupportedVersion)
        << version;
  EXPECT_EQ(refused(tag("to='a'")), kUnsupportedVersion);
}

TEST(StreamOpen, Rfc6120Section49310Namespaces) {
  EXPECT_EQ(refused("<stream:stream xmlns='jabber:client' xmlns:stream='urn:x' version='1.0'>"),
            kInvalidNamespace);
  EXPECT_EQ(refused("<stream:stream xmlns='jabber:server' "
                    "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"),
            kInvalidNamespace);
  EXPECT_EQ(
      refused("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"),
      kInvalidNamespace);
  EXPECT_EQ(refused("<html>"), kInvalidNamespace);
  EXPECT_EQ(refused(std::string("<stream:other ") + kNamespaces + " version='1.0'>"), kBadFormat);
  // Another prefix is as good (§4.8.5).
  EXPECT_TRUE(read_stream_open(
      "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' version='1.0'>"));
  EXPECT_TRUE(read_stream_open(std::string("<stream:stream ") + kNamespaces + " version='1.0'/>"));
}

TEST(StreamOpen, AddressesThatAreNone) {
  EXPECT_EQ(refused(tag("version='1.0' to='a@b'")), kHostUnknown);
  EXPECT_EQ(refused(tag("version='1.0' to='a b'")), kHostUnknown);
  EXPECT_EQ(refused(tag("version='1.0' to='a' from='@'")), kInvalidFrom);
}

TEST(StreamOpen, Rfc7395Section332Open) {
  const auto open = [](std::string_view text) {
    xml::Document document;
    EXPECT_TRUE(document.parse(text, nullptr));
    return read_framed_open(document.root());
  };
  const auto header =
      open("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='Example.com' version='1.0'/>");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->to, "example.com");
  EXPECT_EQ(open("<open to='example.com' version='1.0'/>").error().condition, kInvalidNamespace);
  EXPECT_EQ(
      open("<start xmlns='urn:ietf:params:xml:ns:xmpp-framing' version='1.0'/>").error().condition,
      kBadFormat);
  EXPECT_EQ(open("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>").error().condition,
            kUnsupportedVersion);
}

TEST(StreamOpen, Rfc7395Section36Close) {
  xml::Document document;
  ASSERT_TRUE(document.parse("<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", nullptr));
  EXPECT_TRUE(is_framed_close(document.root()));
  ASSERT_TRUE(document.parse("<close/>", nullptr));
  EXPECT_FALSE(is_framed_close(document.root()));
}

TEST(StreamWrite, TcpFormReadsBack) {
  std::string out;
  write_stream_open(out, StreamForm::kTcp,
                    {.id = "a'b", .from = "example.com", .to = "example.net"});
  EXPECT_EQ(out, "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
                 "xmlns:stream='http://etherx.jabber.org/streams' "
                 "id='a&apos;b' from='example.com' to='example.net' version='1.0' xml:lang='en'>");
  EXPECT_TRUE(read_stream_open(std::string_view(out).substr(out.find("<stream"))));
  out.clear();
  write_stream_close(out, StreamForm::kTcp);
  EXPECT_EQ(out, "</stream:stream>");
}

TEST(StreamWrite, WebSocketForm) {
  std::string out;
  write_stream_open(out, StreamForm::kWebSocket, {.id = "1", .from = "example.com"});
  EXPECT_EQ(out, "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='1' from='example.com' "
                 "version='1.0' xml:lang='en'/>");
  out.clear();
  write_stream_close(out, StreamForm::kWebSocket);
  EXPECT_EQ(out, "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>");
}

TEST(StreamWrite, Features) {
  std::string out;
  write_stream_features(out, StreamForm::kTcp, "<bind xmlns='b'/>");
  EXPECT_EQ(out, "<stream:features><bind xmlns='b'/></stream:features>");
  out.clear();
  write_stream_features(out, StreamForm::kTcp, "");
  EXPECT_EQ(out, "<stream:features/>");
  out.clear();
  write_stream_features(out, StreamForm::kWebSocket, "<bind xmlns='b'/>");
  EXPECT_EQ(out, "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><bind "
                 "xmlns='b'/></stream:features>");
}

TEST(StreamError, Rfc6120Section493Names) {
  const char* names[] = {"bad-format",
                         "bad-namespace-prefix",
                         "conflict",
                         "connection-timeout",
                         "host-gone",
                         "host-unknown",
                         "improper-addressing",
                         "internal-server-error",
                         "invalid-from",
                         "invalid-namespace",
                         "invalid-xml",
                         "not-authorized",
                         "not-well-formed",
                         "policy-violation",
                         "remote-connection-failed",
                         "reset",
                         "resource-constraint",
                         "restricted-xml",
                         "see-other-host",
                         "system-shutdown",
                         "undefined-condition",
                         "unsupported-encoding",
                         "unsupported-feature",
                         "unsupported-stanza-type",
                         "unsupported-version"};
  static_assert(std::size(names) == kStreamConditions);
  for (std::size_t i = 0; i < kStreamConditions; ++i)
    EXPECT_EQ(to_string(static_cast<StreamCondition>(i)), names[i]);
}

TEST(StreamError, WrittenForBothForms) {
  std::string out;
  write_stream_error(out, StreamForm::kTcp, {kPolicyViolation, "a < b"});
  EXPECT_EQ(out, "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                 "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>a &lt; "
                 "b</text></stream:error>");
  out.clear();
  StreamError elsewhere(kSeeOtherHost);
  elsewhere.other_host = "[2001:db8::1]:9222";
  elsewhere.application = "<x xmlns='urn:x'/>";
  write_stream_error(out, StreamForm::kWebSocket, elsewhere);
  EXPECT_EQ(out, "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>"
                 "<see-other-host "
                 "xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[2001:db8::1]:9222</see-other-host>"
                 "<x xmlns='urn:x'/></stream:error>");
}

TEST(StreamError, Case1And9OfTheFramer) {
  using xml::FrameError;
  EXPECT_EQ(stream_error_of(FrameError::kNotWellFormed).condition, kNotWellFormed);
  EXPECT_EQ(stream_error_of(FrameError::kRestricted).condition, kRestrictedXml);
  EXPECT_EQ(stream_error_of(FrameError::kTooLarge).condition, kPolicyViolation);
  EXPECT_EQ(stream_error_of(FrameError::kTooComplex).condition, kPolicyViolation);
  EXPECT_EQ(stream_error_of(FrameError::kUnsupportedEncoding).condition, kUnsupportedEncoding);
}

} // namespace
} // namespace rookery::xmpp
