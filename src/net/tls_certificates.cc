#include "net/tls_certificates.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <system_error>

#include "net/openssl_util.h"

namespace rookery::net {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// Keys are small; a path that leads to something endless must not be followed to its end.
constexpr std::size_t kPemBytesMax = 1024 * 1024;

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return fail("cannot be read: " + std::generic_category().message(errno), path.string(),
                "check the path, and that the server's user may read it");
  std::string content(kPemBytesMax + 1, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || content.size() > kPemBytesMax)
    return fail("not a PEM file of a reasonable size", path.string());
  return content;
}

/// Never asks the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<std::vector<X509Ptr>> read_chain(const std::filesystem::path& path) {
  const auto pem = read_file(path);
  if (!pem)
    return std::unexpected(pem.error());
  const BioPtr bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  std::vector<X509Ptr> chain;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr))
    chain.emplace_back(certificate);
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (chain.empty() || !at_end)
    return fail(chain.empty() && at_end ? "holds no certificate"
                                        : "bad certificate: " + take_openssl_error(),
                path.string(), "a PEM file with the server's certificate first is needed");
  ERR_clear_error();
  return chain;
}

Result<KeyPtr> read_key(const std::filesystem::path& path) {
  const auto pem = read_file(path);
  if (!pem)
    return std::unexpected(pem.error());
  const BioPtr bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr)
    return fail("no usable private key: " + take_openssl_error(), path.string(),
                "a PEM file with a key without passphrase is needed");
  return key;
}

std::vector<std::string> names_of(X509& certificate) {
  std::vector<std::string> names;
  const GeneralNamesPtr alternatives(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  const int count = alternatives != nullptr ? sk_GENERAL_NAME_num(alternatives.get()) : 0;
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (name->type != GEN_DNS)
      continue;
    const std::string_view text(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    if (text.find('\0') == std::string_view::npos)
      names.push_back(lower(text));
  }
  return names;
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1)
    return WallTime{};
  return WallTime(Seconds(::timegm(&parts)));
}

CertificateInfo info_of(X509& certificate, const CertificateFiles& files) {
  CertificateInfo info{.domains = {},
                       .chain = files.chain,
                       .not_before = wall_time(X509_get0_notBefore(&certificate)),
                       .not_after = wall_time(X509_get0_notAfter(&certificate)),
                       .self_signed = X509_self_signed(&certificate, 0) == 1};
  if (files.domains.empty())
    info.domains = names_of(certificate);
  for (const std::string& domain : files.domains)
    info.domains.push_back(lower(domain));
  return info;
}

Status put_into(SSL_CTX& context, std::vector<X509Ptr>& chain, EVP_PKEY& key,
                const CertificateFiles& files) {
  if (SSL_CTX_use_certificate(&context, chain.front().get()) != 1)
    return fail("certificate refused: " + take_openssl_error(), files.chain.string());
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(&context, chain[i].get()) != 1)
      return fail("chain refused: " + take_openssl_error(), files.chain.string());
  }
  if (SSL_CTX_use_PrivateKey(&context, &key) != 1 || SSL_CTX_check_private_key(&context) != 1)
    return fail("does not belong to the certificate in " + files.chain.string() + ": " +
                    take_openssl_error(),
                files.key.string(), "give the key that the certificate was made for");
  return {};
}

} // namespace

void SslContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<std::unique_ptr<TlsCertificates>>
TlsCertificates::load(const std::vector<CertificateFiles>& files,
                      const std::function<SslContext()>& make) {
  if (files.empty())
    return fail("no certificate is configured");
  std::unique_ptr<TlsCertificates> loaded(new TlsCertificates);
  for (const CertificateFiles& one : files) {
    ERR_clear_error();
    auto chain = read_chain(one.chain);
    if (!chain)
      return std::unexpected(std::move(chain.error()));
    auto key = read_key(one.key);
    if (!key)
      return std::unexpected(std::move(key.error()));
    SslContext context = make();
    if (context == nullptr)
      return fail("no TLS context: " + take_openssl_error());
    if (Status put = put_into(*context, *chain, **key, one); !put)
      return std::unexpected(std::move(put.error()));
    CertificateInfo info = info_of(*chain->front(), one);
    for (const std::string& domain : info.domains)
      loaded->by_name_.try_emplace(domain, context.get());
    loaded->infos_.push_back(std::move(info));
    loaded->contexts_.push_back(std::move(context));
  }
  return loaded;
}

ssl_ctx_st* TlsCertificates::for_name(std::string_view server_name) const {
  std::string name = lower(server_name);
  if (name.ends_with('.'))
    name.pop_back();
  if (const auto exact = by_name_.find(name); exact != by_name_.end())
    return exact->second;
  if (const auto dot = name.find('.'); dot != std::string::npos && dot != 0) {
    const auto wildcard = by_name_.find("*" + name.substr(dot));
    if (wildcard != by_name_.end())
      return wildcard->second;
  }
  return first();
}

} // namespace rookery::net
