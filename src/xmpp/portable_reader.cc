#include "xmpp/portable_reader.h"

#include <algorithm>
#include <utility>

#include "xml/fragment.h"

namespace rookery::xmpp {
namespace {

using Kind = xml::Framer::Kind;
using Place = PortablePlace;

constexpr xml::Caps kCaps{.stanza_bytes_max = kPortableElementBytesMax,
                          .depth_max = 256,
                          .attributes_max = 256,
                          .elements_max = 2'000'000,
                          .name_bytes_max = 1'024,
                          .root_namespace_bytes_max = 16 * 1024};
/// Of a start tag that is looked at before it is known what it begins; also of the XML declaration.
constexpr std::size_t kTagBytesMax = 64 * 1024;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Behind the '>' that ends the tag at the front of `text`; npos where it has not come yet.
std::size_t end_of_tag(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0)
      quote = text[i] == quote ? '\0' : quote;
    else if (text[i] == '"' || text[i] == '\'')
      quote = text[i];
    else if (text[i] == '>')
      return i + 1;
  }
  return std::string_view::npos;
}

/// The tag as an element without content.
std::string emptied(std::string_view tag) {
  std::string out(tag.substr(0, tag.size() - 1));
  if (!out.ends_with('/'))
    out += '/';
  return out + '>';
}

xml::RootNamespaces inside(const xml::RootNamespaces& around, const xml::RootNamespaces& own) {
  xml::RootNamespaces all = own;
  if (all.default_ns.empty())
    all.default_ns = around.default_ns;
  for (const auto& outer : around.declared)
    if (std::ranges::find(own.declared, outer.prefix, &xml::RootNamespaces::Declared::prefix) ==
        own.declared.end())
      all.declared.push_back(outer);
  return all;
}

} // namespace

PortableReader::PortableReader(PortableHandler& handler, Place place, std::string host)
    : handler_(handler), host_(std::move(host)) {
  levels_.push_back(std::make_unique<Level>(place, "file", kCaps));
  std::string_view root = "<file>";
  (void)levels_.back()->framer.next(root);
}

PortableReader::~PortableReader() = default;

std::unexpected<Error> PortableReader::wrong(std::string what) const {
  return fail(std::move(what), "line " + std::to_string(line_));
}

Status PortableReader::feed(std::string_view bytes) {
  pending_ += bytes;
  std::string_view rest = pending_;
  const Status done = consume(rest);
  if (!done)
    return done;
  pending_.erase(0, pending_.size() - rest.size());
  return {};
}

Status PortableReader::finish() {
  if (levels_.size() > 1 || in_element_ || !pending_.empty())
    return wrong("the file ends within <" + levels_.back()->name + "/>");
  if (!has_root_)
    return wrong("the file is empty");
  return {};
}

Status PortableReader::consume(std::string_view& rest) {
  const auto count_lines = [this](std::string_view passed) {
    line_ += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
  };
  bool more = true;
  while (more && !rest.empty()) {
    const std::string_view before = rest;
    Status done;
    if (in_element_) {
      const auto frame = levels_.back()->framer.next(rest);
      count_lines(before.substr(0, before.size() - rest.size()));
      if (frame.kind == Kind::kError)
        return wrong(std::string(to_string(frame.error)));
      if (frame.kind == Kind::kNeedMore)
        continue;
      in_element_ = false;
      done = frame.kind == Kind::kStreamClose ? leave() : element(frame.bytes);
    } else if (at_start_) {
      done = declaration(rest, more);
    } else {
      const auto text = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
      count_lines(rest.substr(0, text));
      rest.remove_prefix(text);
      if (rest.empty())
        break;
      done = start_tag(rest, more);
    }
    if (!done)
      return done;
  }
  return {};
}

// A byte order mark and an XML declaration may come before all.
Status PortableReader::declaration(std::string_view& rest, bool& more) {
  if (rest.size() < 5 && (kByteOrderMark.starts_with(rest.substr(0, 3)) ||
                          std::string_view("<?xml").starts_with(rest))) {
    more = false;
    return {};
  }
  if (rest.starts_with(kByteOrderMark))
    rest.remove_prefix(kByteOrderMark.size());
  if (rest.starts_with("<?xml")) {
    const std::size_t end = rest.find("?>");
    if (end == std::string_view::npos) {
      more = false;
      return rest.size() < kTagBytesMax ? Status{} : wrong("the XML declaration does not end");
    }
    const std::string alone = std::string(rest.substr(0, end + 2)) + "<x/>";
    if (const auto read = xml::parse_fragment(alone, kCaps); !read)
      return wrong(std::string(to_string(read.error())));
    rest.remove_prefix(end + 2);
  }
  at_start_ = false;
  return {};
}

Status PortableReader::start_tag(std::string_view& rest, bool& more) {
  Level& level = *levels_.back();
  if (rest.front() != '<')
    return wrong("there is text where only elements may be");
  if (rest.size() < 2) {
    more = false;
    return {};
  }
  if (rest[1] == '/' || rest[1] == '!' || rest[1] == '?') {
    if (rest[1] == '/' && levels_.size() == 1)
      return wrong("an element ends that has not begun");
    in_element_ = true; // the framer knows what is allowed
    return {};
  }
  const std::size_t end = end_of_tag(rest);
  if (end == std::string_view::npos) {
    more = false;
    return rest.size() < kTagBytesMax ? Status{} : wrong("a tag does not end");
  }
  if (levels_.size() == 1 && std::exchange(has_root_, true))
    return wrong("there is something behind the end of the document");
  const std::string_view bytes = rest.substr(0, end);
  const std::string alone = emptied(bytes);
  xml::Framer framer(xml::Framer::Mode::kMessage, kCaps);
  std::string_view input = alone;
  const auto frame = framer.next(input);
  if (frame.kind != Kind::kStanza)
    return wrong(std::string(to_string(frame.error)));
  xml::Document tag;
  if (!tag.parse(frame.bytes, &level.namespaces))
    return wrong(std::string(to_string(xml::FrameError::kNotWellFormed)));
  const auto place = container(tag.root());
  if (!place) {
    in_element_ = true;
    return {};
  }
  rest.remove_prefix(end);
  return enter(*place, tag.root(), bytes);
}

std::optional<PortablePlace> PortableReader::container(const xml::Element& tag) const {
  switch (levels_.back()->place) {
  case Place::kDocument:
    return tag.is("server-data", kNsPortable) ? std::optional(Place::kServerData) : std::nullopt;
  case Place::kServerData:
    return tag.is("host", kNsPortable) ? std::optional(Place::kHost) : std::nullopt;
  case Place::kHost:
    return tag.is("user", kNsPortable) ? std::optional(Place::kUser) : std::nullopt;
  case Place::kUser:
    if (tag.is("archive", kNsPortableArchive))
      return Place::kArchive;
    return tag.is("offline-messages", kNsPortable) ? std::optional(Place::kOffline) : std::nullopt;
  case Place::kArchive:
  case Place::kOffline:
    break;
  }
  return std::nullopt;
}

Status PortableReader::enter(Place place, const xml::Element& tag, std::string_view bytes) {
  auto level = std::make_unique<Level>(place, std::string(tag.name()), kCaps);
  std::string_view input = bytes;
  if (const auto frame = level->framer.next(input); frame.kind != Kind::kStreamOpen)
    return wrong(std::string(to_string(frame.error)));
  level->namespaces = inside(levels_.back()->namespaces, *level->framer.root());
  levels_.push_back(std::move(level));
  line_ += static_cast<std::size_t>(std::ranges::count(bytes, '\n'));
  if (place == Place::kHost) {
    host_ = tag.attribute_or_empty("jid");
    if (host_.empty())
      return wrong("a <host/> has no 'jid'");
  }
  if (place == Place::kUser) {
    const auto name = tag.attribute("name");
    if (!name)
      return wrong("a <user/> has no 'name'");
    if (Status begun = handler_.user_begins(host_, *name, tag.attribute("password")); !begun)
      return begun;
  }
  return bytes.ends_with("/>") ? leave() : Status{};
}

Status PortableReader::leave() {
  const Place place = levels_.back()->place;
  levels_.pop_back();
  return place == Place::kUser ? handler_.user_ends() : Status{};
}

Status PortableReader::element(std::string_view bytes) {
  const Level& level = *levels_.back();
  xml::Document document;
  if (!document.parse(bytes, &level.namespaces))
    return wrong(std::string(to_string(xml::FrameError::kNotWellFormed)));
  const xml::Element root = document.root();
  switch (level.place) {
  case Place::kDocument:
    return wrong("the document is <" + std::string(root.name()) + "/>, not <server-data xmlns='" +
                 std::string(kNsPortable) + "'/>");
  case Place::kServerData:
  case Place::kHost:
  case Place::kUser:
    if (root.is("include", kNsXInclude)) {
      if (root.attribute("parse") || root.attribute("xpointer") || !root.attribute("href"))
        return wrong("only an <include/> of a whole file by its 'href' is taken");
      return handler_.include(*root.attribute("href"), level.place, host_);
    }
    return level.place == Place::kUser ? handler_.part(root) : handler_.unknown(root);
  case Place::kArchive:
    return handler_.archived(root);
  case Place::kOffline:
    return handler_.offline(root);
  }
  std::unreachable();
}

} // namespace rookery::xmpp
