// Namespaces that XML itself reserves.
#pragma once

#include <string_view>

namespace rookery::xml {

inline constexpr std::string_view kXmlNs = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view kXmlnsNs = "http://www.w3.org/2000/xmlns/";

} // namespace rookery::xml
