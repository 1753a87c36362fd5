#include "net/http_routes.h"

#include "base/assert.h"

namespace rookery::net {

void HttpRoutes::add(std::string path, HttpRoute route) {
  ROOKERY_ASSERT(path.starts_with('/'));
  ROOKERY_ASSERT(exact_.try_emplace(std::move(path), std::move(route)).second);
}

void HttpRoutes::add_prefix(std::string prefix, HttpRoute route) {
  ROOKERY_ASSERT(prefix.starts_with('/') && prefix.ends_with('/'));
  ROOKERY_ASSERT(prefixes_.try_emplace(std::move(prefix), std::move(route)).second);
}

const HttpRoute* HttpRoutes::find(std::string_view path) const {
  if (const auto exact = exact_.find(path); exact != exact_.end())
    return &exact->second;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos;
       slash = slash == 0 ? std::string_view::npos : path.rfind('/', slash - 1)) {
    const auto prefix = prefixes_.find(path.substr(0, slash + 1));
    if (prefix != prefixes_.end())
      return &prefix->second;
  }
  return nullptr;
}

} // namespace rookery::net
