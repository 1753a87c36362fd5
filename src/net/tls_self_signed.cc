#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <system_error>

#include "net/openssl_util.h"
#include "net/tls_context.h"
#include "runtime/descriptor.h"

namespace rookery::net {
namespace {

constexpr std::chrono::days kValidFor{3650};
/// Against clocks that are a little behind.
constexpr std::chrono::hours kValidSince{24};
constexpr int kSerialBytes = 16;

bool set_time(ASN1_TIME* field, WallTime time) {
  return ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr;
}

bool set_serial(X509& certificate) {
  unsigned char bytes[kSerialBytes];
  if (RAND_bytes(bytes, kSerialBytes) != 1)
    return false;
  bytes[0] &= 0x7f; // positive
  BIGNUM* number = BN_bin2bn(bytes, kSerialBytes, nullptr);
  const bool set = number != nullptr &&
                   BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool add_extension(X509& certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(&certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// RFC 5280 bounds a common name to 64 characters; the names that count are the alternative ones.
bool set_names(X509& certificate, std::span<const std::string> domains) {
  X509_NAME* subject = X509_get_subject_name(&certificate);
  const std::string common = domains.front().substr(0, 64);
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1,
                                 0) != 1 ||
      X509_set_issuer_name(&certificate, subject) != 1)
    return false;
  std::string alternatives;
  for (const std::string& domain : domains)
    alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + domain;
  return add_extension(certificate, NID_subject_alt_name, alternatives);
}

X509Ptr make_certificate(std::span<const std::string> domains, EVP_PKEY& key, WallTime now) {
  X509Ptr made(X509_new());
  X509* const certificate = made.get();
  constexpr int kVersion3 = 2;
  const bool good = certificate != nullptr && X509_set_version(certificate, kVersion3) == 1 &&
                    set_serial(*certificate) &&
                    set_time(X509_getm_notBefore(certificate), now - kValidSince) &&
                    set_time(X509_getm_notAfter(certificate), now + kValidFor) &&
                    X509_set_pubkey(certificate, &key) == 1 && set_names(*certificate, domains) &&
                    add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(*certificate, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(*certificate, NID_ext_key_usage, "serverAuth") &&
                    X509_sign(certificate, &key, EVP_sha256()) != 0;
  if (!good)
    made.reset();
  return made;
}

Status write_new_file(const std::filesystem::path& path, BIO& content) {
  const auto failed = [&] {
    return fail("cannot be written: " + std::generic_category().message(errno), path.string());
  };
  char* bytes = nullptr;
  auto left = static_cast<std::size_t>(BIO_get_mem_data(&content, &bytes));
  const runtime::Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.valid())
    return failed();
  while (left != 0) {
    const auto written = ::write(file.get(), bytes, left);
    if (written < 0)
      return failed();
    bytes += written;
    left -= static_cast<std::size_t>(written);
  }
  if (::fsync(file.get()) != 0)
    return failed();
  return {};
}

} // namespace

Status generate_self_signed(std::span<const std::string> domains,
                            const std::filesystem::path& chain, const std::filesystem::path& key,
                            WallTime now) {
  if (domains.empty())
    return fail("a certificate needs a domain", chain.string());
  for (const std::string& domain : domains) {
    // The extension's text form gives these a meaning of their own.
    if (domain.empty() || domain.find_first_of(",:\n\r;/ ") != std::string::npos)
      return fail("not a domain name: \"" + domain + "\"", chain.string());
  }
  ERR_clear_error();
  const KeyPtr pair(EVP_EC_gen("P-256"));
  const X509Ptr certificate = pair != nullptr ? make_certificate(domains, *pair, now) : X509Ptr();
  const BioPtr key_text(BIO_new(BIO_s_secmem()));
  const BioPtr chain_text(BIO_new(BIO_s_mem()));
  if (certificate == nullptr ||
      PEM_write_bio_PrivateKey(key_text.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509(chain_text.get(), certificate.get()) != 1)
    return fail("cannot make a certificate: " + take_openssl_error(), chain.string());
  if (Status written = write_new_file(key, *key_text); !written)
    return written;
  return write_new_file(chain, *chain_text);
}

} // namespace rookery::net
