// One HTTP/1 request from bytes, piece by piece.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace rookery::net {

/// Boost.Beast's parser without its sockets, with this server's limits and rules on top. Refuses
/// what could be read in two ways: both lengths, several Hosts, bodies coded in another way than
/// chunked.
class HttpParser {
public:
  enum class Event : std::uint8_t {
    kNeedMore, // all input is consumed
    kHead,     // request line and headers are there: call set_body_limit(), then go on
    kComplete,
    kBad, // answer status() and close
  };

  /// A head of more bytes is kBad with 431; so many may also come with each chunk's size, else kBad
  /// with 400.
  explicit HttpParser(std::size_t header_bytes_max);
  ~HttpParser();

  /// Consumes the front of `input`, up to the next event.
  [[nodiscard]] Event feed(std::string_view& input);
  [[nodiscard]] int status() const { return status_; }

  /// After kHead: more than this in the body is kBad with 413, before it is read where its length
  /// is told.
  void set_body_limit(std::size_t bytes_max);
  /// After kHead: the client waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool expects_continue() const;
  /// After kHead: whether the connection may be used for another request.
  [[nodiscard]] bool keep_alive() const;

  /// After kHead: all but the body, which is there after kComplete. `peer` and `secure` are left to
  /// the caller.
  [[nodiscard]] HttpRequest& request() { return request_; }

private:
  struct Beast; // keeps Boost out of this header
  [[nodiscard]] Event bad(int status);
  [[nodiscard]] Event check_head();
  [[nodiscard]] Event complete();

  const std::size_t header_bytes_max_;
  std::unique_ptr<Beast> beast_;
  std::string unread_;
  std::size_t head_bytes_ = 0; // read so far
  HttpRequest request_;
  std::size_t body_bytes_max_ = 0;
  int status_ = 400;
};

} // namespace rookery::net
