// What can be set of the program itself. Options of modules stand in the modules.
#include <array>

#include "app/config.h"

namespace rookery::app {
namespace {

using Type = server::Option::Type;

constexpr std::array kTop{
    server::Option{Type::kTexts, "domains", "[\"localhost\"]", 0, 0, "",
                   "domains served; the first is the default"},
    server::Option{Type::kInteger, "threads", "0", 0, 256, "threads",
                   "that serve connections; 0: one per core"},
};
constexpr std::array kListen{
    server::Option{Type::kTexts, "c2s", "[\"127.0.0.1:5222\", \"[::1]:5222\"]", 0, 0, "",
                   "clients, TLS by STARTTLS"},
    server::Option{Type::kTexts, "c2s_tls", "[\"127.0.0.1:5223\", \"[::1]:5223\"]", 0, 0, "",
                   "clients, TLS from the first byte"},
    server::Option{Type::kTexts, "http", "[\"127.0.0.1:5280\", \"[::1]:5280\"]", 0, 0, "",
                   "HTTP and WebSocket in clear"},
    server::Option{Type::kTexts, "https", "[\"127.0.0.1:5281\", \"[::1]:5281\"]", 0, 0, "",
                   "HTTPS and secure WebSocket"},
};
constexpr std::array kTls{
    server::Option{Type::kTexts, "certificates", "[]", 0, 0, "",
                   "PEM files with certificate chains; empty: a self-signed one is made"},
    server::Option{Type::kTexts, "keys", "[]", 0, 0, "",
                   "PEM files with the keys, in the same order"},
    server::Option{Type::kBool, "required", "true", 0, 0, "",
                   "of clients that are not on this machine"},
};
constexpr std::array kAuth{
    server::Option{Type::kBool, "plain", "true", 0, 0, "", "offer SASL PLAIN over TLS"},
    server::Option{Type::kBool, "plain_on_loopback", "true", 0, 0, "",
                   "offer SASL PLAIN without TLS to this machine"},
    server::Option{Type::kBool, "keep_addresses", "true", 0, 0, "",
                   "note for each device the address it last signed in from"},
    server::Option{Type::kSeconds, "deadline", "30", 5, 600, "", "from connection to signed in"},
};
constexpr std::array kHttp{
    server::Option{Type::kTexts, "origins", "[]", 0, 0, "",
                   "web pages of other hosts that may use the WebSocket; \"*\" allows all"},
    server::Option{Type::kTexts, "trusted_proxies", "[]", 0, 0, "",
                   "networks whose X-Forwarded-For is believed, like \"10.0.0.0/8\""},
    server::Option{
        Type::kText, "public_url", "", 0, 0, "",
        "where browsers reach this server, like https://chat.example.org; empty: as they asked"},
    server::Option{Type::kTexts, "metrics_from", "[\"127.0.0.0/8\", \"::1/128\"]", 0, 0, "",
                   "networks that may read /metrics"},
};
constexpr std::array kStore{
    server::Option{Type::kText, "durability", "power", 0, 0, "",
                   "\"power\": acknowledged messages survive a power cut; \"process\": a crash of "
                   "the program"},
    server::Option{Type::kInteger, "cache_megabytes", "12", 1, 1'000'000, "MB", "read cache"},
    server::Option{Type::kInteger, "memtable_megabytes", "16", 1, 10'000, "MB",
                   "index changes kept in memory before they are sorted to disk"},
};
constexpr std::array kLog{
    server::Option{Type::kText, "level", "info", 0, 0, "",
                   "\"debug\", \"info\", \"warning\" or \"error\""},
};
constexpr std::array kHistory{
    server::Option{
        Type::kText, "keep", "all", 0, 0, "",
        "\"all\": messages stay in the accounts' history; \"undelivered\": only until delivered"},
};
constexpr std::array kLimits{
    server::Option{Type::kInteger, "stanza_kilobytes", "512", 64, 16'384, "KB",
                   "one stanza of a client that has signed in"},
    server::Option{Type::kInteger, "output_kilobytes", "4096", 64, 1'048'576, "KB",
                   "waiting for a client that does not read; then its connection is closed"},
    server::Option{Type::kInteger, "rate_kilobytes", "4096", 1, 1'048'576, "KB/s",
                   "a client may send on average; above, it is slowed"},
    server::Option{Type::kInteger, "burst_kilobytes", "16384", 16, 1'048'576, "KB",
                   "a client may send at once"},
    server::Option{Type::kInteger, "devices", "64", 1, 1'000, "sessions",
                   "of one account at a time"},
    server::Option{Type::kInteger, "remembered_devices", "100", 1, 10'000, "devices",
                   "of one account; beyond, the one not used for longest is signed out"},
    server::Option{Type::kSeconds, "device_memory", "31536000", 86'400, 315'360'000, "",
                   "a device that was not used so long is signed out and forgotten"},
    server::Option{Type::kSeconds, "ping_after", "120", 10, 86'400, "",
                   "silence of a client after which it is pinged"},
    server::Option{Type::kSeconds, "ping_timeout", "30", 5, 600, "", "for the answer"},
    server::Option{Type::kSeconds, "resume", "600", 0, 86'400, "",
                   "a lost session waits for its client to come back"},
    server::Option{Type::kSeconds, "resume_max", "86400", 0, 604'800, "",
                   "the most a client may ask for"},
    server::Option{Type::kText, "resume_at", "", 0, 0, "",
                   "where lost sessions over TCP are told to come back, like "
                   "\"node1.example.org:5222\"; empty: where they were"},
    server::Option{
        Type::kInteger, "unacked_stanzas", "10000", 10, 1'000'000, "stanzas",
        "sent and not acknowledged; then the session ends, and history keeps its messages"},
    server::Option{Type::kInteger, "unacked_kilobytes", "4096", 16, 1'048'576, "KB",
                   "the same in bytes"},
    server::Option{Type::kInteger, "unauthenticated_per_address", "64", 1, 100'000, "connections",
                   "not signed in yet, from one address"},
};
constexpr std::array kSections{
    Section{"", "", kTop},
    Section{"listen", "Addresses and ports, as \"ADDRESS:PORT\"; an empty list closes that door.",
            kListen},
    Section{"tls", "Certificates. They are read again on SIGHUP.", kTls},
    Section{"auth", "Signing in.", kAuth},
    Section{"http", "The web server.", kHttp},
    Section{"store", "The store.", kStore},
    Section{"history", "What is kept of messages.", kHistory},
    Section{"log", "What the program writes about itself; never message text, never passwords.",
            kLog},
    Section{"limits", "What one client may cost.", kLimits},
};

} // namespace

std::span<const Section> core_sections() { return kSections; }

} // namespace rookery::app
