// Reads a file of the portable format for servers' data (XEP-0227 version 1.1), however large it
// is: bytes go in as they come, elements come out one at a time. Pure: files are the caller's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "xml/document.h"
#include "xml/framer.h"

namespace rookery::xmpp {

inline constexpr std::string_view kNsPortable = "urn:xmpp:pie:0";
inline constexpr std::string_view kNsPortableScram = "urn:xmpp:pie:0#scram";
inline constexpr std::string_view kNsPortableArchive = "urn:xmpp:pie:0#mam";
inline constexpr std::string_view kNsXInclude = "http://www.w3.org/2001/XInclude";

/// The largest element that is given out whole: a roster, a card, a message.
inline constexpr std::size_t kPortableElementBytesMax = 16 * 1024 * 1024;

/// Where in the document something stands: inside of ...
enum class PortablePlace : std::uint8_t {
  kDocument,
  kServerData,
  kHost,
  kUser,
  kArchive,
  kOffline
};

/// What the reader finds, in the order of the document. The first Error ends the reading.
class PortableHandler {
public:
  virtual ~PortableHandler() = default;
  /// `host` and `name` as they are written, not prepared.
  virtual Status user_begins(std::string_view host, std::string_view name,
                             std::optional<std::string_view> password) = 0;
  virtual Status user_ends() = 0;
  /// A child of <user/> other than the two that follow.
  virtual Status part(const xml::Element& element) = 0;
  /// A child of <archive/>: `<result/>` of XEP-0313.
  virtual Status archived(const xml::Element& result) = 0;
  /// A child of <offline-messages/>.
  virtual Status offline(const xml::Element& message) = 0;
  /// What stands where this format has nothing of the kind.
  virtual Status unknown(const xml::Element& element) = 0;
  /// `<xi:include/>`: the handler reads that file with a PortableReader for `place` and `host`,
  /// before it returns.
  virtual Status include(std::string_view href, PortablePlace place, std::string_view host) = 0;
};

class PortableReader {
public:
  /// `place` is kDocument for a file as a whole; for one that is included, where the <include/>
  /// stands, and then `host` is the host it stands in.
  explicit PortableReader(PortableHandler& handler, PortablePlace place = PortablePlace::kDocument,
                          std::string host = {});
  ~PortableReader();

  /// More of the file. After an Error it is used no more; Error::where is the line.
  [[nodiscard]] Status feed(std::string_view bytes);
  /// The file is at its end: an Error where the document is not.
  [[nodiscard]] Status finish();

private:
  struct Level {
    Level(PortablePlace where, std::string tag_name, const xml::Caps& caps)
        : place(where), name(std::move(tag_name)), framer(xml::Framer::Mode::kStream, caps) {}
    PortablePlace place;
    std::string name;
    xml::Framer framer;
    xml::RootNamespaces namespaces; // in force inside of it
  };

  Status consume(std::string_view& rest);
  Status declaration(std::string_view& rest, bool& more);
  Status start_tag(std::string_view& rest, bool& more);
  Status enter(PortablePlace place, const xml::Element& tag, std::string_view bytes);
  Status leave();
  Status element(std::string_view bytes);
  [[nodiscard]] std::optional<PortablePlace> container(const xml::Element& tag) const;
  [[nodiscard]] std::unexpected<Error> wrong(std::string what) const;

  PortableHandler& handler_;
  std::vector<std::unique_ptr<Level>> levels_;
  std::string host_;
  std::string pending_; // read and not understood yet
  std::size_t line_ = 1;
  bool at_start_ = true;
  bool in_element_ = false; // the innermost level's framer has begun one
  bool has_root_ = false;
};

} // namespace rookery::xmpp
