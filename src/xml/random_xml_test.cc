// See random_xml_for_test.h.
#include "xml/chars.h"
#include "xml/random_xml_for_test.h"

namespace rookery::xml::test {
namespace {

constexpr std::string_view kNames[] = {"message",
                                       "iq",
                                       "presence",
                                       "body",
                                       "query",
                                       "x",
                                       "a",
                                       "stream:error",
                                       "stream:features",
                                       "p:item",
                                       "q:x",
                                       "p:p",
                                       "_a-b.c9",
                                       "\xC3\xA9t\xC3\xA9",
                                       "\xE6\xB6\x88\xE6\x81\xAF",
                                       "averyveryverylongelementname"};
constexpr std::string_view kAttributes[] = {"to",  "from", "id", "type",     "xml:lang", "p:a",
                                            "q:a", "a",    "b",  "\xC3\xA9", "xml:space"};
constexpr std::string_view kUris[] = {
    "jabber:client", "urn:xmpp:carbons:2", "http://jabber.org/protocol/muc", "u", "u&amp;v",
    " a b ",         "jabber:server"};
constexpr std::string_view kText[] = {
    "Hello, world!",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "]]",
    "]",
    "&lt;",
    "&gt;",
    "&amp;",
    "&apos;",
    "&quot;",
    "&#65;",
    "&#x1F600;",
    "&#10;",
    "&#13;",
    "&#x9;",
    "&#00000000000000000000032;",
    "\xC3\xBC",
    "\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x8C\xE4\xB8\x96\xE7\x95\x8C",
    "\xF0\x9F\x98\x80",
    "\x7F",
    "\xC2\x80",
    "a somewhat longer piece of text, so that whole blocks of it are skipped at once",
    "\xEF\xBF\xBD",
    "="};
constexpr std::string_view kCdata[] = {"<![CDATA[]]>", "<![CDATA[<b>&amp;]] ]>]]>",
                                       "<![CDATA[a\r\nb]]>", "<![CDATA[]]]]><![CDATA[>]]>",
                                       "<![CDATA[</message>]]>"};
// What breaks documents, or nearly does.
constexpr std::string_view kNoise[] = {"]]>",
                                       "<!--x-->",
                                       "<!DOCTYPE a>",
                                       "<?pi x?>",
                                       "<?xml version='1.0'?>",
                                       "&nbsp;",
                                       "&",
                                       "&#0;",
                                       "&#xD800;",
                                       "&#xFFFF;",
                                       "&#x110000;",
                                       "&#;",
                                       "&#x;",
                                       "&#99999999999;",
                                       "\xEF\xBF\xBE",
                                       "\xEF\xBF\xBF",
                                       "\xED\xA0\x80",
                                       "\xC0\x80",
                                       "\xE0\x80\x80",
                                       "\xF0\x80\x80\x80",
                                       "\xF4\x90\x80\x80",
                                       "\xFF",
                                       "\x80",
                                       "\xE4\xBD",
                                       "\x01",
                                       "\x0B",
                                       "<",
                                       ">",
                                       "/",
                                       "'",
                                       "\"",
                                       "=",
                                       ":",
                                       " ",
                                       "/>",
                                       "</",
                                       "<a>",
                                       "</a>",
                                       "<a/>",
                                       " xmlns=''",
                                       " xmlns:p=''",
                                       " xmlns:p='v'",
                                       " xmlns:q='u'",
                                       " xmlns:xml='u'",
                                       " xmlns:xmlns='u'",
                                       " xmlns:xml='http://www.w3.org/XML/1998/namespace'",
                                       " xmlns:p='http://www.w3.org/2000/xmlns/'",
                                       " xmlns='http://www.w3.org/XML/1998/namespace'",
                                       " a='1'",
                                       " p:a='1'",
                                       "x:",
                                       ":x",
                                       "p:",
                                       "p:1",
                                       "\xCC\x80",
                                       "\xF0\x90\x80\x80",
                                       "\xEF\xBB\xBF",
                                       "</stream:stream>",
                                       "<stream:stream>",
                                       "<![CDATA[",
                                       "]]",
                                       "1",
                                       "-",
                                       std::string_view("\0", 1),
                                       " xmlns:xmlns='http://www.w3.org/2000/xmlns/'"};

void append_character(std::string& out, std::uint32_t c) {
  if (is_char(c))
    append_utf8(out, c);
}

} // namespace

void RandomXml::spaces(std::string& out, bool needed) {
  constexpr std::string_view kSpaces[] = {" ", "\n", "\t", "\r\n", "  "};
  if (needed || chance(8))
    out.append(chance(85) ? " " : pick(kSpaces));
}

std::string RandomXml::characters() {
  constexpr std::uint32_t kBounds[] = {0x80, 0x80, 0x80, 0x100, 0x800, 0x10000, 0x110000};
  std::string out;
  for (std::size_t i = below(40); i != 0; --i)
    append_character(out, static_cast<std::uint32_t>(below(kBounds[below(std::size(kBounds))])));
  return out;
}

void RandomXml::content_text(std::string& out) {
  for (std::size_t i = below(4); i != 0; --i)
    out.append(chance(12) ? pick(kCdata) : pick(kText));
}

void RandomXml::value(std::string& out) {
  const char quote = chance(70) ? '\'' : '"';
  out.push_back(quote);
  for (std::size_t i = below(3); i != 0; --i)
    out.append(pick(kText));
  out.push_back(quote);
}

void RandomXml::attribute(std::string& out, std::string_view name) {
  spaces(out, true);
  out.append(name);
  spaces(out, false);
  out.push_back('=');
  spaces(out, false);
  value(out);
}

void RandomXml::element(std::string& out, int depth) {
  const std::string_view name = pick(kNames);
  out.append("<").append(name);
  for (std::size_t i = chance(50) ? below(4) : 0; i != 0; --i)
    attribute(out, pick(kAttributes));
  constexpr std::string_view kPrefixes[] = {" xmlns='", " xmlns:p='", " xmlns:q='"};
  while (chance(25))
    out.append(pick(kPrefixes)).append(pick(kUris)).append("'");
  spaces(out, false);
  if (chance(20)) {
    out.append("/>");
    return;
  }
  out.push_back('>');
  content_text(out);
  for (std::size_t i = depth > 0 ? below(3) : 0; i != 0; --i) {
    element(out, depth - 1);
    content_text(out);
  }
  out.append("</").append(name);
  spaces(out, false);
  out.push_back('>');
}

std::string RandomXml::stream() {
  constexpr std::string_view kDeclarations[] = {
      "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='UTF-8' ?>",
      "<?xml version='1.0' encoding='utf-8' standalone='yes'?>\n"};
  std::string out;
  if (chance(20))
    out.append(pick(kDeclarations));
  spaces(out, false);
  out.append("<stream:stream xmlns='jabber:client' "
             "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'");
  if (chance(70))
    out.append(" xmlns:p='urn:p' xmlns:q=\"urn:&amp;q\"");
  if (chance(20))
    attribute(out, pick(kAttributes));
  out.push_back('>');
  for (std::size_t i = below(4); i != 0; --i) {
    element(out, 2);
    spaces(out, false);
  }
  out.append("</stream:stream>");
  spaces(out, false);
  return out;
}

std::string RandomXml::message() {
  std::string out = "<message xmlns='jabber:client' xmlns:p='urn:p' xmlns:q='urn:q' "
                    "xmlns:stream='http://etherx.jabber.org/streams'>";
  content_text(out);
  element(out, 2);
  element(out, 1);
  content_text(out);
  return out.append("</message>");
}

void RandomXml::mutate(std::string& text) {
  do {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min<std::size_t>(below(8), text.size() - at);
    switch (below(5)) {
    case 0:
      text.insert(at, pick(kNoise));
      break;
    case 1:
      text.erase(at, length);
      break;
    case 2:
      text.replace(at, length, pick(kNoise));
      break;
    case 3:
      text.insert(at, text.substr(below(text.size() + 1), below(24)));
      break;
    default:
      if (at < text.size())
        text[at] = static_cast<char>(below(256));
    }
  } while (chance(30));
}

} // namespace rookery::xml::test
