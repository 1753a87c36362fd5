// What other parsers make of a text; see tree_for_test.h.
#include <expat.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <strings.h>

#include <algorithm>
#include <cstring>

#include "xml/chars.h"
#include "xml/tree_for_test.h"

namespace rookery::xml::test {
namespace {

constexpr char kSeparator = '\x01'; // cannot occur in a document

struct ExpatRun {
  XML_Parser parser;
  std::string_view text;
  bool in_stream;
  int depth = 0;
  bool refused = false;
  std::string tree, piece;

  void flush() {
    if (!piece.empty()) {
      tree.append("$");
      add_field(tree, piece);
    }
    piece.clear();
  }
  void add_name(const char* name) {
    const char* at = std::strchr(name, kSeparator);
    add_field(tree, at == nullptr ? std::string_view() : std::string_view(name, at));
    add_field(tree, at == nullptr ? name : at + 1);
  }
};

ExpatRun& run_of(void* data) { return *static_cast<ExpatRun*>(data); }

void on_start(void* data, const char* name, const char** attributes) {
  ExpatRun& run = run_of(data);
  run.flush();
  ++run.depth;
  run.tree.append("<");
  run.add_name(name);
  for (; *attributes != nullptr; attributes += 2) {
    run.tree.append("@");
    run.add_name(attributes[0]);
    add_field(run.tree, attributes[1]);
  }
}

void on_end(void* data, const char*) {
  ExpatRun& run = run_of(data);
  run.flush();
  --run.depth;
  run.tree.append(">");
}

void on_text(void* data, const char* text, int length) {
  ExpatRun& run = run_of(data);
  if (run.in_stream && run.depth == 1) {
    // Only white space as such may stand between stanzas, no reference to it.
    const auto at = static_cast<std::size_t>(XML_GetCurrentByteIndex(run.parser));
    if (!is_space(run.text[at]) || !std::all_of(text, text + length, is_space))
      run.refused = true;
    return;
  }
  run.piece.append(text, static_cast<std::size_t>(length));
}

void on_cdata(void* data) {
  if (run_of(data).in_stream && run_of(data).depth == 1)
    run_of(data).refused = true;
}

void on_declaration(void* data, const char* version, const char* encoding, int) {
  if (version == nullptr || std::strcmp(version, "1.0") != 0)
    run_of(data).refused = true;
  if (encoding != nullptr && strcasecmp(encoding, "utf-8") != 0)
    run_of(data).refused = true;
}

void refuse(void* data) { run_of(data).refused = true; }

void add_libxml_text(std::string& piece, const xmlNode* node) {
  if (node->content != nullptr)
    piece.append(reinterpret_cast<const char*>(node->content));
}

std::string_view text_of(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

void add_libxml_tree(std::string& out, const xmlNode* element) {
  out.append("<");
  add_field(out, element->ns == nullptr ? "" : text_of(element->ns->href));
  add_field(out, text_of(element->name));
  for (const xmlAttr* at = element->properties; at != nullptr; at = at->next) {
    out.append("@");
    add_field(out, at->ns == nullptr ? "" : text_of(at->ns->href));
    add_field(out, text_of(at->name));
    std::string value;
    for (const xmlNode* child = at->children; child != nullptr; child = child->next)
      add_libxml_text(value, child);
    add_field(out, value);
  }
  std::string piece;
  const auto flush = [&] {
    if (!piece.empty()) {
      out.append("$");
      add_field(out, piece);
    }
    piece.clear();
  };
  for (const xmlNode* child = element->children; child != nullptr; child = child->next) {
    if (child->type != XML_ELEMENT_NODE) {
      add_libxml_text(piece, child);
      continue;
    }
    flush();
    add_libxml_tree(out, child);
  }
  flush();
  out.append(">");
}

} // namespace

std::string expat_tree(std::string_view text, bool in_stream) {
  static XML_Parser parser = XML_ParserCreateNS("UTF-8", kSeparator);
  XML_ParserReset(parser, "UTF-8");
  ExpatRun run{.parser = parser, .text = text, .in_stream = in_stream, .tree = {}, .piece = {}};
  XML_SetUserData(parser, &run);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  XML_SetStartCdataSectionHandler(parser, on_cdata);
  XML_SetXmlDeclHandler(parser, on_declaration);
  XML_SetCommentHandler(parser, [](void* data, const char*) { refuse(data); });
  XML_SetProcessingInstructionHandler(parser,
                                      [](void* data, const char*, const char*) { refuse(data); });
  XML_SetStartDoctypeDeclHandler(
      parser, [](void* data, const char*, const char*, const char*, int) { refuse(data); });
  const bool good =
      XML_Parse(parser, text.data(), static_cast<int>(text.size()), 1) == XML_STATUS_OK;
  // XMPP knows no byte order mark (RFC 6120 §11.6).
  if (!good || run.refused || text.starts_with("\xEF\xBB\xBF"))
    return {};
  return run.tree;
}

std::string libxml_tree(std::string_view text) {
  xmlDoc* document = xmlReadMemory(text.data(), static_cast<int>(text.size()), "", "UTF-8",
                                   XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOERROR |
                                       XML_PARSE_NOWARNING | XML_PARSE_HUGE);
  std::string tree;
  if (document != nullptr)
    add_libxml_tree(tree, xmlDocGetRootElement(document));
  xmlFreeDoc(document);
  return tree;
}

} // namespace rookery::xml::test
