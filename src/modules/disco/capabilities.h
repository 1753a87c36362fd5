// XEP-0115 §5: the hash that says what an entity can do. Pure.
#pragma once

#include <string>

#include "xml/document.h"

namespace rookery::modules::disco {

/// S of §5.1 for a `<query/>` of disco#info: identities, features and forms, sorted, each part
/// followed by '<'.
[[nodiscard]] std::string verification_input(const xml::Element& query);
/// The value of `ver`: SHA-1 of that, in Base64.
[[nodiscard]] std::string verification_string(const xml::Element& query);

} // namespace rookery::modules::disco
