#include "server/core_info.h"

#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

constexpr Xep kXeps[] = {
    {156, "1.4.0", "host-meta, XML and JSON"},
    {160, "1.0.1", "for devices that do not read the history themselves"},
    {198, "1.6.3", "resumption also after a restart of the server, for messages"},
    {203, "2.0"},
    {297, "1.0"},
    {334, "1.0.0", "what is to be stored and what not"},
    {359, "0.7.0"},
    {368, "1.1.0"},
    {386, "1.1.0"},
    {388, "1.0.4"},
    {440, "1.0.0"},
    {474, "0.5.0"},
    {478, "0.2.0"},
    {484, "0.2.0"},
};

constexpr Feature kFeatures[] = {
    {xmpp::kNsOffline, Target::kServer},
    {xmpp::kNsSid, Target::kAccount},
};

constexpr ModuleInfo kInfo{
    .name = "core",
    .about = "streams, signing in, delivery, the log",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

} // namespace

const ModuleInfo& core_info() { return kInfo; }

} // namespace rookery::server
