#include "bench/link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "bench/websocket_client.h"

namespace rookery::bench {

using net::TlsOutcome;

Link::Link(runtime::Loop& loop, const Address& address, LinkEvents& events)
    : loop_(loop), address_(address), events_(events) {}

Link::~Link() {
  if (socket_.valid())
    loop_.unwatch(socket_.get(), *this);
}

Status Link::connect() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(is_message_based() ? address_.http_port : address_.port);
  if (::inet_pton(AF_INET, address_.ip.c_str(), &to.sin_addr) != 1)
    return fail("this is no IPv4 address", address_.ip);
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (!socket_.valid() ||
      ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
       errno != EINPROGRESS) ||
      !loop_.watch(socket_.get(), *this)) {
    socket_.reset();
    return fail(std::strerror(errno), "connection", "see 'ulimit -n' and the range of local ports");
  }
  if (is_message_based()) {
    stage_ = Stage::kUpgrading;
    out_ = websocket_request(address_.domain);
    loop_.at_turn_end(*this);
  } else {
    events_.on_open();
  }
  return {};
}

void Link::start_tls(TlsClient& tls, TlsTicket* ticket) {
  tls_ = tls.session(socket_.get(), address_.domain, ticket);
  tls_.readable(hung_up_);
  stage_ = Stage::kHandshake;
  handshake();
}

void Link::cut() {
  if (tls_.valid() && tls_.established())
    tls_.shutdown(); // without it OpenSSL takes the session's tickets for bad ones
  loop_.unwatch(socket_.get(), *this);
  socket_.reset();
}

void Link::end(const std::string& why) {
  cut();
  events_.on_link_ended(why);
}

// --- out ---

void Link::send(std::string_view bytes) {
  if (is_message_based())
    append_websocket_message(out_, bytes);
  else
    out_ += bytes;
  loop_.at_turn_end(*this);
}

void Link::flush() {
  while (writable_ && !out_.empty() && socket_.valid() && stage_ != Stage::kHandshake)
    if (!write_some())
      return;
}

bool Link::write_some() {
  if (tls_.valid()) {
    const net::TlsSession::Transfer sent = tls_.write(out_);
    if (sent.outcome == TlsOutcome::kDone)
      out_.erase(0, sent.bytes);
    else if (sent.outcome == TlsOutcome::kWouldBlock)
      writable_ = false;
    else
      end("TLS cannot send");
    return sent.outcome == TlsOutcome::kDone;
  }
  const ssize_t sent = ::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL);
  if (sent >= 0) {
    out_.erase(0, static_cast<std::size_t>(sent));
    return true;
  }
  if (errno == EINTR)
    return true;
  if (errno == EAGAIN)
    writable_ = false;
  else
    end(fmt::format("cannot send: {}", std::strerror(errno)));
  return false;
}

// --- in ---

void Link::on_ready(bool readable, bool writable) {
  if (writable) {
    writable_ = true;
    flush();
  }
  if (readable && tls_.valid())
    tls_.readable(hung_up_);
  if (readable && socket_.valid())
    read();
}

void Link::read() {
  if (stage_ == Stage::kHandshake)
    handshake();
  while (socket_.valid() && stage_ != Stage::kHandshake)
    if (!read_some())
      return;
}

bool Link::read_some() {
  char* const into = loop_.scratch();
  if (tls_.valid()) {
    const net::TlsSession::Transfer got = tls_.read(into, runtime::Loop::kScratchBytes);
    if (got.outcome == TlsOutcome::kDone)
      take({into, got.bytes});
    else if (got.outcome != TlsOutcome::kWouldBlock)
      end("end of stream");
    return got.outcome == TlsOutcome::kDone;
  }
  const ssize_t got = ::recv(socket_.get(), into, runtime::Loop::kScratchBytes, 0);
  if (got > 0) {
    take({into, static_cast<std::size_t>(got)});
    // After a short read epoll tells of more.
    return hung_up_ || static_cast<std::size_t>(got) == runtime::Loop::kScratchBytes;
  }
  if (got < 0 && errno == EINTR)
    return true;
  if (got == 0 || errno != EAGAIN)
    end(got == 0 ? "end of stream" : std::strerror(errno));
  return false;
}

void Link::take(std::string_view data) {
  if (!is_message_based())
    return events_.on_data(data);
  std::string whole;
  if (!in_.empty()) {
    whole = std::exchange(in_, {});
    whole += data;
    data = whole;
  }
  if (stage_ == Stage::kUpgrading)
    upgraded(data);
  if (socket_.valid() && stage_ == Stage::kOpen)
    take_frames(data);
  in_ = data;
}

void Link::take_frames(std::string_view& data) {
  while (socket_.valid()) {
    const auto frame = take_websocket_frame(data);
    if (!frame)
      return;
    if (frame->kind == WebSocketFrame::Kind::kMessage)
      events_.on_data(frame->payload);
    else if (frame->kind == WebSocketFrame::Kind::kClose)
      return end("the WebSocket was closed");
  }
}

void Link::upgraded(std::string_view& data) {
  const std::size_t head = data.find("\r\n\r\n");
  if (head == std::string_view::npos)
    return;
  if (!data.starts_with("HTTP/1.1 101"))
    return end(fmt::format("no WebSocket: {}", data.substr(0, data.find('\r'))));
  data.remove_prefix(head + 4);
  stage_ = Stage::kOpen;
  events_.on_open();
}

void Link::handshake() {
  switch (tls_.handshake()) {
  case TlsOutcome::kWouldBlock:
    return;
  case TlsOutcome::kDone:
    stage_ = Stage::kOpen;
    return events_.on_secure();
  case TlsOutcome::kClosed:
  case TlsOutcome::kFailed:
    return end("the TLS handshake failed");
  }
}

} // namespace rookery::bench
