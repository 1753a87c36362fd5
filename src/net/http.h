// HTTP as its users see it: a request, a way to answer it, and what a route accepts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/ip_address.h"

namespace rookery::runtime {
class Loop;
}

namespace rookery::net {

enum class HttpMethod : std::uint8_t { kGet, kHead, kPost, kPut, kDelete, kOptions };

struct HttpRequest {
  HttpMethod method = HttpMethod::kGet;
  /// Decoded and normalised (see normalise_path()): begins with '/', has no "." or ".." segments.
  std::string path;
  /// What stands behind '?', undecoded.
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers; // names in lower case, in order
  std::string body;
  /// Who asks: the peer, or whom a trusted proxy says it stands for (X-Forwarded-For).
  IpAddress peer;
  bool secure = false; // came over TLS here, or says a trusted proxy (X-Forwarded-Proto)
  std::string host;    // of the Host header, lower case, without port

  /// The first header of that name, which is in lower case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type{}; // left out where empty
  std::vector<std::pair<std::string, std::string>> headers{};
  /// Not sent in answer to HEAD, but its length is.
  std::string body{};
};

class HttpConnection;

/// The right and the duty to answer one request, once. It may be kept and used later, on the
/// connection's loop thread. Destroyed unused it answers 500. When the connection is gone the
/// answer is dropped silently.
class HttpResponder {
public:
  HttpResponder(HttpResponder&& other) noexcept;
  HttpResponder& operator=(HttpResponder&&) = delete;
  ~HttpResponder();

  void respond(const HttpResponse& response);
  /// False when nobody waits any more.
  [[nodiscard]] bool alive() const { return connection_ != nullptr; }
  /// The thread on which it must be used.
  [[nodiscard]] runtime::Loop& loop() const { return *loop_; }

private:
  friend class HttpConnection;
  HttpResponder(HttpConnection& connection, runtime::Loop& loop);

  HttpConnection* connection_; // they know each other: whoever goes first tells the other
  runtime::Loop* loop_;
};

} // namespace rookery::net
