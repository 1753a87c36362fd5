#include "modules/csi/held_stanzas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

namespace rookery::modules::csi {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(HeldStanzas& held) {
  std::vector<std::string> out;
  for (const HeldStanza& stanza : held.take())
    out.push_back(stanza.xml);
  return out;
}

TEST(HeldStanzas, KeepsTheOrder) {
  HeldStanzas held;
  held.add({.key = "", .xml = "a"});
  held.add({.key = "k", .xml = "b"});
  held.add({.key = "", .xml = "c"});
  EXPECT_THAT(texts(held), ElementsAre("a", "b", "c"));
  EXPECT_TRUE(held.empty());
}

TEST(HeldStanzas, TheLatestOfAKeyStandsWhereItCame) {
  HeldStanzas held;
  held.add({.key = "k", .xml = "old"});
  held.add({.key = "", .xml = "between"});
  held.add({.key = "k", .xml = "new"});
  EXPECT_THAT(texts(held), ElementsAre("between", "new"));
}

TEST(HeldStanzas, CountsBytesOfKeysAndStanzas) {
  HeldStanzas held;
  held.add({.key = "key", .xml = "12345"});
  EXPECT_EQ(held.bytes(), 8U);
  held.add({.key = "key", .xml = "1"});
  EXPECT_EQ(held.bytes(), 4U);
  std::ignore = held.take();
  EXPECT_EQ(held.bytes(), 0U);
}

std::string key_of(std::string_view text) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(text, "jabber:client"));
  return replaced_by(document.root(), "a@x/1", "b@x");
}

TEST(ReplacedBy, PresenceByTheNextOfTheSameDevice) {
  EXPECT_EQ(key_of("<presence/>"), "presence a@x/1");
  EXPECT_EQ(key_of("<presence type='unavailable'/>"), "presence a@x/1");
  EXPECT_EQ(key_of("<presence type='subscribe'/>"), "");
  EXPECT_EQ(key_of("<presence type='error'/>"), "");
}

TEST(ReplacedBy, AChatStateByTheNextOfTheSameConversation) {
  EXPECT_EQ(key_of("<message><composing xmlns='http://jabber.org/protocol/chatstates'/>"
                   "<thread>t</thread><no-store xmlns='urn:xmpp:hints'/></message>"),
            "state a@x/1 b@x");
}

TEST(ReplacedBy, NothingThatSaysMore) {
  EXPECT_EQ(key_of("<message><received xmlns='urn:xmpp:receipts' id='1'/></message>"), "");
  EXPECT_EQ(key_of("<message><active xmlns='http://jabber.org/protocol/chatstates'/>"
                   "<received xmlns='urn:xmpp:receipts' id='1'/></message>"),
            "");
  EXPECT_EQ(key_of("<message/>"), "");
}

} // namespace
} // namespace rookery::modules::csi
