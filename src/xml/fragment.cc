#include "xml/fragment.h"

#include <utility>

namespace rookery::xml {

std::expected<Document, FrameError> parse_fragment(std::string_view text, const Caps& caps,
                                                   std::string_view default_ns) {
  Framer framer(Framer::Mode::kMessage, caps);
  const Framer::Frame frame = framer.next(text);
  if (frame.kind == Framer::Kind::kError)
    return std::unexpected(frame.error);
  if (frame.kind != Framer::Kind::kStanza)
    return std::unexpected(FrameError::kNotWellFormed);
  const RootNamespaces around{.default_ns = std::string(default_ns), .declared = {}};
  Document document;
  if (!document.parse(frame.bytes, &around))
    return std::unexpected(FrameError::kNotWellFormed);
  return document;
}

std::string_view to_string(FrameError error) {
  switch (error) {
  case FrameError::kNone:
    return "nothing is wrong";
  case FrameError::kNotWellFormed:
    return "this is not well-formed XML in UTF-8";
  case FrameError::kRestricted:
    return "a DOCTYPE, a comment, a processing instruction or an unknown entity is not taken";
  case FrameError::kTooLarge:
    return "an element is too large";
  case FrameError::kTooComplex:
    return "an element is nested too deeply or has too many parts";
  case FrameError::kUnsupportedEncoding:
    return "the encoding is not UTF-8";
  }
  std::unreachable();
}

} // namespace rookery::xml
