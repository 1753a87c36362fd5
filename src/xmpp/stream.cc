#include "xmpp/stream.h"

#include <algorithm>

#include "base/assert.h"
#include "xml/writer.h"
#include "xmpp/jid.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 6120 §4.7.5: "major.minor", leading zeros without meaning. Every major version but 0 is
/// answered with 1.0.
bool is_supported_version(std::string_view version) {
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos)
    return false;
  const std::string_view major = version.substr(0, dot);
  return is_number(major) && is_number(version.substr(dot + 1)) &&
         major.find_first_not_of('0') != std::string_view::npos;
}

/// What both forms say in the same attributes.
std::expected<StreamHeader, StreamError> read_attributes(const xml::Element& open) {
  if (!is_supported_version(open.attribute_or_empty("version")))
    return std::unexpected(StreamError(StreamCondition::kUnsupportedVersion));
  StreamHeader header;
  if (const std::string_view to = open.attribute_or_empty("to"); !to.empty()) {
    auto domain = prepare_domainpart(to);
    if (!domain)
      return std::unexpected(StreamError(StreamCondition::kHostUnknown));
    header.to = std::move(*domain);
  }
  if (const std::string_view from = open.attribute_or_empty("from"); !from.empty()) {
    const auto jid = Jid::parse(from);
    if (!jid)
      return std::unexpected(StreamError(StreamCondition::kInvalidFrom));
    header.from = jid->str();
  }
  header.lang = open.lang().value_or(std::string_view{});
  return header;
}

void append_attribute(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty())
    return;
  out.append(1, ' ').append(name).append("='");
  xml::append_escaped(out, value);
  out += '\'';
}

} // namespace

std::expected<StreamHeader, StreamError> read_stream_open(std::string_view start_tag) {
  ROOKERY_ASSERT(start_tag.starts_with('<') && start_tag.ends_with('>'));
  const std::string_view name = start_tag.substr(1, start_tag.find_first_of(" \t\r\n/>") - 1);
  start_tag.remove_suffix(start_tag.ends_with("/>") ? 2 : 1);
  // The root is closed for the reader's sake, around a child that shows which namespace is the
  // default.
  std::string whole;
  whole.append(start_tag).append("><default/></").append(name).append(1, '>');
  xml::Document document;
  if (!document.parse(whole, nullptr))
    return std::unexpected(StreamError(StreamCondition::kNotWellFormed));
  const xml::Element root = document.root();
  if (root.ns() != kNsStream || root.first_child().ns() != kNsClient)
    return std::unexpected(StreamError(StreamCondition::kInvalidNamespace));
  if (root.name() != "stream")
    return std::unexpected(StreamError(StreamCondition::kBadFormat));
  return read_attributes(root);
}

std::expected<StreamHeader, StreamError> read_framed_open(const xml::Element& open) {
  if (open.ns() != kNsFraming)
    return std::unexpected(StreamError(StreamCondition::kInvalidNamespace));
  if (open.name() != "open")
    return std::unexpected(StreamError(StreamCondition::kBadFormat));
  return read_attributes(open);
}

bool is_framed_close(const xml::Element& element) { return element.is("close", kNsFraming); }

void write_stream_open(std::string& out, StreamForm form, const StreamOpen& open) {
  if (form == StreamForm::kTcp) {
    out += "<?xml version='1.0'?><stream:stream";
    append_attribute(out, "xmlns", kNsClient);
    append_attribute(out, "xmlns:stream", kNsStream);
  } else {
    out += "<open";
    append_attribute(out, "xmlns", kNsFraming);
  }
  append_attribute(out, "id", open.id);
  append_attribute(out, "from", open.from);
  append_attribute(out, "to", open.to);
  append_attribute(out, "version", "1.0");
  append_attribute(out, "xml:lang", open.lang);
  out += form == StreamForm::kTcp ? ">" : "/>";
}

void write_stream_close(std::string& out, StreamForm form) {
  if (form == StreamForm::kTcp)
    out += "</stream:stream>";
  else
    out.append("<close xmlns='").append(kNsFraming).append("'/>");
}

void write_stream_features(std::string& out, StreamForm form, std::string_view inner) {
  out += "<stream:features";
  if (form == StreamForm::kWebSocket)
    append_attribute(out, "xmlns:stream", kNsStream);
  if (inner.empty()) {
    out += "/>";
    return;
  }
  out.append(1, '>').append(inner).append("</stream:features>");
}

} // namespace rookery::xmpp
