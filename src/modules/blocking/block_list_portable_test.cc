#include "modules/blocking/block_list_portable.h"

#include <gtest/gtest.h>

#include "xml/fragment.h"

namespace rookery::modules::blocking {
namespace {

class BlockListPortableTest : public testing::Test {
protected:
  void read(std::string_view text, void (*how)(const xml::Element&, server::AccountDraft&)) {
    const auto document = xml::parse_fragment(text, {});
    ASSERT_TRUE(document);
    how(document->root(), draft_);
  }
  std::string blocked() const {
    std::string all;
    for (const auto& [key, value] : draft_.records())
      all += key.second + " ";
    return all;
  }

  SystemRandom random_;
  server::AccountDraft draft_{xmpp::BareJid::from_trusted("romeo@localhost"), random_, WallTime{}};
};

TEST_F(BlockListPortableTest, AddressesComeBack) {
  std::string out = "<blocklist xmlns='urn:xmpp:blocking'>";
  xml::Writer writer(out, "urn:xmpp:blocking");
  for (const std::string_view jid : {"a@b", "c", "d@e/f"})
    write_blocked({std::string(jid), ""}, writer);
  out += "<item jid='@@'/></blocklist>";
  read(out, &read_blocked);
  EXPECT_EQ(blocked(), "a@b c d@e/f ");
  EXPECT_EQ(draft_.notes().size(), 1U);
}

TEST_F(BlockListPortableTest, Xep0227Section4_8OfPrivacyListsWhatBlocksAnAddress) {
  read(
      "<query xmlns='jabber:iq:privacy'><default name='public'/><list name='public'>"
      "<item type='jid' value='tybalt@example.com' action='deny' order='1'/>"
      "<item type='jid' value='paris@example.com' action='deny' order='2'><message/></item>"
      "<item type='group' value='Enemies' action='deny' order='3'/>"
      "<item action='allow' order='4'/></list>"
      "<list name='private'><item type='jid' value='x@y' action='deny' order='10'/></list></query>",
      &read_privacy_lists);
  EXPECT_EQ(blocked(), "tybalt@example.com ");
  EXPECT_EQ(draft_.notes().size(), 2U) << "the rules that are more, and the other list";
}

} // namespace
} // namespace rookery::modules::blocking
