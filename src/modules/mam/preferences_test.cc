#include "modules/mam/preferences.h"

#include <gtest/gtest.h>

namespace rookery::modules::mam {
namespace {

using xmpp::Jid;
using Keep = KeepVerdict::Keep;

Jid jid(std::string_view text) { return Jid::parse(text).value(); }

std::expected<Preferences, xmpp::StanzaError> read(std::string_view text) {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(text, "jabber:client"));
  return read_preferences(document.root());
}

TEST(ShouldKeep, Xep0441Section2_1_1TheDefault) {
  EXPECT_EQ(should_keep({}, jid("a@d/x")).keep, Keep::kYes);
  EXPECT_EQ(should_keep({.standard = Preferences::Standard::kNever}, jid("a@d/x")).keep, Keep::kNo);
  EXPECT_EQ(should_keep({.standard = Preferences::Standard::kRoster}, jid("a@d/x")).keep,
            Keep::kIfInRoster);
}

TEST(ShouldKeep, Xep0441Section2_3ABareAddressIsAllItsDevices) {
  Preferences preferences;
  preferences.never = {jid("a@d")};
  EXPECT_EQ(should_keep(preferences, jid("a@d/x")).reason, "never");
  EXPECT_EQ(should_keep(preferences, jid("a@d")).keep, Keep::kNo);
  EXPECT_EQ(should_keep(preferences, jid("b@d")).keep, Keep::kYes);
  preferences.never = {jid("a@d/x")};
  EXPECT_EQ(should_keep(preferences, jid("a@d/x")).keep, Keep::kNo);
  EXPECT_EQ(should_keep(preferences, jid("a@d/y")).keep, Keep::kYes);
}

TEST(ShouldKeep, AFullAddressGoesBeforeABareOne) {
  Preferences preferences{.standard = Preferences::Standard::kNever};
  preferences.always = {jid("a@d/x")};
  preferences.never = {jid("a@d")};
  EXPECT_EQ(should_keep(preferences, jid("a@d/x")).keep, Keep::kYes);
  EXPECT_EQ(should_keep(preferences, jid("a@d/y")).keep, Keep::kNo);
}

TEST(ReadPreferences, Xep0441Section2_1) {
  const auto preferences =
      read("<prefs xmlns='urn:xmpp:mam:2' default='roster'><always><jid>A@D</jid></always>"
           "<never><jid>b@d/x</jid></never></prefs>");
  ASSERT_TRUE(preferences);
  EXPECT_EQ(preferences->standard, Preferences::Standard::kRoster);
  EXPECT_TRUE(preferences->always.contains(jid("a@d")));
  EXPECT_TRUE(preferences->never.contains(jid("b@d/x")));
}

TEST(ReadPreferences, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(read("<prefs xmlns='urn:xmpp:mam:2'/>").error().condition,
            xmpp::StanzaCondition::kBadRequest);
  EXPECT_EQ(read("<prefs xmlns='urn:xmpp:mam:2' default='sometimes'/>").error().condition,
            xmpp::StanzaCondition::kBadRequest);
  EXPECT_EQ(read("<prefs xmlns='urn:xmpp:mam:2' default='never'><never><jid>@</jid></never>"
                 "</prefs>")
                .error()
                .condition,
            xmpp::StanzaCondition::kJidMalformed);
}

TEST(WritePreferences, Xep0441Section2_1BothListsAreAlwaysThere) {
  std::string out;
  xml::Writer writer(out);
  write_preferences(writer, {});
  EXPECT_EQ(out, "<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never/></prefs>");
}

TEST(PreferencesRecord, ReadsBackWhatItWrote) {
  Preferences preferences{.standard = Preferences::Standard::kRoster};
  preferences.always = {jid("a@d/a resource with spaces"), jid("b@d")};
  preferences.never = {jid("c@d")};
  EXPECT_EQ(from_record(to_record(preferences)), preferences);
  EXPECT_EQ(from_record(""), Preferences{});
}

} // namespace
} // namespace rookery::modules::mam
