#include "modules/registration/names.h"

#include <gtest/gtest.h>

#include <vector>

#include "xmpp/jid.h"

namespace rookery::modules::registration {
namespace {

const std::vector<std::string> kReserved{"admin", "root"};

NameVerdict check(std::string_view name) {
  const auto jid = xmpp::Jid::from_parts(name, "localhost");
  EXPECT_TRUE(jid.has_value()) << name;
  return check_name(jid->local(), kReserved);
}

TEST(NamesTest, NamesOfOneScriptAreFine) {
  for (const char* name :
       {"romeo", "romeo.montague-1", "джульетта", "ромео7", "ρωμαῖος", "罗密欧",
        "ロミオとジュリエット", "로미오", "rómeo", "42", "ռոմեո", "روميو", "רומיאו", "रोमियो"})
    EXPECT_EQ(check(name), NameVerdict::kFine) << name;
}

TEST(NamesTest, Case49ReservedNamesInAnySpelling) {
  for (const char* name : {"admin", "ADMIN", "Admin", "ａｄｍｉｎ", "root"})
    EXPECT_EQ(check(name), NameVerdict::kReserved) << name;
}

TEST(NamesTest, Case49ScriptsAreNotMixed) {
  EXPECT_EQ(check("\u0430dmin"), NameVerdict::kMixed);   // Cyrillic a
  EXPECT_EQ(check("r\u03BFmeo"), NameVerdict::kMixed);   // Greek omicron
  EXPECT_EQ(check("romeo\u0585"), NameVerdict::kMixed);  // Armenian oh
  EXPECT_EQ(check("romeo\u0915"), NameVerdict::kMixed);  // Devanagari
  EXPECT_EQ(check("\u0915\u0E01"), NameVerdict::kMixed); // Devanagari and Thai
}

TEST(NamesTest, Case49AWholeNameThatLooksLatin) {
  EXPECT_EQ(check("\u0441\u0441\u043E\u0440\u0435"),
            NameVerdict::kLookalike); // "ccope" in Cyrillic
  EXPECT_EQ(check("\u0440\u0430\u0443\u0440\u0430\u04CF"), NameVerdict::kLookalike); // "paypal"
  EXPECT_EQ(check("\u0440\u0430\u04457"), NameVerdict::kLookalike);
}

TEST(NamesTest, WordsOfVerdicts) {
  EXPECT_EQ(to_string(NameVerdict::kFine), "fine");
  EXPECT_EQ(to_string(NameVerdict::kReserved), "reserved");
  EXPECT_EQ(to_string(NameVerdict::kMixed), "mixed-scripts");
  EXPECT_EQ(to_string(NameVerdict::kLookalike), "lookalike");
}

} // namespace
} // namespace rookery::modules::registration
