// What is passed on must mean what was received, whatever prefixes and default namespaces the
// streams have (cases 10 to 12).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "xml/framer.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

/// Makes stanzas with namespaces declared and used in every way that is allowed, and then some
/// text.
class Generator {
public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string root() {
    prefixes_ = {"stream"};
    std::string out = "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'";
    content_prefix_ = one_in(4) ? "c:" : "";
    if (content_prefix_.empty())
      out += " xmlns='jabber:client'";
    else if (one_in(2))
      out += " xmlns='urn:other'";
    if (!content_prefix_.empty() || one_in(4))
      out += declare("c", "jabber:client");
    if (one_in(2))
      out += declare("p", "urn:p");
    if (one_in(4))
      out += declare("q", "urn:q");
    return out + ">";
  }

  std::string stanza() {
    const std::vector<std::string> outer = prefixes_;
    std::string out = "<" + content_prefix_ + "message";
    std::string content_prefix = content_prefix_;
    if (!content_prefix.empty() && one_in(3)) {
      out = "<message xmlns='jabber:client'";
      content_prefix = "";
    } else if (one_in(5)) {
      out += content_prefix.empty() ? " xmlns=\"jabber:client\"" : " xmlns='urn:x'";
    }
    if (one_in(4))
      out += declare("s", "urn:s");
    if (one_in(3))
      out += attribute_of_a_prefix();
    if (one_in(2))
      out += " from = 'a@b/&lt;>'";
    if (one_in(2))
      out += "\n to=\"x/>y\"";
    if (one_in(2))
      out += " id='1'";
    out += ">" + children(0) + "</" + content_prefix + "message>";
    prefixes_ = outer;
    return out;
  }

private:
  bool one_in(std::uint64_t n) { return random_.u64() % n == 0; }

  template <class T> const T& pick(const std::vector<T>& from) {
    return from[random_.u64() % from.size()];
  }

  std::string declare(const std::string& prefix, const std::string& uri) {
    prefixes_.push_back(prefix);
    return " xmlns:" + prefix + "='" + uri + "'";
  }

  std::string attribute_of_a_prefix() { return " " + pick(prefixes_) + ":extra='1'"; }

  std::string children(int depth) {
    std::string out;
    for (std::uint64_t n = random_.u64() % 4; n > 0; --n)
      out += depth > 3 || one_in(3) ? text(depth) : element(depth);
    return out;
  }

  /// Directly in a stanza only white space stands: nothing else has a meaning there.
  std::string text(int depth) {
    if (depth == 0)
      return " ";
    return pick(std::vector<std::string>{"t", "&lt;/message>", "<![CDATA[<message to='x'>&]]>", " ",
                                         "&#65;", "]]&gt;"});
  }

  std::string element(int depth) {
    const std::vector<std::string> outer = prefixes_;
    const std::string name =
        one_in(3) ? pick(prefixes_) + ":e" : pick(std::vector<std::string>{"body", "x", "y"});
    std::string out = "<" + name;
    if (one_in(3))
      out += pick(std::vector<std::string>{" xmlns='urn:d'", " xmlns='jabber:client'", " xmlns=''",
                                           " xmlns='urn:p'"});
    if (one_in(5))
      out += declare(pick(std::vector<std::string>{"p", "q", "n"}),
                     pick(std::vector<std::string>{"urn:1", "urn:2"}));
    if (one_in(4))
      out += " a='1&amp;&apos;\"'";
    if (one_in(6))
      out += attribute_of_a_prefix();
    const std::string inside = children(depth + 1);
    out += inside.empty() && one_in(2) ? "/>" : ">" + inside + "</" + name + ">";
    prefixes_ = outer;
    return out;
  }

  SeededRandom random_;
  std::vector<std::string> prefixes_;
  std::string content_prefix_;
};

/// Namespaces, names, attributes and text of a tree, without prefixes; white space between a
/// stanza's children left out.
std::string meaning(const xml::Element& element, int depth = 0) {
  std::string out = "{" + std::string(element.ns()) + "}" + std::string(element.name());
  for (const char* name : {"from", "to", "id", "a"})
    if (const auto value = element.attribute(name))
      out += std::string(" ") + name + "=" + std::string(*value);
  if (depth > 0)
    out += " '" + element.text() + "'";
  out += "(";
  for (const xml::Element child : element.children())
    out += meaning(child, depth + 1);
  return out + ")";
}

TEST(WriteStanza, Case12MeansTheSameOnEveryOtherStream) {
  int copied = 0;
  constexpr int kRounds = 3000;
  for (int seed = 0; seed < kRounds; ++seed) {
    Generator generator(static_cast<std::uint64_t>(seed));
    const std::string root = generator.root();
    const std::string stanza = generator.stanza();
    const std::string stream = root + stanza;
    xml::Framer framer(xml::Framer::Mode::kStream, {});
    std::string_view input = stream;
    ASSERT_EQ(framer.next(input).kind, xml::Framer::Kind::kStreamOpen) << stream;
    const xml::Framer::Frame frame = framer.next(input);
    ASSERT_EQ(frame.kind, xml::Framer::Kind::kStanza) << stream;
    xml::Document document;
    ASSERT_TRUE(document.parse(frame.bytes, framer.root())) << stream;
    if (document.root().ns() != kNsClient)
      continue;
    copied += document.depends_on_stream() ? 0 : 1;

    // On a plain TCP stream.
    std::string out;
    write_stanza(out, document.root());
    xml::Document again;
    ASSERT_TRUE(again.parse_trusted(out, kNsClient)) << stream << "\n" << out;
    EXPECT_EQ(meaning(again.root()), meaning(document.root())) << stream << "\n" << out;

    // As a WebSocket message, on its own.
    out.clear();
    write_stanza(out, document.root(), {.with_xmlns = true});
    xml::Framer messages(xml::Framer::Mode::kMessage, {});
    std::string_view message = out;
    ASSERT_EQ(messages.next(message).kind, xml::Framer::Kind::kStanza) << stream << "\n" << out;
    ASSERT_TRUE(again.parse(out, nullptr)) << stream << "\n" << out;
    EXPECT_EQ(meaning(again.root()), meaning(document.root())) << stream << "\n" << out;

    // With everything changed that can be.
    out.clear();
    write_stanza(
        out, document.root(),
        {.from = "",
         .to = "new@home",
         .append = "<z xmlns='urn:z'/>",
         .drop = [](const xml::Element& child, std::string_view ns) { return child.ns() == ns; },
         .drop_context = "urn:d"});
    ASSERT_TRUE(again.parse_trusted(out, kNsClient)) << stream << "\n" << out;
    EXPECT_FALSE(again.root().attribute("from"));
    EXPECT_EQ(again.root().attribute("to"), "new@home");
    EXPECT_TRUE(again.root().child("z", "urn:z"));
    EXPECT_FALSE(again.root().child_ns("urn:d"));
  }
  EXPECT_GT(copied, kRounds / 10);
  EXPECT_LT(copied, kRounds * 9 / 10);
}

} // namespace
} // namespace rookery::xmpp
