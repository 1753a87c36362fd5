#include "xml/writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "xml/framer.h"
#include "xml/names.h"
#include "xml/random_xml_for_test.h"
#include "xml/tree_for_test.h"

namespace rookery::xml {
namespace {

using test::RandomXml;

/// What is written, and the tree it was written from, for a parser that is no library:
/// tests/parsers names a file in ROOKERY_OUTPUTS, and gets each with a NUL behind it; then the two
/// tests that use this have the 10^5 inputs of case 12 together.
class Outputs {
public:
  Outputs() {
    if (const char* path = std::getenv("ROOKERY_OUTPUTS"))
      file_.open(path, std::ios::binary | std::ios::app);
  }
  [[nodiscard]] int wanted() const { return file_.is_open() ? 50'000 : 5'000; }
  void add(std::string_view out, std::string_view tree) {
    if (file_.is_open())
      file_ << out << '\0' << tree << '\0';
  }

private:
  std::ofstream file_;
};

TEST(Writer, WritesAStanza) {
  std::string out;
  Writer(out)
      .open("iq")
      .attribute("type", "result")
      .attribute("id", std::uint64_t{18446744073709551615U})
      .attribute_if("to", "")
      .open("query", "jabber:iq:roster")
      .open("item")
      .attribute("name", "a<b")
      .leaf("group", "x & y")
      .close()
      .close()
      .open("error", "jabber:client")
      .text("")
      .close()
      .close();
  EXPECT_EQ(out, "<iq type='result' id='18446744073709551615'><query xmlns='jabber:iq:roster'>"
                 "<item name='a&lt;b'><group>x &amp; y</group></item></query><error/></iq>");
}

TEST(Writer, DeclaresANamespaceOnlyWhereItDiffers) {
  std::string out = "prefix ";
  Writer writer(out, "a");
  writer.open("x", "a").open("y", "b").open("z", "b").open("w", "a").open("v");
  writer.close_all();
  EXPECT_EQ(out, "prefix <x><y xmlns='b'><z><w xmlns='a'><v/></w></z></y></x>");
  out.clear();
  Writer(out, "a").open("x", "").open("y", "").close().close();
  EXPECT_EQ(out, "<x xmlns=''><y/></x>");
  out.clear();
  Writer(out, "a&amp;b").open("x", "a&b").open("y", "a&amp;b").close_all();
  EXPECT_EQ(out, "<x xmlns='a&amp;b'><y xmlns='a&amp;amp;b'/></x>");
}

TEST(Writer, RawAndDeepNesting) {
  std::string out;
  Writer writer(out);
  for (int i = 0; i < 40; ++i)
    writer.open("e" + std::to_string(i), i % 2 == 0 ? "a" : "b");
  writer.raw("<r/>").close_all();
  Document document;
  ASSERT_TRUE(document.parse_trusted(out, "jabber:client")) << out;
  Element at = document.root();
  for (int i = 1; i < 40; ++i)
    at = at.child("e" + std::to_string(i), i % 2 == 0 ? "a" : "b");
  EXPECT_TRUE(at.child("r", "b"));
}

TEST(Writer, EscapesAndLeavesOutWhatXmlCannotCarry) {
  std::string out;
  append_escaped(out, "&<>'\"\t\n\r");
  EXPECT_EQ(out, "&amp;&lt;&gt;&apos;&quot;&#9;&#10;&#13;");
  out.clear();
  append_escaped_text(out, "&<>'\"\t\n\r");
  EXPECT_EQ(out, "&amp;&lt;&gt;'\"\t\n&#13;");
  out.clear();
  using namespace std::string_view_literals;
  append_escaped(
      out, "a\0\x01\x1F\x7F\xC3\xA9\x80\xC0\x80\xED\xA0\x80\xEF\xBF\xBF\xEF\xBF\xBD\xE4\xBD"sv);
  EXPECT_EQ(out, "a\x7F\xC3\xA9\xEF\xBF\xBD");
}

TEST(Writer, CopiesWithoutTheStream) {
  const RootNamespaces root{"jabber:client", {{"p", "urn:p"}}};
  Document document;
  ASSERT_TRUE(document.parse("<message p:a='1' xml:lang='en'><p:x><body xmlns='jabber:client'>a"
                             "<b/>c&amp;</body></p:x></message>",
                             &root));
  ASSERT_TRUE(document.depends_on_stream());
  std::string out;
  Writer(out, "jabber:server").element(document.root());
  Document copy;
  ASSERT_TRUE(copy.parse_trusted(out, "jabber:server")) << out;
  EXPECT_EQ(test::tree_of(copy.root()), test::tree_of(document.root()));
  EXPECT_FALSE(copy.depends_on_stream());
  EXPECT_EQ(test::expat_tree(out, false), test::tree_of(document.root()));
}

// Declared as any other, it would be an error that ends the stream of whoever is sent it.
TEST(Writer, Case12_TheNamespaceOfXmlIsNeverDeclared) {
  const RootNamespaces root{"jabber:client", {}};
  Document document;
  ASSERT_TRUE(document.parse(
      "<message><xml:a xml:b='1'><c/><xml:d xmlns='u'>e<f/></xml:d></xml:a><g/></message>", &root));
  std::string out;
  Writer(out, "jabber:server").element(document.root());
  EXPECT_EQ(out.find(kXmlNs), std::string::npos) << out;
  EXPECT_EQ(test::expat_tree(out, false), test::tree_of(document.root()));
}

TEST(Writer, Case11_SmuggledStanzasStayText) {
  constexpr std::string_view kText = "</body></message><message from='admin@localhost'>"
                                     "<stream:stream]]> <![CDATA[ &lt;";
  const RootNamespaces root{"jabber:client", {}};
  const std::string cdata =
      "<message><body><![CDATA[</body></message><message from='admin@localhost'>"
      "<stream:stream]]>]]&gt;<![CDATA[ <![CDATA[ &lt;]]></body></message>";
  Document document;
  ASSERT_TRUE(document.parse(cdata, &root));
  EXPECT_EQ(document.root().first_child().text(), kText);

  std::string copied, written;
  Writer(copied).element(document.root());
  Writer(written).open("message").attribute("id", kText).leaf("body", kText).close();
  for (const std::string& out : {copied, written}) {
    Framer framer(Framer::Mode::kMessage, Caps{});
    std::string_view input = out;
    ASSERT_EQ(framer.next(input).bytes, out);
    Document again;
    ASSERT_TRUE(again.parse(out, &root));
    EXPECT_EQ(again.root().first_child().text(), kText);
    EXPECT_FALSE(again.root().first_child().next());
    EXPECT_FALSE(again.root().first_child().first_child());
  }
}

TEST(Writer, Case12_OutputReadsTheSameElsewhere) {
  RandomXml random(360);
  Outputs outputs;
  int good = 0;
  while (good < outputs.wanted()) {
    const std::string text = random.message();
    Framer framer(Framer::Mode::kMessage, Caps{});
    Document document;
    std::string_view input = text;
    if (framer.next(input).kind != Framer::Kind::kStanza || !document.parse(text, nullptr))
      continue;
    ++good;
    const std::string tree = test::tree_of(document.root());
    std::string out;
    Writer(out, "").element(document.root());
    ASSERT_EQ(test::expat_tree(out, false), tree) << text << "\n" << out;
    ASSERT_EQ(test::libxml_tree(out), tree) << text << "\n" << out;
    outputs.add(out, tree);
  }
}

TEST(Writer, Case12_AnyTextReadsTheSameElsewhere) {
  RandomXml random(361);
  Outputs outputs;
  for (int i = 0; i < outputs.wanted(); ++i) {
    const std::string value = random.characters(), body = random.characters();
    std::string out;
    Writer(out, "").open("m", "urn:m").attribute("a", value).leaf("b", body).text(value).close();
    Document document;
    ASSERT_TRUE(document.parse_trusted(out, "")) << out;
    EXPECT_EQ(document.root().attribute_or_empty("a"), value);
    EXPECT_EQ(document.root().first_child().text(), body);
    EXPECT_EQ(document.root().text(), value);
    const std::string tree = test::tree_of(document.root());
    ASSERT_EQ(test::expat_tree(out, false), tree) << out;
    ASSERT_EQ(test::libxml_tree(out), tree) << out;
    outputs.add(out, tree);
  }
}

TEST(Writer, Case09_WhateverBytesAreWrittenTheResultIsWellFormed) {
  RandomXml random(362);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (std::size_t n = random.below(40); n != 0; --n)
      bytes.push_back(static_cast<char>(random.below(256)));
    std::string out;
    Writer(out, "").open("m").attribute("a", bytes).text(bytes).close();
    ASSERT_NE(test::expat_tree(out, false), "") << out;
  }
}

} // namespace
} // namespace rookery::xml
