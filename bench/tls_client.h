// The client's side of TLS, with session tickets that outlive a connection.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "net/tls_session.h"

struct ssl_ctx_st;
struct ssl_session_st;

namespace rookery::bench {

struct TlsTicketFree {
  void operator()(ssl_session_st* session) const;
};
/// What resumes a session; replaced whenever the server gives a new one.
using TlsTicket = std::unique_ptr<ssl_session_st, TlsTicketFree>;

/// Belongs to one thread. Certificates are not checked: servers under test make their own.
class TlsClient {
public:
  TlsClient();
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// `ticket` is used where there is one, and kept up to date as long as the session lives; null:
  /// every handshake is a full one.
  [[nodiscard]] net::TlsSession session(int descriptor, const std::string& name, TlsTicket* ticket);

private:
  ssl_ctx_st* context_;
};

} // namespace rookery::bench
