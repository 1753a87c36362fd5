#include "app/certificates.h"

#include <algorithm>
#include <vector>

namespace rookery::app {
namespace {

Result<std::vector<net::CertificateFiles>>
certificate_files(const Config& config, const std::filesystem::path& data, const Clock& clock) {
  std::vector<net::CertificateFiles> files;
  const auto chains = config.section("tls").texts("certificates");
  const auto keys = config.section("tls").texts("keys");
  for (std::size_t i = 0; i < chains.size(); ++i)
    files.push_back({.domains = {}, .chain = chains[i], .key = keys[i]});
  if (!files.empty())
    return files;

  const std::filesystem::path directory = data / "tls";
  const net::CertificateFiles own{
      .domains = {}, .chain = directory / "self-signed.crt", .key = directory / "self-signed.key"};
  std::error_code error;
  if (!std::filesystem::exists(own.chain)) {
    std::filesystem::create_directories(directory, error);
    if (error)
      return fail("the directory cannot be made: " + error.message(), directory.string(),
                  "check who may write there");
    const std::vector<std::string> domains = config.server_options().domains;
    if (Status made = net::generate_self_signed(domains, own.chain, own.key, clock.wall()); !made)
      return std::unexpected(made.error());
  }
  return std::vector{own};
}

} // namespace

Result<std::unique_ptr<net::TlsContext>> make_tls(const Config& config,
                                                  const std::filesystem::path& data,
                                                  const Clock& clock, Random& random) {
  auto files = certificate_files(config, data, clock);
  if (!files)
    return std::unexpected(files.error());
  auto tls = net::TlsContext::create(std::move(*files), clock, random);
  if (!tls)
    return std::unexpected(with_place(config, std::move(tls.error())));
  return tls;
}

Error with_place(const Config& config, Error error) {
  const Settings& tls = config.section("tls");
  for (const std::string_view key : {"certificates", "keys"}) {
    const std::vector<std::string> files = tls.texts(key);
    if (std::ranges::find(files, error.where) != files.end())
      return tls.mistake(key, "has \"" + error.where + "\": " + error.what,
                         std::move(error.advice));
  }
  return error;
}

} // namespace rookery::app
