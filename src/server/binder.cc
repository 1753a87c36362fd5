#include "server/binder.h"

#include <algorithm>

#include "base/assert.h"

namespace rookery::server {

void Binder::add_iq(Hooks::ByElement<std::vector<Hooks::IqHandler>>& table,
                    Hooks::IqHandler handler, std::string_view name, std::string_view ns) {
  auto& handlers = table[Hooks::IqKey{std::string(name), std::string(ns)}];
  for (const Hooks::IqHandler& other : handlers)
    ROOKERY_ASSERT((static_cast<unsigned>(other.target) & static_cast<unsigned>(handler.target)) ==
                   0);
  handlers.push_back(handler);
}

namespace {

template <class Signature> void sort(Hooks::List<Signature>& list) {
  std::ranges::stable_sort(list, [](const auto& a, const auto& b) {
    return a.phase != b.phase ? a.phase < b.phase : a.module < b.module;
  });
}

} // namespace

void Hooks::freeze() {
  // bind_feature stays as it is: bind_feature_ns has indexes into it, and no two answer the same
  // namespace.
  sort(outbound);
  sort(inbound);
  sort(presence_out);
  sort(presence_in);
  sort(copy);
  sort(keep);
  sort(hold);
  sort(farewell);
  sort(session_bound);
  sort(session_resumed);
  sort(session_detached);
  sort(session_closed);
  sort(account_loaded);
  sort(stream_features);
  sort(server_info);
}

} // namespace rookery::server
