#include "net/http_headers.h"

#include <gtest/gtest.h>

namespace rookery::net {
namespace {

HttpRequest request_with(std::vector<std::pair<std::string, std::string>> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

TEST(HttpHeaders, ListsAndHosts) {
  EXPECT_TRUE(list_has("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(list_has("xmpp", "xmpp"));
  EXPECT_FALSE(list_has("xmpp2, not xmpp", "xmpp"));
  EXPECT_FALSE(list_has("", "xmpp"));
  EXPECT_EQ(host_name("Example.ORG:5281"), "example.org");
  EXPECT_EQ(host_name("[2001:DB8::1]:80"), "2001:db8::1");
  EXPECT_EQ(host_name("["), "");
}

TEST(IpNetwork, ContainsItsAddressesOnly) {
  const auto network = IpNetwork::parse("10.1.0.0/15");
  ASSERT_TRUE(network);
  EXPECT_TRUE(network->contains(*IpAddress::parse("10.0.0.1")));
  EXPECT_TRUE(network->contains(*IpAddress::parse("10.1.255.255")));
  EXPECT_FALSE(network->contains(*IpAddress::parse("10.2.0.0")));
  EXPECT_FALSE(network->contains(*IpAddress::parse("::1")));
  EXPECT_TRUE(IpNetwork::parse("::1")->contains(*IpAddress::parse("::1")));
  EXPECT_TRUE(IpNetwork::parse("::/0")->contains(*IpAddress::parse("1.2.3.4")));
  EXPECT_TRUE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:7fff::")));
  EXPECT_FALSE(IpNetwork::parse("2001:db8::/33")->contains(*IpAddress::parse("2001:db8:8000::")));
  for (const char* bad :
       {"", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "host/8"})
    EXPECT_FALSE(IpNetwork::parse(bad)) << bad;
}

TEST(ForwardedPeer, IsBelievedFromTrustedProxiesOnly) {
  const std::vector<IpNetwork> trusted{*IpNetwork::parse("127.0.0.1"),
                                       *IpNetwork::parse("10.0.0.0/8")};
  const auto peer_of = [&](const char* peer, std::vector<std::string> lists) {
    HttpRequest request;
    for (auto& list : lists)
      request.headers.emplace_back("x-forwarded-for", list);
    return forwarded_peer(request, *IpAddress::parse(peer), trusted).text();
  };
  EXPECT_EQ(peer_of("127.0.0.1", {}), "127.0.0.1");
  EXPECT_EQ(peer_of("127.0.0.1", {"203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(peer_of("198.51.100.1", {"203.0.113.9"}), "198.51.100.1") << "not a proxy of ours";
  EXPECT_EQ(peer_of("127.0.0.1", {"1.1.1.1, 203.0.113.9"}), "203.0.113.9")
      << "the first is the client's own claim";
  EXPECT_EQ(peer_of("127.0.0.1", {"1.1.1.1", "203.0.113.9, 10.0.0.7"}), "203.0.113.9");
  EXPECT_EQ(peer_of("127.0.0.1", {"1.1.1.1, garbage"}), "127.0.0.1");
}

TEST(HttpHeaders, AnEncodingIsAcceptedWhereItIsNamedAndHasAWeight) {
  const auto accepts = [](const char* list) {
    return accepts_encoding(request_with({{"accept-encoding", list}}), "br");
  };
  EXPECT_TRUE(accepts("br"));
  EXPECT_TRUE(accepts("gzip, deflate , BR;q=0.1"));
  EXPECT_FALSE(accepts("gzip, brotli"));
  EXPECT_FALSE(accepts("br;q=0, gzip"));
  EXPECT_FALSE(accepts("br; q=0.000"));
  EXPECT_FALSE(accepts(""));
  EXPECT_FALSE(accepts_encoding(request_with({}), "br"));
}

TEST(HttpHeaders, EntityTagsAreComparedWeakly) {
  EXPECT_TRUE(has_entity_tag("\"a\"", "\"a\""));
  EXPECT_TRUE(has_entity_tag("\"b\", W/\"a\"", "\"a\""));
  EXPECT_TRUE(has_entity_tag("*", "\"a\""));
  EXPECT_FALSE(has_entity_tag("\"ab\"", "\"a\""));
  EXPECT_FALSE(has_entity_tag("", "\"a\""));
}

TEST(OriginAllowed, Case27PagesOfOthersMayNotConnect) {
  WebSocketConfig config{
      .subprotocol = "xmpp", .origins = {"https://chat.example.org"}, .hosts = {"example.org"}};
  const auto allowed = [&](const char* origin, const char* host) {
    return origin_allowed(request_with({{"host", host}, {"origin", origin}}), config);
  };
  EXPECT_TRUE(origin_allowed(request_with({{"host", "example.org"}}), config)) << "not a browser";
  EXPECT_TRUE(allowed("https://chat.example.org", "example.org"));
  EXPECT_TRUE(allowed("HTTPS://Chat.Example.org", "example.org"));
  EXPECT_FALSE(allowed("http://chat.example.org", "example.org"));
  EXPECT_FALSE(allowed("https://chat.example.org.evil.example", "example.org"));
  EXPECT_FALSE(allowed("https://evil.example", "example.org"));
  EXPECT_FALSE(allowed("null", "example.org"));
  EXPECT_TRUE(allowed("https://example.org:5281", "example.org:5281"));
  EXPECT_FALSE(allowed("https://example.org:8000", "example.org:5281"));
  EXPECT_TRUE(allowed("http://localhost:5280", "localhost:5280"));
  EXPECT_TRUE(allowed("http://[::1]:5280", "[::1]:5280"));
  EXPECT_FALSE(allowed("http://rebound.example:5280", "rebound.example:5280")) << "DNS rebinding";
  config.origins = {"*"};
  EXPECT_TRUE(allowed("https://evil.example", "example.org"));
}

} // namespace
} // namespace rookery::net
