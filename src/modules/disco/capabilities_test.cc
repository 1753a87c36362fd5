#include "modules/disco/capabilities.h"

#include <gtest/gtest.h>

#include "xmpp/namespaces.h"

namespace rookery::modules::disco {
namespace {

std::string ver(std::string_view query) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(query, xmpp::kNsClient));
  return verification_string(document.root());
}

TEST(CapabilitiesTest, Xep0115Section5_2SimpleGenerationExample) {
  EXPECT_EQ(ver("<query xmlns='http://jabber.org/protocol/disco#info'>"
                "<identity category='client' type='pc' name='Exodus 0.9.1'/>"
                "<feature var='http://jabber.org/protocol/muc'/>"
                "<feature var='http://jabber.org/protocol/disco#items'/>"
                "<feature var='http://jabber.org/protocol/disco#info'/>"
                "<feature var='http://jabber.org/protocol/caps'/>"
                "</query>"),
            "QgayPKawpkPSDYmwT/WM94uAlu0=");
}

TEST(CapabilitiesTest, Xep0115Section5_3ComplexGenerationExample) {
  EXPECT_EQ(
      ver("<query xmlns='http://jabber.org/protocol/disco#info'>"
          "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>"
          "<identity xml:lang='el' category='client' name='\xCE\xA8 0.11' type='pc'/>"
          "<feature var='http://jabber.org/protocol/caps'/>"
          "<feature var='http://jabber.org/protocol/disco#info'/>"
          "<feature var='http://jabber.org/protocol/disco#items'/>"
          "<feature var='http://jabber.org/protocol/muc'/>"
          "<x xmlns='jabber:x:data' type='result'>"
          "<field var='FORM_TYPE' "
          "type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>"
          "<field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>"
          "<field var='os'><value>Mac</value></field>"
          "<field var='os_version'><value>10.5.1</value></field>"
          "<field var='software_version'><value>0.11</value></field>"
          "<field var='software'><value>Psi</value></field>"
          "</x></query>"),
      "q07IKJEyjvHSyhy//CH0CxmKi8w=");
}

TEST(CapabilitiesTest, FormsAreSortedByTheirType) {
  const std::string one =
      "<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>a</value></field></x>";
  const std::string two =
      "<x xmlns='jabber:x:data'><field var='FORM_TYPE'><value>b</value></field></x>";
  const std::string open = "<query xmlns='http://jabber.org/protocol/disco#info'>";
  EXPECT_EQ(ver(open + one + two + "</query>"), ver(open + two + one + "</query>"));
}

TEST(CapabilitiesTest, Xep0115Section5_4AFormWithoutATypeDoesNotCount) {
  const std::string open = "<query xmlns='http://jabber.org/protocol/disco#info'>";
  EXPECT_EQ(
      ver(open + "<x xmlns='jabber:x:data'><field var='a'><value>1</value></field></x></query>"),
      ver(open + "</query>"));
}

} // namespace
} // namespace rookery::modules::disco
