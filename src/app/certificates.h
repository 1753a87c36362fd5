// Which certificate files the program uses, and TLS with them.
#pragma once

#include <filesystem>
#include <memory>

#include "app/config.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "net/tls_context.h"

namespace rookery::app {

/// With the configured files; where there are none, with a self-signed one in DATA/tls, made on
/// first use.
[[nodiscard]] Result<std::unique_ptr<net::TlsContext>> make_tls(const Config& config,
                                                                const std::filesystem::path& data,
                                                                const Clock& clock, Random& random);
/// An error of TlsContext about a file that the configuration names: with the key and its place
/// there. Any other as it is.
[[nodiscard]] Error with_place(const Config& config, Error error);

} // namespace rookery::app
