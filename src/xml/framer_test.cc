#include "xml/framer.h"

#include <gtest/gtest.h>

#include <ctime>

namespace rookery::xml {
namespace {

using Kind = Framer::Kind;

constexpr std::string_view kHeader =
    "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

struct Seen {
  std::vector<std::pair<Kind, std::string>> frames;
  FrameError error = FrameError::kNone;
};

// All frames of `text`, in pieces of `piece_bytes`.
Seen feed(Framer& framer, std::string_view text, std::size_t piece_bytes = 1 << 30) {
  Seen seen;
  while (!text.empty()) {
    std::string_view input = text.substr(0, piece_bytes);
    text.remove_prefix(input.size());
    for (;;) {
      const Framer::Frame frame = framer.next(input);
      if (frame.kind == Kind::kNeedMore)
        break;
      if (frame.kind == Kind::kError) {
        seen.error = frame.error;
        return seen;
      }
      seen.frames.emplace_back(frame.kind, frame.bytes);
    }
  }
  return seen;
}

Framer opened(const Caps& caps = {}) {
  Framer framer(Framer::Mode::kStream, caps);
  EXPECT_EQ(feed(framer, kHeader).frames.size(), 1U);
  return framer;
}

// What becomes of `text` behind a stream's header, both whole and byte by byte.
FrameError error_in_stream(std::string_view text, const Caps& caps = {}) {
  Framer whole = opened(caps);
  Framer bytewise = opened(caps);
  const FrameError error = feed(whole, text).error;
  EXPECT_EQ(error, feed(bytewise, text, 1).error) << text.substr(0, 200);
  return error;
}

FrameError error_at_start(std::string_view text) {
  Framer whole(Framer::Mode::kStream, Caps{});
  Framer bytewise(Framer::Mode::kStream, Caps{});
  const FrameError error = feed(whole, text).error;
  EXPECT_EQ(error, feed(bytewise, text, 1).error) << text;
  return error;
}

FrameError error_of_message(std::string_view text, const Caps& caps = {}) {
  Framer framer(Framer::Mode::kMessage, caps);
  return framer.next(text).error;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += text;
  return out;
}

TEST(Framer, FramesAStream) {
  const std::string text = "<?xml version='1.0'?>" + std::string(kHeader) +
                           "<message><body>hi</body></message> \n<iq/></stream:stream>";
  for (const std::size_t piece_bytes : {1UL, 2UL, 7UL, 1000UL}) {
    Framer framer(Framer::Mode::kStream, Caps{});
    const Seen seen = feed(framer, text, piece_bytes);
    EXPECT_EQ(seen.error, FrameError::kNone);
    ASSERT_GE(seen.frames.size(), 5U);
    EXPECT_EQ(seen.frames[0], std::pair(Kind::kStreamOpen, std::string(kHeader)));
    EXPECT_EQ(seen.frames[1].second, "<message><body>hi</body></message>");
    EXPECT_EQ(seen.frames[2].first, Kind::kWhitespace);
    EXPECT_EQ(seen.frames[seen.frames.size() - 2].second, "<iq/>");
    EXPECT_EQ(seen.frames.back(), std::pair(Kind::kStreamClose, std::string("</stream:stream>")));
  }
}

TEST(Framer, PointsIntoTheInputWhereItCan) {
  Framer framer = opened();
  const std::string text = "<a/><b>x</b><c";
  std::string_view input = text;
  EXPECT_EQ(framer.next(input).bytes.data(), text.data());
  EXPECT_EQ(framer.next(input).bytes.data(), text.data() + 4);
  EXPECT_EQ(framer.next(input).kind, Kind::kNeedMore);
  EXPECT_TRUE(input.empty());
  input = "/><d/>";
  EXPECT_EQ(framer.next(input).bytes, "<c/>");
  EXPECT_EQ(input, "<d/>");
}

TEST(Framer, IdleOneIsSmallAndOwnsNothing) {
  EXPECT_LE(sizeof(Framer), 128U);
  Framer framer = opened();
  EXPECT_EQ(framer.memory_bytes(), sizeof(Framer));
  EXPECT_EQ(feed(framer, "<message><body>" + std::string(5000, 'x')).frames.size(), 0U);
  EXPECT_GT(framer.memory_bytes(), 5000U);
  EXPECT_EQ(feed(framer, "</body></message>").frames.size(), 1U);
  EXPECT_EQ(framer.memory_bytes(), sizeof(Framer));
}

TEST(Framer, MovesWithAnUnfinishedStanza) {
  Framer framer = opened();
  EXPECT_TRUE(feed(framer, "<iq id='").frames.empty());
  Framer other = std::move(framer);
  EXPECT_EQ(feed(other, "1'/>").frames.at(0).second, "<iq id='1'/>");
  EXPECT_EQ(other.root()->default_ns, "jabber:client");
}

TEST(Framer, KnowsTheRootsNamespaces) {
  Framer usual = opened();
  Framer another = opened();
  ASSERT_NE(usual.root(), nullptr);
  EXPECT_EQ(usual.root(), another.root()) << "not shared";
  EXPECT_EQ(usual.root()->declared.at(0).prefix, "stream");

  Framer own(Framer::Mode::kStream, Caps{});
  EXPECT_EQ(own.root(), nullptr);
  feed(own, "<s:stream xmlns:s = 'http://etherx.jabber.org/streams' xmlns=\"a&amp;'b\" to='c'>");
  EXPECT_EQ(own.root()->default_ns, "a&'b");
  EXPECT_EQ(own.root()->declared.size(), 1U);
  EXPECT_GT(own.memory_bytes(), sizeof(Framer));
  own.reset();
  EXPECT_EQ(own.root(), nullptr);
  EXPECT_EQ(own.memory_bytes(), sizeof(Framer));
}

TEST(Framer, ResetStartsANewStream) {
  Framer framer = opened();
  feed(framer, "<iq");
  framer.reset();
  const Seen seen = feed(framer, "<?xml version='1.0'?>" + std::string(kHeader) + "<a/>");
  ASSERT_EQ(seen.frames.size(), 2U);
  EXPECT_EQ(seen.frames[1].second, "<a/>");

  EXPECT_EQ(feed(framer, "x").error, FrameError::kNotWellFormed);
  EXPECT_EQ(feed(framer, "<a/>").error, FrameError::kNotWellFormed) << "usable after an error";
  framer.reset();
  EXPECT_EQ(feed(framer, kHeader).frames.size(), 1U);
}

TEST(Framer, SelfClosedRootOpensAndCloses) {
  for (const std::size_t piece_bytes : {1UL, 1000UL}) {
    Framer framer(Framer::Mode::kStream, Caps{});
    const Seen seen = feed(framer, "<stream:stream/>\n", piece_bytes);
    ASSERT_EQ(seen.frames.size(), 3U);
    EXPECT_EQ(seen.frames[0].first, Kind::kStreamOpen);
    EXPECT_EQ(seen.frames[1].first, Kind::kStreamClose);
  }
}

TEST(Framer, XmlDeclaration) {
  constexpr std::string_view kGood[] = {
      "<?xml version='1.0'?>",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
      "<?xml\tversion = '1.0'\nencoding='utf-8' standalone='no' ?>",
  };
  for (const std::string_view declaration : kGood)
    EXPECT_EQ(error_at_start(std::string(declaration) + "<a>"), FrameError::kNone) << declaration;
  constexpr std::string_view kOtherEncodings[] = {
      "<?xml version='1.0' encoding='ISO-8859-1'?>",
      "<?xml version='1.0' encoding='UTF-16'?>",
  };
  for (const std::string_view declaration : kOtherEncodings)
    EXPECT_EQ(error_at_start(declaration), FrameError::kUnsupportedEncoding) << declaration;
  constexpr std::string_view kBad[] = {
      "<?xml ?>",
      "<?xml version='1.1'?>",
      "<?xml encoding='utf-8'?>",
      "<?xml version='1.0' standalone='maybe'?>",
      "<?xml version='1.0'encoding='utf-8'?>",
      "<?xml version='1.0' encoding='utf-8' more='x'?>",
      "<?xml version='1.0'>",
      "<?xml version='1.0?>",
      "\xEF\xBB\xBF<a/>", // RFC 6120 §11.6
      "\xFF\xFE<\0",
  };
  for (const std::string_view declaration : kBad)
    EXPECT_EQ(error_at_start(declaration), FrameError::kNotWellFormed) << declaration;
}

TEST(Framer, WhiteSpaceBetweenStanzasAndNothingElse) {
  EXPECT_EQ(error_in_stream(" \t\r\n<a/> "), FrameError::kNone);
  for (const std::string_view text : {"x", "&#32;", "<![CDATA[ ]]>", "]]>", "\xC2\xA0", "\x01"})
    EXPECT_NE(error_in_stream(text), FrameError::kNone) << text;
  EXPECT_EQ(error_in_stream("</stream:stream> \n"), FrameError::kNone);
  EXPECT_EQ(error_in_stream("</stream:stream><a/>"), FrameError::kNotWellFormed);
  EXPECT_EQ(error_in_stream("</stream:strea>"), FrameError::kNotWellFormed);
  EXPECT_EQ(error_in_stream("</stream>"), FrameError::kNotWellFormed);
}

TEST(Framer, NotWellFormed) {
  constexpr std::string_view kBroken[] = {
      "<a></b>",
      "<a></aa>",
      "<aa></a>",
      "<a><b></a></b>",
      "< a/>",
      "<a / >",
      "<a b/>",
      "<a b=c/>",
      "<a b='1'c='2'/>",
      "<a b='1' b='2'/>",
      "<a b='<'/>",
      "<a 1='2'/>",
      "<1/>",
      "<-/>",
      "<a\x01/>",
      "<a b='\x02'/>",
      "<a>]]></a>",
      "<a>]]]]></a>",
      "<a>&#0;</a>",
      "<a>&#x1F;</a>",
      "<a>&#xD800;</a>",
      "<a>&#xFFFE;</a>",
      "<a>&#x110000;</a>",
      "<a>&#4294967361;</a>",
      "<a>&#;</a>",
      "<a>&#x;</a>",
      "<a>&#xg;</a>",
      "<a>&#a;</a>",
      "<a>& </a>",
      "<a>&;</a>",
      "<a b='&'/>",
      "<a></a b='c'>",
      "<a></ a>",
      "<a/></a>",
      "<a><![CDATX[]]></a>",
      "<a></a",
      "<\xC3\x97/>",
      "<a\xCC\x80 \xCC\x80='1'/>",
  };
  for (const std::string_view text : kBroken)
    EXPECT_EQ(error_in_stream(std::string(text) + "\x01"), FrameError::kNotWellFormed) << text;
}

TEST(Framer, WellFormed) {
  constexpr std::string_view kGood[] = {
      "<a b='\"' c=\"'\" d='>'/>",
      "<a\n\tb = '1'\r\n/>",
      "<a>]] ]> > \"'</a >",
      "<a><![CDATA[<&]] ]>\t]]></a>",
      "<a>&#x9;&#10;&#x10FFFF;&#xfffd;&#000000000000000000000000065;</a>",
      "<a b='&lt;&gt;&amp;&quot;&apos;'/>",
      "<_a:b-.9\xC3\xA9/>",
      "<a><a><a/></a><a></a></a>",
      "<\xE6\xB6\x88 \xE6\x81\xAF='\xF0\x9F\x98\x80'/>",
      "<a xmlns='b' xmlns:c='d'/>",
  };
  for (const std::string_view text : kGood) {
    EXPECT_EQ(error_in_stream(text), FrameError::kNone) << text;
    EXPECT_EQ(error_of_message(text), FrameError::kNone) << text;
  }
}

TEST(Framer, Case01_DoctypeCommentPi) {
  constexpr std::string_view kRestricted[] = {
      "<!DOCTYPE a>",    "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!-- c -->", "<?php x?>",
      "<!ENTITY a 'b'>", "<?xml-stylesheet href='a'?>",
  };
  for (const std::string_view piece : kRestricted) {
    const std::string text(piece);
    EXPECT_EQ(error_at_start(text), FrameError::kRestricted) << text;
    EXPECT_EQ(error_at_start("<?xml version='1.0'?>" + text), FrameError::kRestricted) << text;
    EXPECT_EQ(error_in_stream(text), FrameError::kRestricted) << text;
    EXPECT_EQ(error_in_stream("<a>" + text), FrameError::kRestricted) << text;
    EXPECT_EQ(error_in_stream("<a>x<b/>" + text), FrameError::kRestricted) << text;
    EXPECT_EQ(error_of_message(text + "<a/>"), FrameError::kRestricted) << text;
    EXPECT_EQ(error_of_message("<a>" + text + "</a>"), FrameError::kRestricted) << text;
    EXPECT_EQ(error_of_message("<a/>" + text), FrameError::kRestricted) << text;
  }
  for (const std::string_view text :
       {"<a>&nbsp;</a>", "<a b='&b;'/>", "<a>&ltt;</a>", "<a>&\xC3\xA9;</a>"})
    EXPECT_EQ(error_in_stream(text), FrameError::kRestricted) << text;
  EXPECT_EQ(error_in_stream("<?xml version='1.0'?>"), FrameError::kRestricted);
  EXPECT_EQ(error_at_start(" <?xml version='1.0'?>"), FrameError::kRestricted);
}

TEST(Framer, Case02_EntityBombsEndAtTheirFirstByte) {
  const std::string bomb =
      "<!DOCTYPE a [<!ENTITY b '" + std::string(100'000, 'x') + "'>]><a>&b;</a>";
  Framer framer(Framer::Mode::kStream, Caps{});
  std::string_view input = bomb;
  EXPECT_EQ(framer.next(input).error, FrameError::kRestricted);
  EXPECT_EQ(framer.memory_bytes(), sizeof(Framer));
}

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double cpu_to_feed_bytewise(std::size_t bytes) {
  const std::string text = "<a b='" + std::string(bytes, 'x');
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    Framer framer = opened({.stanza_bytes_max = 10'000'000});
    const double start = cpu_seconds();
    feed(framer, text, 1);
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

TEST(Framer, Case03_OversizedAttributeByteByByte) {
  Caps caps;
  caps.stanza_bytes_max = 10'000;
  Framer framer = opened(caps);
  const std::string text = "<a b='" + std::string(20'000, 'x');
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view input = std::string_view(text).substr(i, 1);
    const Framer::Frame frame = framer.next(input);
    ASSERT_LE(framer.memory_bytes(), 2 * caps.stanza_bytes_max + 4096);
    if (frame.kind != Kind::kError)
      continue;
    EXPECT_EQ(frame.error, FrameError::kTooLarge);
    EXPECT_EQ(i + 1, caps.stanza_bytes_max);
    break;
  }
  EXPECT_EQ(framer.memory_bytes(), sizeof(Framer));
  // Sixteen times the bytes: 16 if linear, 256 if not.
  EXPECT_LT(cpu_to_feed_bytewise(800'000), 64 * cpu_to_feed_bytewise(50'000));
}

TEST(Framer, Case03_WhateverIsEndlessEndsAtTheCap) {
  const Caps caps{.stanza_bytes_max = 5000, .name_bytes_max = 1'000'000};
  const std::string spaces(6000, ' '), xs(6000, 'x'), zeros(6000, '0');
  for (const std::string& text :
       {"<a" + spaces, "<a b" + spaces, "<a b=" + spaces, "<a></a" + spaces, "<a>" + xs,
        "<a b='" + xs, "<" + xs, "<a " + xs, "<a><![CDATA[" + xs, "<a>&#" + zeros,
        "</stream:stream" + spaces})
    EXPECT_EQ(error_in_stream(text, caps), FrameError::kTooLarge) << text.substr(0, 20);
  for (const std::string& text : {"<?xml" + spaces, "<a" + spaces}) {
    Framer framer(Framer::Mode::kStream, caps);
    EXPECT_EQ(feed(framer, text, 10).error, FrameError::kTooLarge);
  }
  EXPECT_EQ(error_of_message("<a>" + xs + "</a>", caps), FrameError::kTooLarge);
}

TEST(Framer, TheCapItselfIsAllowed) {
  const std::string text = "<a>" + std::string(93, 'x') + "</a>"; // 100 bytes
  EXPECT_EQ(error_in_stream(text, {.stanza_bytes_max = 100}), FrameError::kNone);
  EXPECT_EQ(error_in_stream(text, {.stanza_bytes_max = 99}), FrameError::kTooLarge);
  EXPECT_EQ(error_of_message(text, {.stanza_bytes_max = 100}), FrameError::kNone);
  EXPECT_EQ(error_of_message(text, {.stanza_bytes_max = 99}), FrameError::kTooLarge);
}

TEST(Framer, Case04_EndlessChildrenEndAtTheCap) {
  const Caps caps{.stanza_bytes_max = 10'000, .elements_max = 1'000'000};
  const std::string text = "<a>" + repeated("<b/>", 5000);
  EXPECT_EQ(error_in_stream(text, caps), FrameError::kTooLarge);
  EXPECT_EQ(error_in_stream(text, {.elements_max = 4000}), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream(text, {.elements_max = 5001}), FrameError::kNone);
}

TEST(Framer, Case05_DepthAttributesNames) {
  EXPECT_EQ(error_in_stream(repeated("<a>", 10'000)), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream(repeated("<a>", 64)), FrameError::kNone);
  EXPECT_EQ(error_in_stream(repeated("<a>", 65)), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream(repeated("<a>", 63) + "<b/><b/></a>"), FrameError::kNone);

  std::string attributes, declarations;
  for (int i = 0; i < 10'000; ++i) {
    attributes += " a" + std::to_string(i) + "=''";
    declarations += " xmlns:a" + std::to_string(i) + "='b'";
  }
  EXPECT_EQ(error_in_stream("<a" + attributes + "/>"), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream("<a" + declarations + "/>"), FrameError::kTooComplex);
  EXPECT_EQ(error_at_start("<a" + declarations + "/>"), FrameError::kTooComplex);
  EXPECT_EQ(error_of_message("<a" + declarations + "/>"), FrameError::kTooComplex);

  const std::string megabyte(1 << 20, 'a');
  EXPECT_EQ(error_in_stream("<" + megabyte), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream("<" + megabyte.substr(0, 257) + "/>"), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream("<a " + megabyte.substr(0, 257) + "='1'/>"), FrameError::kTooComplex);
  EXPECT_EQ(error_in_stream("<" + megabyte.substr(0, 256) + "/>"), FrameError::kNone);
}

TEST(Framer, NamespacesOfTheRootAreBounded) {
  const std::string uri(3000, 'u');
  EXPECT_EQ(error_at_start("<a xmlns:b='" + uri + "'>"), FrameError::kNone);
  EXPECT_EQ(error_at_start("<a xmlns:b='" + uri + "' xmlns='" + uri + "'>"),
            FrameError::kTooComplex);
}

TEST(Framer, DuplicateAttributesAmongMany) {
  std::string text = "<a";
  for (int i = 0; i < 63; ++i)
    text += " a" + std::to_string(i) + "=''";
  EXPECT_EQ(error_in_stream(text + " b=''/>"), FrameError::kNone);
  EXPECT_EQ(error_in_stream(text + " a17=''/>"), FrameError::kNotWellFormed);
  EXPECT_EQ(error_in_stream("<a a='' b='' c=''><a a='' b='' c=''/></a>"), FrameError::kNone);
}

TEST(Framer, Case09_InvalidUtf8) {
  constexpr std::string_view kBad[] = {
      "\x80",
      "\xC0\x80",
      "\xC1\xBF",
      "\xE0\x9F\xBF",
      "\xF0\x8F\xBF\xBF",
      "\xED\xA0\x80",
      "\xED\xBF\xBF",
      "\xEF\xBF\xBE",
      "\xEF\xBF\xBF",
      "\xF4\x90\x80\x80",
      "\xF5\x80\x80\x80",
      "\xFF",
      "\xE4\xBD",
      "\xF0\x9F\x98",
      "\xC3",
      "\xE4\xBD ",
      "\xC3\xC3",
      "\xF8\x88\x80\x80\x80",
  };
  for (const std::string_view piece : kBad) {
    const std::string text(piece);
    EXPECT_EQ(error_in_stream("<a>" + text + "</a>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_in_stream("<a>0123456789abcdef" + text + "</a>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_in_stream("<a b='" + text + "'/>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_in_stream("<a><![CDATA[" + text + "]]></a>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_in_stream("<" + text + "/>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_in_stream("<a" + text + "='1'/>"), FrameError::kNotWellFormed);
    EXPECT_EQ(error_of_message("<a>" + text + "</a>"), FrameError::kNotWellFormed);
  }
}

TEST(Framer, CapsChangeForTheNextStanza) {
  Framer framer = opened();
  framer.set_caps({.stanza_bytes_max = 20});
  EXPECT_EQ(feed(framer, "<a>").error, FrameError::kNone);
  framer.set_caps({.stanza_bytes_max = 1000});
  EXPECT_EQ(feed(framer, "</a>").frames.size(), 1U);
  EXPECT_EQ(feed(framer, "<a>" + std::string(500, 'x') + "</a>").frames.size(), 1U);
  EXPECT_EQ(feed(framer, "<a>").error, FrameError::kNone);
  framer.set_caps({.stanza_bytes_max = 20});
  EXPECT_EQ(feed(framer, std::string(500, 'x') + "</a>").frames.size(), 1U);
  EXPECT_EQ(feed(framer, "<a>" + std::string(20, 'x')).error, FrameError::kTooLarge);
}

TEST(Framer, MessageMode) {
  const auto frame_of = [](std::string_view text) {
    Framer framer(Framer::Mode::kMessage, Caps{});
    const Framer::Frame frame = framer.next(text);
    EXPECT_TRUE(text.empty());
    return frame;
  };
  EXPECT_EQ(frame_of("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>").kind, Kind::kStanza);
  EXPECT_EQ(frame_of("<?xml version='1.0'?> <a>b</a>\n").bytes, "<a>b</a>");
  EXPECT_EQ(frame_of(" ").kind, Kind::kWhitespace);
  for (const std::string_view text : {"", "<a>", "<a", "<", "<a/><b/>", "x<a/>", "<a/>x", "</a>",
                                      "<?xml version='1.0'?>", "<?xml version='1.0'"})
    EXPECT_EQ(frame_of(text).error, FrameError::kNotWellFormed) << text;
  EXPECT_EQ(frame_of("<?xml version='1.0' encoding='latin1'?><a/>").error,
            FrameError::kUnsupportedEncoding);

  Framer framer(Framer::Mode::kMessage, Caps{});
  for (int i = 0; i < 3; ++i) {
    std::string_view text = "<?xml version='1.0'?><a/>";
    EXPECT_EQ(framer.next(text).kind, Kind::kStanza);
  }
  EXPECT_EQ(framer.root(), nullptr);
}

} // namespace
} // namespace rookery::xml
