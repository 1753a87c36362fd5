// The framer and the document against expat: the same tree, or both refuse, however the bytes
// arrive.
#include <gtest/gtest.h>

#include <functional>

#include "xml/document.h"
#include "xml/framer.h"
#include "xml/random_xml_for_test.h"
#include "xml/tree_for_test.h"

namespace rookery::xml {
namespace {

using test::RandomXml;
using Kind = Framer::Kind;

constexpr int kDocuments = 100'000;

// What a framer made of a stream: its frames, or why it refused it.
struct Outcome {
  bool closed = false;
  FrameError error = FrameError::kNone;
  std::vector<std::string> frames; // the root's start tag first
  bool operator==(const Outcome&) const = default;
};

// `next_size`: how many bytes the next piece has.
Outcome frame_stream(std::string_view text, Framer& framer,
                     const std::function<std::size_t()>& next_size) {
  Outcome outcome;
  while (!text.empty()) {
    std::string piece(text.substr(0, next_size())); // a heap block of its own, for sanitizers
    text.remove_prefix(piece.size());
    std::string_view input = piece;
    for (;;) {
      const Framer::Frame frame = framer.next(input);
      if (frame.kind == Kind::kNeedMore)
        break;
      if (frame.kind == Kind::kError) {
        outcome.error = frame.error;
        return outcome;
      }
      if (frame.kind == Kind::kStreamClose)
        outcome.closed = true;
      if (frame.kind == Kind::kStreamOpen || frame.kind == Kind::kStanza)
        outcome.frames.emplace_back(frame.bytes);
    }
  }
  return outcome;
}

// "" where refused, by the framer or by a document.
std::string tree_of_stream(const Outcome& outcome, const RootNamespaces* root) {
  if (!outcome.closed || outcome.error != FrameError::kNone)
    return {};
  std::string tree;
  Document document;
  for (std::size_t i = 0; i < outcome.frames.size(); ++i) {
    if (!document.parse(outcome.frames[i], i == 0 ? nullptr : root))
      return {};
    if (i == 0)
      test::add_tag(tree, document.root());
    else
      test::add_tree(tree, document.root());
  }
  return tree.append(">");
}

TEST(FramerExpat, Case12_SameTreeOrBothRefuseCutAnywhere) {
  RandomXml random(20101103);
  int accepted = 0;
  for (int i = 0; i < kDocuments; ++i) {
    std::string text = random.stream();
    if (random.below(3) != 0)
      random.mutate(text);
    SCOPED_TRACE(text);

    Framer whole(Framer::Mode::kStream, Caps{});
    const Outcome outcome = frame_stream(text, whole, [&] { return text.size(); });
    const std::string tree = tree_of_stream(outcome, whole.root());
    ASSERT_EQ(tree, test::expat_tree(text, true));
    accepted += tree.empty() ? 0 : 1;

    Framer bytewise(Framer::Mode::kStream, Caps{});
    ASSERT_EQ(outcome, frame_stream(text, bytewise, [] { return std::size_t{1}; }));
    Framer pieces(Framer::Mode::kStream, Caps{});
    ASSERT_EQ(outcome, frame_stream(text, pieces, [&] { return 1 + random.below(40); }));
  }
  EXPECT_GT(accepted, kDocuments / 4);
  EXPECT_LT(accepted, kDocuments * 3 / 4);
}

TEST(FramerExpat, EverySingleCut) {
  RandomXml random(7);
  for (int i = 0; i < 1500; ++i) {
    std::string text = random.stream();
    if (random.below(2) != 0)
      random.mutate(text);
    Framer whole(Framer::Mode::kStream, Caps{});
    const Outcome outcome = frame_stream(text, whole, [&] { return text.size(); });
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      Framer framer(Framer::Mode::kStream, Caps{});
      bool first = true;
      const auto next_size = [&] { return std::exchange(first, false) ? cut : text.size(); };
      ASSERT_EQ(outcome, frame_stream(text, framer, next_size)) << text << " cut at " << cut;
    }
  }
}

TEST(FramerExpat, MessagesOneByOne) {
  RandomXml random(42);
  int accepted = 0;
  for (int i = 0; i < kDocuments / 4; ++i) {
    std::string text = random.message();
    if (random.below(2) != 0)
      random.mutate(text);
    Framer framer(Framer::Mode::kMessage, Caps{});
    std::string_view input = text;
    const Framer::Frame frame = framer.next(input);
    Document document;
    std::string tree;
    if (frame.kind == Kind::kStanza && document.parse(frame.bytes, framer.root()))
      tree = test::tree_of(document.root());
    ASSERT_EQ(tree, test::expat_tree(text, false)) << text;
    accepted += tree.empty() ? 0 : 1;
  }
  EXPECT_GT(accepted, kDocuments / 16);
}

} // namespace
} // namespace rookery::xml
