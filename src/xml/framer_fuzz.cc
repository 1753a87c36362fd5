// libFuzzer target: framer, document and writer over any bytes. The first one picks mode and cuts.
// Configure with clang and -DROOKERY_FUZZ=ON, build framer_fuzz, then
//   framer_fuzz -max_total_time=30 -max_len=2048 -timeout=5 NEW_INPUTS_DIRECTORY tests/fuzz/xml
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "xml/document.h"
#include "xml/framer.h"
#include "xml/writer.h"

namespace rookery::xml {
namespace {

using Kind = Framer::Kind;

const Caps kCaps{.stanza_bytes_max = 4096,
                 .depth_max = 16,
                 .attributes_max = 16,
                 .elements_max = 100,
                 .name_bytes_max = 64};

void check_same(const Element& a, const Element& b) {
  ROOKERY_ASSERT(a.is(b.name(), b.ns()) && a.text() == b.text());
  ROOKERY_ASSERT(a.attribute_count() == b.attribute_count());
  for (std::size_t i = 0; i < a.attribute_count(); ++i) {
    const Element::Attribute left = a.attribute_at(i), right = b.attribute_at(i);
    ROOKERY_ASSERT(left.name == right.name && left.ns == right.ns && left.value == right.value);
  }
  Element left = a.first_child(), right = b.first_child();
  for (; left && right; left = left.next(), right = right.next())
    check_same(left, right);
  ROOKERY_ASSERT(!left && !right);
}

// What is written is one well-formed element that reads the same, and needs nothing from a stream.
void check_round_trip(const Document& document) {
  std::string out;
  Writer(out, "").element(document.root());
  Framer framer(Framer::Mode::kMessage, Caps{});
  std::string_view input = out;
  const Framer::Frame frame = framer.next(input);
  ROOKERY_ASSERT(frame.kind == Kind::kStanza && frame.bytes == out);
  Document again;
  ROOKERY_ASSERT(again.parse(out, nullptr) && !again.depends_on_stream());
  check_same(document.root(), again.root());
}

// Everything framed in pieces of `piece_bytes`, and the error, as text to compare.
std::string frames_of(std::string_view text, std::size_t piece_bytes, bool parse) {
  std::string seen;
  Framer framer(Framer::Mode::kStream, kCaps);
  Document document;
  while (!text.empty()) {
    const std::string piece(text.substr(0, piece_bytes)); // so that a read beyond it is found
    text.remove_prefix(piece.size());
    std::string_view input = piece;
    for (;;) {
      const Framer::Frame frame = framer.next(input);
      if (frame.kind == Kind::kNeedMore)
        break;
      if (frame.kind == Kind::kError)
        return seen.append("error ").append(std::to_string(static_cast<int>(frame.error)));
      ROOKERY_ASSERT(frame.bytes.size() <= kCaps.stanza_bytes_max);
      if (frame.kind != Kind::kWhitespace)
        seen.append(frame.bytes).push_back('\n');
      if (parse && frame.kind == Kind::kStanza && document.parse(frame.bytes, framer.root()))
        check_round_trip(document);
      if (parse && frame.kind == Kind::kStreamOpen)
        (void)document.parse(frame.bytes, nullptr);
    }
    ROOKERY_ASSERT(input.empty());
  }
  return seen;
}

void run_one(std::uint8_t choice, std::string_view text) {
  Document unframed; // must stay within the text whatever it is
  if (unframed.parse_trusted(text, "u")) {
    std::string out;
    Writer(out).element(unframed.root());
  }
  if (choice % 4 == 0) {
    Framer framer(Framer::Mode::kMessage, kCaps);
    std::string_view input = text;
    const Framer::Frame frame = framer.next(input);
    Document document;
    if (frame.kind == Kind::kStanza && document.parse(frame.bytes, nullptr))
      check_round_trip(document);
    return;
  }
  const std::string whole = frames_of(text, text.size() + 1, true);
  ROOKERY_ASSERT(whole == frames_of(text, 1, false));
  ROOKERY_ASSERT(whole == frames_of(text, choice / 4 + 1, false));
}

} // namespace
} // namespace rookery::xml

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  rookery::xml::run_one(data[0], text);
  return 0;
}
