#include "bench/tls_client.h"

#include <openssl/ssl.h>

#include "base/assert.h"

namespace rookery::bench {
namespace {

int keep_ticket(SSL* ssl, SSL_SESSION* session) {
  auto* ticket = static_cast<TlsTicket*>(SSL_get_app_data(ssl));
  if (ticket == nullptr)
    return 0;
  ticket->reset(session);
  return 1; // it is ours now
}

} // namespace

void TlsTicketFree::operator()(ssl_session_st* session) const { SSL_SESSION_free(session); }

TlsClient::TlsClient() : context_(SSL_CTX_new(TLS_client_method())) {
  ROOKERY_ASSERT(context_ != nullptr);
  SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                 SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context_, 1);
  SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_, keep_ticket);
}

TlsClient::~TlsClient() { SSL_CTX_free(context_); }

net::TlsSession TlsClient::session(int descriptor, const std::string& name, TlsTicket* ticket) {
  SSL* ssl = SSL_new(context_);
  ROOKERY_ASSERT(ssl != nullptr);
  SSL_set_tlsext_host_name(ssl, name.c_str());
  SSL_set_app_data(ssl, ticket);
  if (ticket != nullptr && *ticket != nullptr)
    SSL_set_session(ssl, ticket->get());
  SSL_set_connect_state(ssl);
  return {ssl, descriptor};
}

} // namespace rookery::bench
