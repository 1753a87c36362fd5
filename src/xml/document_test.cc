#include "xml/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rookery::xml {
namespace {

using testing::Optional;

const RootNamespaces kRoot{"jabber:client",
                           {{"stream", "http://etherx.jabber.org/streams"}, {"p", "urn:p"}}};

Document parsed(std::string_view text, const RootNamespaces* root = &kRoot) {
  Document document;
  EXPECT_TRUE(document.parse(text, root)) << text;
  return document;
}

bool refused(std::string_view text) {
  Document document;
  const bool good = document.parse(text, &kRoot);
  EXPECT_EQ(good, bool(document.root()));
  return !good;
}

TEST(Document, ReadsAMessage) {
  const Document document =
      parsed("<message to='juliet@localhost' type='chat' xml:lang='en'><body>hi</body>"
             "<x xmlns='urn:x'><body/></x></message>");
  const Element message = document.root();
  EXPECT_TRUE(message.is("message", "jabber:client"));
  EXPECT_THAT(message.attribute("to"), Optional(std::string_view("juliet@localhost")));
  EXPECT_EQ(message.attribute("from"), std::nullopt);
  EXPECT_EQ(message.attribute_or_empty("from"), "");
  EXPECT_EQ(message.attribute("lang"), std::nullopt);
  EXPECT_THAT(message.lang(), Optional(std::string_view("en")));
  EXPECT_EQ(message.child("body", "jabber:client").text(), "hi");
  EXPECT_EQ(message.child_ns("urn:x").name(), "x");
  EXPECT_TRUE(message.child("x", "urn:x").child("body", "urn:x"));
  EXPECT_FALSE(message.child("x", "jabber:client"));
  EXPECT_FALSE(document.depends_on_stream());

  std::vector<std::string_view> names;
  for (const Element child : message.children())
    names.push_back(child.name());
  EXPECT_THAT(names, testing::ElementsAre("body", "x"));
}

TEST(Document, NoElementAnswersNothing) {
  const Element none;
  EXPECT_FALSE(none);
  EXPECT_EQ(none.child("a", "b").child("c", "d").attribute_or_empty("e"), "");
  EXPECT_EQ(none.name(), "");
  EXPECT_EQ(none.ns(), "");
  EXPECT_EQ(none.text(), "");
  EXPECT_EQ(none.raw(), "");
  EXPECT_EQ(none.raw_inner(), "");
  EXPECT_EQ(none.lang(), std::nullopt);
  EXPECT_FALSE(none.next());
  EXPECT_FALSE(none.is("", ""));
  for (const Element child : none.children())
    FAIL() << child.name();
  EXPECT_FALSE(Document().root());
}

TEST(Document, Text) {
  const auto text_of = [](std::string_view inner) {
    const Document document = parsed("<a>" + std::string(inner) + "</a>");
    EXPECT_THAT(document.root().text_view(), Optional(std::string_view(document.root().text())));
    return document.root().text();
  };
  EXPECT_EQ(text_of(""), "");
  EXPECT_EQ(text_of("plain"), "plain");
  EXPECT_EQ(text_of("&lt;&gt;&amp;&apos;&quot;"), "<>&'\"");
  EXPECT_EQ(text_of("a&#65;&#x42;&#x4f60;&#x1F600;"), "aAB\xE4\xBD\xA0\xF0\x9F\x98\x80");
  EXPECT_EQ(text_of("a\r\nb\rc\n"), "a\nb\nc\n");
  EXPECT_EQ(text_of("&#13;&#10;"), "\r\n");
  EXPECT_EQ(text_of("<![CDATA[<b>&amp;]]>"), "<b>&amp;");
  EXPECT_EQ(text_of("x<![CDATA[]]]]><![CDATA[>\r\n]]>&lt;"), "x]]>\n<");
  EXPECT_EQ(text_of("<![CDATA[]]>"), "");
}

TEST(Document, TextSplitByElements) {
  const Document document = parsed("<a>b<c>d</c>e<f/>&amp;</a>");
  EXPECT_EQ(document.root().text(), "be&");
  EXPECT_EQ(document.root().text_view(), std::nullopt);
  EXPECT_THAT(document.root().first_child().text_view(), Optional(std::string_view("d")));
  EXPECT_EQ(document.root().first_child().next().name(), "f");
}

TEST(Document, AttributeValues) {
  const Document document =
      parsed("<a b='&lt;&#10;\t\r\n\n&#x20;' c=\"it's\" d='' e = '\xC3\xA9&amp;'/>");
  EXPECT_EQ(document.root().attribute_or_empty("b"), "<\n    ");
  EXPECT_EQ(document.root().attribute_or_empty("c"), "it's");
  EXPECT_THAT(document.root().attribute("d"), Optional(std::string_view()));
  EXPECT_EQ(document.root().attribute_or_empty("e"), "\xC3\xA9&");
}

TEST(Document, RawBytes) {
  const Document document = parsed("<a x='1'> <b  y='&lt;'/><c>d<e/></c ></a>");
  const Element b = document.root().first_child();
  EXPECT_EQ(document.root().raw(), "<a x='1'> <b  y='&lt;'/><c>d<e/></c ></a>");
  EXPECT_EQ(document.root().raw_inner(), " <b  y='&lt;'/><c>d<e/></c >");
  EXPECT_EQ(b.raw(), "<b  y='&lt;'/>");
  EXPECT_EQ(b.raw_inner(), "");
  EXPECT_EQ(b.next().raw(), "<c>d<e/></c >");
  EXPECT_EQ(b.next().raw_inner(), "d<e/>");
}

TEST(Document, Namespaces) {
  const Document document = parsed("<q:a xmlns:q='u' q:x='1' x='2' xmlns='v'><b xmlns=''><c/></b>"
                                   "<q:d xmlns:q='w' q:y='3'/><q:e/><p:f/><stream:g/></q:a>");
  const Element a = document.root();
  EXPECT_TRUE(a.is("a", "u"));
  EXPECT_EQ(a.attribute_or_empty("x"), "2");
  EXPECT_EQ(a.attribute_count(), 2U);
  EXPECT_EQ(a.attribute_at(0).ns, "u");
  EXPECT_TRUE(a.child("b", "").child("c", ""));
  EXPECT_EQ(a.child("d", "w").attribute_at(0).ns, "w");
  EXPECT_TRUE(a.child("e", "u"));
  EXPECT_TRUE(a.child("f", "urn:p"));
  EXPECT_TRUE(a.child("g", "http://etherx.jabber.org/streams"));
}

TEST(Document, NamespaceConstraints) {
  constexpr std::string_view kBroken[] = {
      "<q:a/>",
      "<a q:b='1'/>",
      "<a><b xmlns:q='u'/><q:c/></a>",
      "<a xmlns:q=''/>",
      "<a xmlns:xmlns='u'/>",
      "<a xmlns:xmlns='http://www.w3.org/2000/xmlns/'/>",
      "<a xmlns:xml='u'/>",
      "<a xmlns:q='http://www.w3.org/XML/1998/namespace'/>",
      "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
      "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
      "<a xmlns:q='u' xmlns:r='u' q:b='1' r:b='2'/>",
      "<a xmlns:q='urn:p' q:b='1' p:b='2'/>",
      "<:a/>",
      "<a:/>",
      "<p:a:b/>",
      "<p:1/>",
      "<p:-a/>",
      "<a :b='1'/>",
      "<a p:='1'/>",
      "<a xmlns:='1'/>",
      "<xmlns:a/>",
      "<a xmlns:1='u'/>",
  };
  for (const std::string_view text : kBroken)
    EXPECT_TRUE(refused(text)) << text;
  constexpr std::string_view kGood[] = {
      "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:b='1'/>",
      "<a xmlns:q='u' q:b='1' b='2'/>",
      "<a xmlns:q='u' xmlns:r='v' q:b='1' r:b='2'/>",
      "<xml:a/>",
  };
  for (const std::string_view text : kGood)
    EXPECT_FALSE(refused(text)) << text;
}

TEST(Document, Case05_DeclarationsInForceAreBounded) {
  std::string open, close;
  int declared = 0;
  const auto nest = [&](int levels) {
    for (; levels > 0; --levels) {
      open += "<a";
      for (int i = 0; i < 16; ++i)
        open += " xmlns:n" + std::to_string(declared++) + "='u'";
      open += ">";
      close += "</a>";
    }
  };
  nest(8);
  EXPECT_FALSE(refused(open + "<n0:b/>" + close));
  nest(1);
  EXPECT_TRUE(refused(open + close));
}

TEST(Document, Case10_SeparatorsAndReboundPrefixes) {
  // No byte is special in a URI, and what a payload rebinds stays inside of it.
  const Document document =
      parsed("<message><x xmlns='urn:x&#10;message'><c:message xmlns:c='jabber:client'/>"
             "<p:message xmlns:p='jabber:client' xmlns='jabber:client'><body/></p:message></x>"
             "<p:y/></message>");
  const Element x = document.root().first_child();
  EXPECT_EQ(x.ns(), "urn:x\nmessage");
  EXPECT_TRUE(x.child("message", "jabber:client"));
  EXPECT_TRUE(x.first_child().next().child("body", "jabber:client"));
  EXPECT_FALSE(document.root().child("message", "jabber:client"));
  EXPECT_TRUE(document.root().child("y", "urn:p"));
}

TEST(Document, DependsOnStream) {
  const auto depends = [](std::string_view text) { return parsed(text).depends_on_stream(); };
  EXPECT_FALSE(depends("<message><body>a</body><x xmlns='u' xml:lang='en'/></message>"));
  EXPECT_FALSE(depends("<message xmlns='jabber:client'><body/></message>"));
  EXPECT_FALSE(depends("<message><p:x xmlns:p='u' p:y='1'/></message>"));
  EXPECT_FALSE(depends("<q:message xmlns:q='u'><q:x/></q:message>"));
  EXPECT_TRUE(depends("<message><p:x/></message>"));
  EXPECT_TRUE(depends("<message><x p:y='1'/></message>"));
  EXPECT_TRUE(depends("<message><p:x xmlns:p='u'/><p:x/></message>"));
  EXPECT_TRUE(depends("<stream:features/>"));
  EXPECT_TRUE(depends("<q:message xmlns:q='jabber:client'><body/></q:message>"));
  EXPECT_TRUE(depends("<q:message xmlns:q='u'><a xmlns='v'/><b/></q:message>"));
}

TEST(Document, OutlivesTheStreamAndMoves) {
  auto root = std::make_unique<RootNamespaces>(kRoot);
  Document document = parsed("<message><p:x>&lt;</p:x></message>", root.get());
  root.reset();
  const Document moved = std::move(document);
  EXPECT_TRUE(moved.root().is("message", "jabber:client"));
  EXPECT_EQ(moved.root().child("x", "urn:p").text(), "<");
}

TEST(Document, ReadsAStreamHeader) {
  const Document document =
      parsed("<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
             "to='localhost' version='1.0' xml:lang='de'>",
             nullptr);
  EXPECT_TRUE(document.root().is("stream", "http://etherx.jabber.org/streams"));
  EXPECT_EQ(document.root().attribute_or_empty("to"), "localhost");
  EXPECT_THAT(document.root().lang(), Optional(std::string_view("de")));
  EXPECT_EQ(document.root().raw_inner(), "");
  EXPECT_TRUE(refused("<stream:stream>x"));
  EXPECT_TRUE(refused("<a><b>"));
}

TEST(Document, Trusted) {
  Document document;
  ASSERT_TRUE(
      document.parse_trusted("<item jid='a@b'><group>c</group></item>", "jabber:iq:roster"));
  EXPECT_TRUE(document.root().child("group", "jabber:iq:roster"));
  EXPECT_FALSE(document.parse_trusted("<p:item/>", "u"));
}

TEST(Document, RefusesWhatNoFramerPassed) {
  for (const std::string_view text : {"",
                                      "x",
                                      "<",
                                      "<a",
                                      "<a ",
                                      "<a/",
                                      "<a b",
                                      "<a b=",
                                      "<a b='",
                                      "<a b='c",
                                      "<a b='&",
                                      "<a b='&x;'/>",
                                      "<a>",
                                      "<a></",
                                      "<a></a",
                                      "<a></b>",
                                      "<a/>x",
                                      "<a>&",
                                      "<a>&#",
                                      "<a>&#x</a>",
                                      "<a>&b;</a>",
                                      "<a><![CDATA[",
                                      "<a><![CDATA[]]",
                                      "<a><!",
                                      "<a><!-- --></a>",
                                      "<a/b>",
                                      "</a>",
                                      "<>",
                                      "<a><",
                                      "<a ='b'/>"})
    EXPECT_EQ(refused(text), text != "<a>") << text; // "<a>" might be a stream's header
}

TEST(Document, GivesBackMuchMemory) {
  Document document = parsed("<a>" + std::string(200'000, 'x') + "</a>");
  EXPECT_GT(document.memory_bytes(), 200'000U);
  document.clear();
  EXPECT_LT(document.memory_bytes(), 1000U);
  EXPECT_FALSE(document.root());
}

} // namespace
} // namespace rookery::xml
