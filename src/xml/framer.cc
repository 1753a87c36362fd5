#include "xml/framer.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "xml/chars.h"
#include "xml/references.h"
#include "xml/scanner.h"

namespace rookery::xml {

using Step = ScanStep;

namespace {

constexpr std::size_t kAppendBytes = 1024;
constexpr std::string_view kStreamsNs = "http://etherx.jabber.org/streams";

Caps checked(Caps caps) {
  ROOKERY_ASSERT(caps.depth_max <= Scanner::kNamesMax);
  ROOKERY_ASSERT(caps.attributes_max <= Scanner::kNamesMax);
  ROOKERY_ASSERT(caps.stanza_bytes_max < 1U << 31); // offsets have 32 bits
  return caps;
}

std::size_t count_spaces(std::string_view text) {
  std::size_t count = 0;
  while (count != text.size() && is_space(text[count]))
    ++count;
  return count;
}

FrameError unexpected(std::string_view text) {
  const bool restricted = text.starts_with("<!") || text.starts_with("<?");
  return restricted ? FrameError::kRestricted : FrameError::kNotWellFormed;
}

// The quoted value of the attribute whose name ends at `p`; the tag is known to be well-formed.
std::string_view value_behind(const char* p) {
  while (*p != '"' && *p != '\'')
    ++p;
  const char* end = p + 1;
  while (*end != *p)
    ++end;
  return {p + 1, static_cast<std::size_t>(end - p - 1)};
}

RootNamespaces read_declarations(const Scanner& tag) {
  RootNamespaces root;
  for (std::size_t i = 0; i < tag.attribute_count(); ++i) {
    std::string_view name = tag.attribute_name(i);
    const std::string_view raw = value_behind(name.data() + name.size());
    std::string uri;
    if (!name.starts_with("xmlns") || !append_decoded_value(uri, raw))
      continue;
    name.remove_prefix(5);
    if (name.empty())
      root.default_ns = std::move(uri);
    else if (name.front() == ':')
      root.declared.push_back({std::string(name.substr(1)), std::move(uri)});
  }
  return root;
}

// The declarations that nearly all streams make, once for all of them; null for others.
const RootNamespaces* find_shared(const RootNamespaces& root) {
  static const RootNamespaces kShared[] = {
      {"jabber:client", {{"stream", std::string(kStreamsNs)}}},
      {"jabber:server", {{"stream", std::string(kStreamsNs)}}},
  };
  if (root.declared.size() != 1 || root.declared[0].prefix != "stream" ||
      root.declared[0].uri != kStreamsNs)
    return nullptr;
  for (const RootNamespaces& shared : kShared)
    if (shared.default_ns == root.default_ns)
      return &shared;
  return nullptr;
}

std::size_t namespace_bytes(const RootNamespaces& root) {
  std::size_t bytes = root.default_ns.size();
  for (const auto& [prefix, uri] : root.declared)
    bytes += prefix.size() + uri.size();
  return bytes;
}

std::size_t heap_bytes(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
}

} // namespace

struct Framer::Partial {
  explicit Partial(const Caps& in_force) : caps(in_force) {}

  Caps caps;
  std::string bytes;
  ScanState state;
  std::vector<ScanState::Name> names;
  bool handed_out = false;
};

Framer::Framer(Mode mode, const Caps& caps) : caps_(checked(caps)), mode_(mode) {}
Framer::Framer(Framer&&) noexcept = default;
Framer& Framer::operator=(Framer&&) noexcept = default;
Framer::~Framer() = default;

void Framer::set_caps(const Caps& caps) { caps_ = checked(caps); }

void Framer::reset() {
  *this = Framer(mode_, caps_);
  std::string().swap(root_name_); // assigning a short string would keep a long one's memory
}

const RootNamespaces* Framer::root() const { return root_; }

std::size_t Framer::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + heap_bytes(root_name_);
  if (partial_)
    bytes += sizeof(Partial) + heap_bytes(partial_->bytes) +
             partial_->names.capacity() * sizeof(ScanState::Name);
  if (own_root_) {
    bytes += sizeof(RootNamespaces) + heap_bytes(own_root_->default_ns) +
             own_root_->declared.capacity() * sizeof(RootNamespaces::Declared);
    for (const auto& [prefix, uri] : own_root_->declared)
      bytes += heap_bytes(prefix) + heap_bytes(uri);
  }
  return bytes;
}

Framer::Frame Framer::fail(FrameError error) {
  phase_ = Phase::kFailed;
  error_ = error;
  partial_.reset();
  return {Kind::kError, error, {}};
}

Framer::Frame Framer::next(std::string_view& input) {
  if (partial_ && partial_->handed_out)
    partial_.reset();
  if (phase_ == Phase::kFailed)
    return {Kind::kError, error_, {}};
  if (mode_ == Mode::kMessage)
    return message(std::exchange(input, {}));
  if (phase_ == Phase::kSelfClosed) {
    phase_ = Phase::kClosed;
    return {Kind::kStreamClose, FrameError::kNone, {}};
  }
  if (input.empty())
    return {};
  if (partial_)
    return resume(input);
  if (const std::size_t spaces = count_spaces(input); spaces != 0) {
    input.remove_prefix(spaces);
    if (phase_ == Phase::kStart)
      phase_ = Phase::kProlog;
    return {Kind::kWhitespace, FrameError::kNone, {}};
  }
  return begin(input);
}

// What the '<' at the start of `bytes` begins is told by the byte behind it and the phase.
Step Framer::scan(Scanner& scanner, std::string_view bytes) const {
  if (bytes.size() < 2)
    return Step::kMore;
  switch (bytes[1]) {
  case '?':
    return phase_ == Phase::kStart ? scanner.declaration()
                                   : scanner.refuse(FrameError::kRestricted);
  case '!':
    return scanner.refuse(FrameError::kRestricted);
  case '/':
    if (phase_ == Phase::kOpen)
      return scanner.end_tag(root_name_);
    [[fallthrough]];
  default:
    return phase_ == Phase::kOpen ? scanner.element() : scanner.start_tag();
  }
}

Framer::Frame Framer::begin(std::string_view& input) {
  if (phase_ == Phase::kClosed || input.front() != '<')
    return fail(FrameError::kNotWellFormed);
  const std::string_view bytes = input.substr(0, caps_.stanza_bytes_max);
  Scanner scanner(bytes, caps_);
  switch (scan(scanner, bytes)) {
  case Step::kFailed:
    return fail(scanner.error());
  case Step::kDone:
    input.remove_prefix(scanner.used());
    return finish(scanner, bytes, input);
  case Step::kMore:
    break;
  }
  if (bytes.size() >= caps_.stanza_bytes_max)
    return fail(FrameError::kTooLarge);
  partial_ = std::make_unique<Partial>(caps_);
  partial_->bytes = bytes;
  scanner.save(partial_->state, partial_->names);
  input = {};
  return {};
}

Framer::Frame Framer::resume(std::string_view& input) {
  Partial& partial = *partial_;
  std::string& bytes = partial.bytes;
  while (!input.empty()) {
    const std::size_t size = std::min({input.size(), std::max(kAppendBytes, bytes.size()),
                                       partial.caps.stanza_bytes_max - bytes.size()});
    bytes.append(input, 0, size);
    Scanner scanner(bytes, partial.caps, partial.state, partial.names);
    switch (scan(scanner, bytes)) {
    case Step::kFailed:
      return fail(scanner.error());
    case Step::kDone:
      input.remove_prefix(size - (bytes.size() - scanner.used()));
      partial.handed_out = true;
      return finish(scanner, bytes, input);
    case Step::kMore:
      break;
    }
    if (bytes.size() >= partial.caps.stanza_bytes_max)
      return fail(FrameError::kTooLarge);
    input.remove_prefix(size);
    scanner.save(partial.state, partial.names);
  }
  return {};
}

Framer::Frame Framer::finish(const Scanner& scanner, std::string_view bytes,
                             std::string_view& input) {
  bytes = bytes.substr(0, scanner.used());
  if (phase_ == Phase::kOpen) {
    if (bytes[1] != '/')
      return {Kind::kStanza, FrameError::kNone, bytes};
    phase_ = Phase::kClosed;
    return {Kind::kStreamClose, FrameError::kNone, bytes};
  }
  if (bytes[1] == '?') {
    phase_ = Phase::kProlog;
    return next(input);
  }
  RootNamespaces root = read_declarations(scanner);
  if (namespace_bytes(root) > caps_.root_namespace_bytes_max)
    return fail(FrameError::kTooComplex);
  root_ = find_shared(root);
  if (root_ == nullptr) {
    own_root_ = std::make_unique<const RootNamespaces>(std::move(root));
    root_ = own_root_.get();
  }
  root_name_ = scanner.element_name();
  phase_ = scanner.self_closed() ? Phase::kSelfClosed : Phase::kOpen;
  return {Kind::kStreamOpen, FrameError::kNone, bytes};
}

Framer::Frame Framer::message(std::string_view input) {
  if (input.size() > caps_.stanza_bytes_max)
    return fail(FrameError::kTooLarge);
  std::string_view rest = input;
  if (rest.starts_with("<?")) {
    Scanner scanner(rest, caps_);
    if (scanner.declaration() != Step::kDone)
      return fail(scanner.error());
    rest.remove_prefix(scanner.used());
  }
  rest.remove_prefix(count_spaces(rest));
  if (rest.empty() && !input.empty() && is_space(input.front()))
    return {Kind::kWhitespace, FrameError::kNone, {}};
  if (!rest.starts_with('<') || unexpected(rest) != FrameError::kNotWellFormed)
    return fail(unexpected(rest));

  Scanner scanner(rest, caps_);
  if (scanner.element() != Step::kDone)
    return fail(scanner.error());
  const std::string_view bytes = rest.substr(0, scanner.used());
  rest.remove_prefix(bytes.size());
  rest.remove_prefix(count_spaces(rest));
  if (!rest.empty())
    return fail(unexpected(rest));
  return {Kind::kStanza, FrameError::kNone, bytes};
}

} // namespace rookery::xml
