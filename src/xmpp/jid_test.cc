#include "xmpp/jid.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/random.h"

namespace rookery::xmpp {
namespace {

using Part = JidError::Part;

JidError error_of(std::string_view text) {
  const auto jid = Jid::parse(text);
  EXPECT_FALSE(jid.has_value()) << text;
  return jid ? JidError{} : jid.error();
}

std::string parsed(std::string_view text) {
  const auto jid = Jid::parse(text);
  return jid ? std::string(jid->str()) : "refused: " + to_string(jid.error());
}

TEST(JidAssign, LeavesWhatTextSaysOrNothing) {
  Jid jid = *Jid::parse("romeo@montague.example/orchard-in-the-garden");
  ASSERT_TRUE(jid.assign("a@b").has_value());
  EXPECT_EQ(jid, *Jid::parse("a@b"));
  EXPECT_TRUE(jid.is_bare() && jid.has_local());
  ASSERT_TRUE(jid.assign("b").has_value());
  EXPECT_FALSE(jid.has_local());
  const auto refused = jid.assign("a@b/");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().part, JidError::Part::kResource);
  EXPECT_EQ(jid, Jid());
}

TEST(Jid, TakesLittleRoom) { EXPECT_EQ(sizeof(Jid), 40U); }

TEST(Jid, Rfc7622Section35ConformingExamples) {
  const std::tuple<const char*, const char*, const char*, const char*> examples[] = {
      {"juliet@example.com", "juliet", "example.com", ""},
      {"juliet@example.com/foo", "juliet", "example.com", "foo"},
      {"juliet@example.com/foo bar", "juliet", "example.com", "foo bar"},
      {"juliet@example.com/foo@bar", "juliet", "example.com", "foo@bar"},
      {"foo\\20bar@example.com", "foo\\20bar", "example.com", ""},
      {"fussball@example.com", "fussball", "example.com", ""},
      {"fu\u00DFball@example.com", "fu\u00DFball", "example.com", ""},
      {"\u03C0@example.com", "\u03C0", "example.com", ""},
      {"\u03A3@example.com/foo", "\u03C3", "example.com", "foo"},
      {"\u03C3@example.com/foo", "\u03C3", "example.com", "foo"},
      {"\u03C2@example.com/foo", "\u03C2", "example.com", "foo"},
      {"king@example.com/\u265A", "king", "example.com", "\u265A"},
      {"example.com", "", "example.com", ""},
      {"example.com/foobar", "", "example.com", "foobar"},
      {"a.example.com/b@example.net", "", "a.example.com", "b@example.net"},
  };
  for (const auto& [text, local, domain, resource] : examples) {
    const auto jid = Jid::parse(text);
    ASSERT_TRUE(jid) << text;
    EXPECT_EQ(jid->local(), local) << text;
    EXPECT_EQ(jid->domain(), domain) << text;
    EXPECT_EQ(jid->resource(), resource) << text;
    EXPECT_EQ(jid->is_full(), *resource != '\0') << text;
    EXPECT_EQ(jid->has_local(), *local != '\0') << text;
  }
}

TEST(Jid, Rfc7622Section35ViolatingExamples) {
  const std::pair<const char*, JidError> examples[] = {
      {"\"juliet\"@example.com", {Part::kLocal, PrecisError::kForbidden}},
      {"foo bar@example.com", {Part::kLocal, PrecisError::kForbidden}},
      {"juliet@example.com/ foo", {Part::kResource, PrecisError::kForbidden}},
      {"@example.com/", {Part::kLocal, PrecisError::kEmpty}},
      {"henry\u2163@example.com", {Part::kLocal, PrecisError::kForbidden}},
      {"\u265A@example.com", {Part::kLocal, PrecisError::kForbidden}},
      {"juliet@", {Part::kDomain, PrecisError::kEmpty}},
      {"/foobar", {Part::kDomain, PrecisError::kEmpty}},
  };
  for (const auto& [text, error] : examples)
    EXPECT_EQ(error_of(text), error) << text;
}

TEST(Jid, EmptyPartsAreRefused) {
  EXPECT_EQ(error_of(""), (JidError{Part::kDomain, PrecisError::kEmpty}));
  EXPECT_EQ(error_of("a@b/"), (JidError{Part::kResource, PrecisError::kEmpty}));
  EXPECT_EQ(error_of("a@b@c"), (JidError{Part::kDomain, PrecisError::kBadDomain}));
  EXPECT_EQ(error_of("a@."), (JidError{Part::kDomain, PrecisError::kEmpty}));
}

TEST(Jid, Rfc7622Section331LocalpartExclusions) {
  for (const char c : std::string("\"&'/:<>@ \t\x7f")) {
    if (c == '/' || c == '@')
      continue; // they separate
    EXPECT_FALSE(Jid::parse(std::string("a") + c + "b@example.com")) << c;
  }
  EXPECT_EQ(parsed("a!#$%()*+,-.;=?[\\]^_`{|}~@example.com"),
            "a!#$%()*+,-.;=?[\\]^_`{|}~@example.com");
  // Full-width forms of the excluded ones are mapped to them first.
  EXPECT_FALSE(Jid::parse("a\uFF20b@example.com"));
  EXPECT_FALSE(Jid::parse("a\uFF0Fb@example.com"));
}

TEST(Jid, LowerCasesLocalpartAndDomainButNotResource) {
  EXPECT_EQ(parsed("ROMEO@Montague.LIT/Orchard"), "romeo@montague.lit/Orchard");
  EXPECT_EQ(parsed("\u00C9mile@\u00C9COLE.example/\u00C9"), "\u00E9mile@\u00E9cole.example/\u00C9");
}

TEST(Jid, Rfc8265Section332WidthCaseAndNormalization) {
  EXPECT_EQ(parsed("\uFF32\uFF4F\uFF4D\uFF45\uFF4F@a"), "romeo@a"); // full-width
  EXPECT_EQ(parsed("\uFF76\uFF9E@a"), "\u30AC@a");                  // half-width katakana, composed
  EXPECT_EQ(parsed("e\u0301@a"), "\u00E9@a");                       // NFC
  EXPECT_EQ(error_of("\uFB01@a").error, PrecisError::kForbidden);   // ligature
  EXPECT_EQ(error_of("a\u200Db@a").error, PrecisError::kForbidden); // joiner out of context
  EXPECT_EQ(error_of("a\u00ADb@a").error, PrecisError::kForbidden); // soft hyphen
  EXPECT_EQ(error_of("a\u0640b@a").error, PrecisError::kForbidden); // exception of RFC 5892
  EXPECT_EQ(error_of("\u1100\u1161@a").error, PrecisError::kForbidden); // old Hangul jamo
  EXPECT_EQ(error_of("\U000E0041@a").error, PrecisError::kForbidden);   // tag
  EXPECT_EQ(error_of("\u0378@a").error, PrecisError::kForbidden);       // unassigned
}

TEST(Jid, Rfc5892AppendixAContexts) {
  EXPECT_TRUE(Jid::parse("\u0915\u094D\u200C\u0937@a")); // A.1: after virama
  EXPECT_TRUE(Jid::parse("\u0628\u200C\u0628@a"));       // A.1: between joining letters
  EXPECT_FALSE(Jid::parse("\u0628\u200C@a"));
  EXPECT_TRUE(Jid::parse("\u0915\u094D\u200D\u0937@a")); // A.2
  EXPECT_TRUE(Jid::parse("col\u00B7la@a"));              // A.3
  EXPECT_FALSE(Jid::parse("co\u00B7la@a"));
  EXPECT_TRUE(Jid::parse("\u0375\u03B1@a")); // A.4
  EXPECT_FALSE(Jid::parse("\u0375a@a"));
  EXPECT_TRUE(Jid::parse("\u05D0\u05F3@a")); // A.5
  EXPECT_FALSE(Jid::parse("a\u05F3@a"));
  EXPECT_TRUE(Jid::parse("\u30A2\u30FB\u30A2@a")); // A.7
  EXPECT_FALSE(Jid::parse("a\u30FBb@a"));
  EXPECT_TRUE(Jid::parse("\u0628\u0661@a"));        // A.8
  EXPECT_FALSE(Jid::parse("\u0628\u0661\u06F1@a")); // A.8, A.9
}

TEST(Jid, Rfc8265Section42OpaqueResource) {
  EXPECT_EQ(parsed("a/b\u3000c"), "a/b c");   // non-ASCII space
  EXPECT_EQ(parsed("a/\uFF21"), "a/\uFF21");  // width is kept
  EXPECT_EQ(parsed("a/e\u0301"), "a/\u00E9"); // NFC
  EXPECT_EQ(error_of("a/\u3000b").error, PrecisError::kForbidden);
  EXPECT_EQ(error_of("a/b\x07").error, PrecisError::kForbidden);
  EXPECT_EQ(error_of("a/\u00E9\x07").error, PrecisError::kForbidden);
  EXPECT_EQ(error_of(std::string_view("a/b\0c", 5)).error, PrecisError::kForbidden);
}

TEST(Jid, Rfc7622Section32Domains) {
  EXPECT_EQ(parsed("example.com."), "example.com");
  EXPECT_EQ(parsed("xn--bcher-kva.example"), "b\u00FCcher.example"); // A-label becomes U-label
  EXPECT_EQ(parsed("B\u00DCCHER.example"), "b\u00FCcher.example");
  EXPECT_EQ(parsed("stra\u00DFe.example"), "stra\u00DFe.example");
  EXPECT_EQ(parsed("\u4F8B\u3002example\u3002"), "\u4F8B.example"); // ideographic full stop
  EXPECT_EQ(parsed("henry\u2163.example"),
            "henryiv.example"); // UTS #46 maps more than RFC 7622 asks
  EXPECT_EQ(parsed("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(parsed("a@[::1]/r"), "a@[::1]/r");
  EXPECT_EQ(parsed("[0:0:0::0001]"), "[::1]");
  EXPECT_EQ(parsed("[2001:DB8::A]"), "[2001:db8::a]");
  for (const char* text : {"a..b",
                           ".a",
                           "a..",
                           "-a",
                           "a-",
                           "a_b",
                           "a b",
                           "ab--c",
                           "xn--",
                           "xn--\u00FC",
                           "xn--zzzzzzzz99999",
                           "\u265A.example",

                           "[::1",
                           "[]",
                           "[::1%eth0]",
                           "[1.2.3.4]",
                           "::1",
                           "a:5222",
                           "\u05D0a.example",
                           "\u00FC..b",
                           "\u00FC-",
                           "\U0001F4A9.la"})
    EXPECT_EQ(error_of(text), (JidError{Part::kDomain, PrecisError::kBadDomain})) << text;
}

TEST(Jid, Case13PartsOf1023BytesAndOneMore) {
  const std::string longest(1023, 'a');
  std::string domain;
  while (domain.size() < 1023)
    domain += std::string(63, 'd') + '.';
  domain.pop_back();
  ASSERT_EQ(domain.size(), 1023U);
  const auto jid = Jid::parse(longest + "@" + domain + "/" + longest);
  ASSERT_TRUE(jid);
  EXPECT_EQ(jid->str().size(), kJidTextBytesMax);
  EXPECT_EQ(jid->local().size() + jid->domain().size() + jid->resource().size(), 3 * 1023U);

  EXPECT_EQ(error_of(longest + "a@b"), (JidError{Part::kLocal, PrecisError::kTooLong}));
  EXPECT_EQ(error_of("a@b/" + longest + "a"), (JidError{Part::kResource, PrecisError::kTooLong}));
  EXPECT_EQ(error_of("a@d" + domain), (JidError{Part::kDomain, PrecisError::kTooLong}));
  EXPECT_EQ(error_of(std::string(64, 'd')), (JidError{Part::kDomain, PrecisError::kBadDomain}));

  // What counts is the size after preparation: 1023 full-width letters are 3069 bytes before.
  std::string wide, wider;
  for (int i = 0; i < 1023; ++i)
    wide += "\uFF21";
  wider = wide + "\uFF21";
  EXPECT_EQ(Jid::parse(wide + "@b")->local(), longest);
  EXPECT_EQ(error_of(wider + "@b"), (JidError{Part::kLocal, PrecisError::kTooLong}));
  EXPECT_EQ(error_of(std::string(1'000'000, 'a') + "\u00E9@b"),
            (JidError{Part::kLocal, PrecisError::kTooLong}));
}

TEST(Jid, Case13TruncatedUtf8) {
  for (const char* text : {"\xC3@a", "a\xE2\x82@a", "a@b\xC3", "a@b/\xF0\x9F\x98", "\xC0\xAF@a",
                           "\xED\xA0\x80@a", "\xFF@a"})
    EXPECT_EQ(error_of(text).error, PrecisError::kNotUtf8) << text;
}

TEST(Jid, Case13BidiRfc5893Section2) {
  EXPECT_TRUE(Jid::parse("\u05D0\u05D1@a"));                  // Hebrew
  EXPECT_TRUE(Jid::parse("\u0627\u0644\u06311@a"));           // Arabic, European digit at the end
  EXPECT_EQ(error_of("a\u05D0@a").error, PrecisError::kBidi); // condition 1, 5
  EXPECT_EQ(error_of("\u05D0a@a").error, PrecisError::kBidi); // condition 2
  EXPECT_EQ(error_of("1\u05D0@a").error, PrecisError::kBidi); // condition 1
  EXPECT_EQ(error_of("\u05D0-@a").error, PrecisError::kBidi); // condition 3
  EXPECT_EQ(error_of("\u06271\u0661@a").error, PrecisError::kBidi); // condition 4
  EXPECT_TRUE(Jid::parse("\u05D0\u05B0@a"));                        // ends in a non-spacing mark
}

TEST(Jid, Case13HomoglyphsStayApart) {
  const auto latin = Jid::parse("romeo@a");
  const auto cyrillic = Jid::parse("rom\u0435o@a"); // Cyrillic ie
  ASSERT_TRUE(latin && cyrillic);
  EXPECT_NE(*latin, *cyrillic);
}

TEST(Jid, PreparationIsIdempotent) {
  SeededRandom random(13);
  const std::vector<std::string> pieces = {
      "a",       "Z",      "0",      "-",      ".",      "@",          "/",      " ",      "\u00C9",
      "e\u0301", "\u03A3", "\u0130", "\u00DF", "\uFF21", "\uFF9E",     "\uFF76", "\u05D0", "\u0628",
      "\u0661",  "\u06F1", "\u200C", "\u200D", "\u094D", "\u0915",     "\u3000", "\u00A0", "\u30FB",
      "\u4E00",  "\u1E9E", "\u0345", "\u1FB3", "\u0390", "\U00010400", "\u265A", "\u2126", "\u212A",
      "\u0344",  "\u1100", "xn--",   "\u00B7", "l"};
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t n = 1 + random.u64() % 7; n > 0; --n)
      text += pieces[random.u64() % pieces.size()];
    if (i % 2 == 0)
      text += "@example.com/" + pieces[random.u64() % pieces.size()];
    const auto once = Jid::parse(text);
    if (!once)
      continue;
    ++accepted;
    const auto twice = Jid::parse(once->str());
    ASSERT_TRUE(twice) << text << " -> " << once->str() << ": " << to_string(twice.error());
    EXPECT_EQ(*once, *twice) << text;
    EXPECT_EQ(Jid::from_trusted(std::string(once->str())).domain(), once->domain());
    EXPECT_EQ(*Jid::from_parts(once->local(), once->domain(), once->resource()), *once);
  }
  EXPECT_GT(accepted, 1000);
}

TEST(Jid, RandomBytesNeverBreakIt) {
  SeededRandom random(99);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random.u64() % 40, '\0');
    random.fill(std::as_writable_bytes(std::span(text)));
    if (const auto jid = Jid::parse(text)) {
      EXPECT_EQ(*Jid::parse(jid->str()), *jid);
    }
  }
}

TEST(Jid, BareAndFull) {
  const auto jid = Jid::parse("Romeo@montague.lit/Orchard");
  ASSERT_TRUE(jid);
  EXPECT_TRUE(jid->is_full());
  EXPECT_FALSE(jid->is_bare());
  EXPECT_EQ(jid->bare_str(), "romeo@montague.lit");
  EXPECT_EQ(jid->bare().str(), "romeo@montague.lit");
  EXPECT_EQ(jid->full()->str(), "romeo@montague.lit/Orchard");
  EXPECT_EQ(jid->bare().with_resource("Orchard")->jid(), *jid);
  EXPECT_EQ(jid->full()->bare(), jid->bare());
  EXPECT_TRUE(jid->bare().jid().is_bare());
  EXPECT_FALSE(jid->bare().jid().full());
  EXPECT_FALSE(jid->bare().with_resource(""));

  EXPECT_EQ(BareJid::parse("a@b/c").error(), (JidError{Part::kResource, PrecisError::kForbidden}));
  EXPECT_EQ(FullJid::parse("a@b").error(), (JidError{Part::kResource, PrecisError::kEmpty}));
  EXPECT_EQ(FullJid::from_trusted("a@b/c@d/e").resource(), "c@d/e");
  EXPECT_EQ(BareJid::from_trusted("b").local(), "");
}

TEST(Jid, EmptyAndMovedFromAreEmpty) {
  Jid none;
  EXPECT_TRUE(none.empty());
  EXPECT_FALSE(none.is_bare());
  EXPECT_FALSE(none.is_full());
  Jid some = *Jid::parse("a@b/c");
  const Jid taken = std::move(some);
  EXPECT_EQ(taken.str(), "a@b/c");
  EXPECT_TRUE(some.empty()); // NOLINT: that is what is promised
  EXPECT_EQ(some, none);
  EXPECT_EQ(some.domain(), "");
}

TEST(Jid, ContainersAreAskedByText) {
  std::unordered_map<BareJid, int, JidHash, JidEqual> by_jid;
  by_jid[*BareJid::parse("Romeo@montague.lit")] = 1;
  EXPECT_EQ(by_jid.count(std::string_view("romeo@montague.lit")), 1U);
  EXPECT_EQ(by_jid.count(*Jid::parse("romeo@montague.lit")), 1U);
  EXPECT_LT(*Jid::parse("a@a"), *Jid::parse("b@a"));
}

// On disk: these values never change.
TEST(HomeOf, IsFixedForever) {
  EXPECT_EQ(tag_of(""), 0xefd01f60ba992926ULL);
  EXPECT_EQ(tag_of("romeo@montague.lit"), 0xdfbd633f8eb452b6ULL);
  EXPECT_EQ(home_of("romeo@montague.lit").value, 694);
  EXPECT_EQ(home_of(*BareJid::parse("Romeo@Montague.lit")), home_of("romeo@montague.lit"));
}

TEST(HomeOf, SpreadsEvenly) {
  std::vector<int> homes(kHomes);
  for (int i = 0; i < 102'400; ++i)
    ++homes[home_of("user" + std::to_string(i) + "@example.com").value];
  for (const int accounts : homes) {
    EXPECT_GT(accounts, 50);
    EXPECT_LT(accounts, 170);
  }
}

} // namespace
} // namespace rookery::xmpp
