#include "xmpp/delay.h"

#include <gtest/gtest.h>

#include "xml/document.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

const WallTime kStamp = *parse_time("2002-09-10T23:08:25.000001Z");

TEST(Delay, Xep0203Section2) {
  std::string out;
  append_delay(out, {.stamp = kStamp});
  EXPECT_EQ(out, "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25.000001Z'/>");
  out.clear();
  append_delay(out, {.stamp = kStamp, .from = "a'b@c", .reason = "Offline <Storage>"});
  EXPECT_EQ(out,
            "<delay xmlns='urn:xmpp:delay' from='a&apos;b@c' stamp='2002-09-10T23:08:25.000001Z'>"
            "Offline &lt;Storage&gt;</delay>");
}

TEST(Forwarded, Xep0297Section3KeepsTheNamespaceOfTheStanza) {
  std::string out;
  append_forwarded(out, "<message to='a@b'><body>1</body></message>", Delay{.stamp = kStamp});
  xml::Document document;
  ASSERT_TRUE(document.parse_trusted(out, kNsCarbons2));
  const xml::Element forwarded = document.root();
  EXPECT_TRUE(forwarded.is("forwarded", kNsForward));
  EXPECT_EQ(forwarded.child("delay", kNsDelay).attribute("stamp"), "2002-09-10T23:08:25.000001Z");
  EXPECT_EQ(forwarded.child("message", kNsClient).child("body", kNsClient).text(), "1");
  out.clear();
  append_forwarded(out, "<message/>");
  EXPECT_EQ(out,
            "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded>");
}

} // namespace
} // namespace rookery::xmpp
