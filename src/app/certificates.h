// Which certificate files the program uses.
#pragma once

#include <filesystem>
#include <vector>

#include "app/config.h"
#include "base/clock.h"
#include "net/tls_context.h"

namespace rookery::app {

/// The configured ones; where there are none, a self-signed one in DATA/tls, made on first use.
[[nodiscard]] Result<std::vector<net::CertificateFiles>>
certificate_files(const Config& config, const std::filesystem::path& data, const Clock& clock);

} // namespace rookery::app
