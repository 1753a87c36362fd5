// Finds where stanzas begin and end in a byte stream, and proves each of them well-formed, in one
// pass (RFC 6120 §11, RFC 7395 §3.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rookery::xml {

class Scanner;
enum class ScanStep : std::uint8_t;

/// Caps on what a peer may make us keep or walk. Reaching one is FrameError::kTooLarge (bytes) or
/// kTooComplex (the others).
struct Caps {
  std::size_t stanza_bytes_max = 512 * 1024;
  std::uint32_t depth_max = 64; // at most 1,024
  std::uint32_t attributes_max =
      64; // on one element, namespace declarations included; at most 1,024
  std::uint32_t elements_max = 10'000; // in one stanza
  std::uint32_t name_bytes_max = 256;  // a qualified name
  // All the prefixes and namespaces a stream's root declares: kept as long as the stream.
  std::uint32_t root_namespace_bytes_max = 4096;
};

enum class FrameError : std::uint8_t {
  kNone,
  kNotWellFormed, // not-well-formed: any breach of XML or Namespaces in XML, bad UTF-8, forbidden
                  // characters
  kRestricted,    // restricted-xml: DOCTYPE, comment, processing instruction, entity other than the
                  // five
  kTooLarge,      // policy-violation: stanza_bytes_max
  kTooComplex,    // policy-violation: any other cap
  kUnsupportedEncoding, // unsupported-encoding: an XML declaration with another encoding than UTF-8
};

/// What the reader needs to know of the stream a stanza came from: the root's namespace
/// declarations. Immutable once made; the usual ones (only the default namespace and `stream`) are
/// shared by all connections.
struct RootNamespaces {
  struct Declared {
    std::string prefix, uri;
  };
  std::string default_ns;
  std::vector<Declared> declared; // the prefixes
};

/// One instance per byte stream, used by one thread at a time; may be moved between threads while
/// no view it gave out is in use. Between two stanzas it owns no heap memory beyond the root's
/// declarations where they are unusual.
///
/// Linear in the input whatever the size of the pieces: every byte is looked at once.
class Framer {
public:
  enum class Mode : std::uint8_t {
    /// TCP: a root element that stays open, stanzas as its children, white space between them.
    kStream,
    /// WebSocket (RFC 7395): every message is one whole element; an XML declaration may precede it.
    kMessage,
  };
  enum class Kind : std::uint8_t {
    kNeedMore,    // all input was consumed, nothing is complete
    kWhitespace,  // white space between stanzas was consumed (keepalive)
    kStreamOpen,  // `bytes` is the root's start tag (with the XML declaration, if any, stripped)
    kStanza,      // `bytes` is one whole first-level element
    kStreamClose, // the root's end tag
    kError,       // `error` says why; the framer is unusable until reset()
  };
  struct Frame {
    Kind kind = Kind::kNeedMore;
    FrameError error = FrameError::kNone;
    /// Valid until the next call on this framer, or until the caller's input goes away.
    std::string_view bytes;
  };

  Framer(Mode mode, const Caps& caps);
  Framer(Framer&&) noexcept;
  Framer& operator=(Framer&&) noexcept;
  ~Framer();

  /// Consumes from the front of `input` up to and including the next frame. Where a frame lies
  /// wholly in `input`, `bytes` points into it (nothing is copied); an unfinished one is kept
  /// inside, and its memory is given back by the call after the one that returned it: call until
  /// kNeedMore or kError. In kMessage mode one call is one message and takes all of `input`: an
  /// unfinished element, or more than one, is kNotWellFormed.
  Frame next(std::string_view& input);

  /// Starts a new stream on the same connection (after STARTTLS or SASL, RFC 6120 §4.3.3). Forgets
  /// everything kept.
  void reset();
  /// Takes effect for the next stanza (before and after authentication).
  void set_caps(const Caps& caps);

  /// The namespaces declared by the root; null before kStreamOpen and in kMessage mode.
  [[nodiscard]] const RootNamespaces* root() const;
  /// Heap and object bytes held now.
  [[nodiscard]] std::size_t memory_bytes() const;

private:
  enum class Phase : std::uint8_t {
    kStart,      // nothing but perhaps an XML declaration may come before the root
    kProlog,     // the root must come
    kOpen,       // between two stanzas
    kSelfClosed, // the root was an empty element: its end is yet to be told
    kClosed,     // nothing but white space may come
    kFailed,
  };
  struct Partial;

  Frame fail(FrameError error);
  Frame begin(std::string_view& input);
  Frame resume(std::string_view& input);
  Frame message(std::string_view input);
  Frame finish(const Scanner& scanner, std::string_view bytes, std::string_view& input);
  ScanStep scan(Scanner& scanner, std::string_view bytes) const;

  Caps caps_;
  Mode mode_;
  Phase phase_ = Phase::kStart;
  FrameError error_ = FrameError::kNone;
  std::unique_ptr<Partial> partial_; // an unfinished frame, or the finished one handed out last
  std::string root_name_;
  const RootNamespaces* root_ = nullptr;
  std::unique_ptr<const RootNamespaces> own_root_; // where root_ is not a shared one
};

} // namespace rookery::xml
