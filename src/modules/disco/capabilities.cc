#include "modules/disco/capabilities.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "xmpp/crypto.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::disco {
namespace {

/// Sorted by key ("i;octet"), then appended one after the other.
using Parts = std::vector<std::pair<std::string, std::string>>;

void append_sorted(std::string& out, Parts parts) {
  std::ranges::sort(parts);
  for (const auto& [key, text] : parts)
    out += text;
}

std::string identity(const xml::Element& element, std::string& key) {
  key.assign(element.attribute_or_empty("category")).append(1, '/');
  key.append(element.attribute_or_empty("type")).append(1, '/');
  key.append(element.lang().value_or(""));
  return key + '/' + std::string(element.attribute_or_empty("name")) + '<';
}

std::string values(const xml::Element& field) {
  std::vector<std::string> sorted;
  for (const xml::Element value : field.children())
    if (value.is("value", xmpp::kNsDataForms))
      sorted.push_back(value.text());
  std::ranges::sort(sorted);
  std::string out;
  for (const std::string& value : sorted)
    out.append(value).append(1, '<');
  return out;
}

std::string form(const xml::Element& x, std::string& key) {
  Parts fields;
  for (const xml::Element field : x.children()) {
    if (!field.is("field", xmpp::kNsDataForms))
      continue;
    const std::string var(field.attribute_or_empty("var"));
    if (var == "FORM_TYPE")
      key = values(field);
    else
      fields.emplace_back(var, var + '<' + values(field));
  }
  std::string out = key;
  append_sorted(out, std::move(fields));
  return out;
}

} // namespace

std::string verification_input(const xml::Element& query) {
  Parts identities, features, forms;
  for (const xml::Element child : query.children()) {
    std::string key;
    if (child.is("identity", xmpp::kNsDiscoInfo)) {
      std::string text = identity(child, key);
      identities.emplace_back(std::move(key), std::move(text));
    } else if (child.is("feature", xmpp::kNsDiscoInfo)) {
      key = child.attribute_or_empty("var");
      features.emplace_back(key, key + '<');
    } else if (child.is("x", xmpp::kNsDataForms)) {
      std::string text = form(child, key);
      if (!key.empty()) // §5.4: a form without FORM_TYPE does not count
        forms.emplace_back(std::move(key), std::move(text));
    }
  }
  std::string out;
  append_sorted(out, std::move(identities));
  append_sorted(out, std::move(features));
  append_sorted(out, std::move(forms));
  return out;
}

std::string verification_string(const xml::Element& query) {
  return base64_encode(xmpp::hash(xmpp::HashKind::kSha1, verification_input(query)).view());
}

} // namespace rookery::modules::disco
