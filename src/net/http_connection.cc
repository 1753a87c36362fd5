#include "net/http_connection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "net/http_headers.h"
#include "net/websocket_transport.h"

namespace rookery::net {
namespace {

const char* reason_phrase(int status) {
  switch (status) {
  case 101:
    return "Switching Protocols";
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 204:
    return "No Content";
  case 206:
    return "Partial Content";
  case 301:
    return "Moved Permanently";
  case 302:
    return "Found";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 408:
    return "Request Timeout";
  case 413:
    return "Content Too Large";
  case 415:
    return "Unsupported Media Type";
  case 426:
    return "Upgrade Required";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Status";
  }
}

/// A header that could split the response is left out: a name or value from outside must not write
/// headers.
void append_header(std::string& head, std::string_view name, std::string_view value) {
  constexpr std::string_view kSplitting("\r\n\0", 3);
  if (name.find_first_of(kSplitting) != name.npos || value.find_first_of(kSplitting) != value.npos)
    return;
  fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

} // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
  if (found == headers.end())
    return std::nullopt;
  return found->second;
}

// ---- The responder and its connection

HttpResponder::HttpResponder(HttpConnection& connection, runtime::Loop& loop)
    : connection_(&connection), loop_(&loop) {
  connection.responder_ = this;
}

HttpResponder::HttpResponder(HttpResponder&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), loop_(other.loop_) {
  if (connection_ != nullptr)
    connection_->responder_ = this;
}

HttpResponder::~HttpResponder() {
  if (connection_ != nullptr)
    respond({.status = 500, .content_type = {}, .headers = {}, .body = {}});
}

void HttpResponder::respond(const HttpResponse& response) {
  ROOKERY_ASSERT(loop_->in_loop_thread());
  HttpConnection* const connection = std::exchange(connection_, nullptr);
  if (connection == nullptr)
    return;
  connection->responder_ = nullptr;
  connection->respond(response);
}

// ---- The connections of a loop

void HttpConnections::add(runtime::Loop& loop, std::unique_ptr<Transport> transport,
                          const IpAddress& peer) {
  all_.push_front(std::make_unique<HttpConnection>(*this, loop, std::move(transport), peer));
  all_.front()->self_ = all_.begin();
}

void HttpConnections::remove(HttpConnection& connection) { all_.erase(connection.self_); }

// ---- Requests

HttpConnection::HttpConnection(HttpConnections& owner, runtime::Loop& loop,
                               std::unique_ptr<Transport> transport, const IpAddress& peer)
    : context_(owner.context_), owner_(owner), loop_(loop), transport_(std::move(transport)),
      peer_(peer) {
  transport_->set_output_limit(context_.config.output_bytes_max);
  transport_->attach(loop_, *this);
  loop_.arm(*this, context_.config.request_deadline);
}

HttpConnection::~HttpConnection() {
  if (responder_ != nullptr)
    responder_->connection_ = nullptr;
}

void HttpConnection::on_data(std::string_view data) {
  if (responder_ == nullptr && pipelined_ == nullptr)
    return (void)process(data);
  // One request at a time: what comes meanwhile waits, at most this and what the kernel holds.
  if (pipelined_ == nullptr)
    pipelined_ = std::make_unique<std::string>();
  pipelined_->append(data);
  transport_->set_reading(false);
}

bool HttpConnection::process(std::string_view input) {
  while (!closing_) {
    if (parser_ == nullptr) {
      input.remove_prefix(std::min(input.find_first_not_of("\r\n"), input.size()));
      if (input.empty())
        return true;
      parser_ = std::make_unique<HttpParser>(context_.config.header_bytes_max);
      if (!first_)
        loop_.arm(*this, context_.config.request_deadline);
      first_ = false;
    }
    switch (parser_->feed(input)) {
    case HttpParser::Event::kNeedMore:
      return true;
    case HttpParser::Event::kBad:
      refuse(parser_->status());
      return true;
    case HttpParser::Event::kHead:
      if (!on_head(!input.empty()))
        return false;
      break;
    case HttpParser::Event::kComplete:
      dispatch();
      if (responder_ == nullptr)
        break; // answered at once
      if (!input.empty())
        pipelined_ = std::make_unique<std::string>(input);
      return true;
    }
  }
  return true;
}

bool HttpConnection::on_head(bool input_follows) {
  HttpRequest& request = parser_->request();
  const bool trusted = is_trusted(peer_, context_.config.trusted_proxies);
  request.peer = forwarded_peer(request, peer_, context_.config.trusted_proxies);
  request.secure =
      transport_->tls().active ||
      (trusted && ascii_lower(request.header("x-forwarded-proto").value_or("")) == "https");
  head_only_ = request.method == HttpMethod::kHead;
  keep_alive_ = parser_->keep_alive();
  route_ = context_.routes.find(request.path);
  if (route_ == nullptr) {
    refuse(404);
    return true;
  }
  if (route_->websocket) {
    if (input_follows) { // nothing may come before our answer
      refuse(400);
      return true;
    }
    return upgrade(*route_->websocket, request);
  }
  parser_->set_body_limit(route_->body_bytes_max);
  if (parser_->expects_continue() && !input_follows)
    transport_->send("HTTP/1.1 100 Continue\r\n\r\n");
  return true;
}

void HttpConnection::dispatch() {
  Timer::cancel(); // from here on it is the handler who takes its time
  const std::unique_ptr<HttpParser> parser = std::move(parser_);
  const HttpRequest& request = parser->request();
  route_->handler(request, HttpResponder(*this, loop_));
}

bool HttpConnection::upgrade(const WebSocketRoute& route, const HttpRequest& request) {
  const HttpResponse response = answer_websocket(request, route.config);
  if (response.status != 101) {
    context_.log.at(LogLevel::kInfo, "net", "websocket refused status={} path={} origin={:?}",
                    response.status, request.path, request.header("origin").value_or(""));
    keep_alive_ = false;
    respond(response);
    return true;
  }
  keep_alive_ = true;
  write(response);
  const WebSocketTransport::Options options{
      .limits = {.message_bytes_max = route.config.message_bytes_max,
                 .fragments_max = route.config.fragments_max},
      .peer = request.peer,
      .proxied_tls = request.secure};
  transport_->detach();
  transport_->set_output_limit(Transport::kOutputBytesMax);
  auto websocket = std::make_unique<WebSocketTransport>(std::move(transport_), options);
  runtime::Loop& loop = loop_;
  owner_.remove(*this);
  route.handler(loop, std::move(websocket), options.peer);
  return false;
}

// ---- Responses

void HttpConnection::respond(const HttpResponse& response) {
  write(response);
  if (!keep_alive_)
    return close();
  loop_.arm(*this, context_.config.idle_deadline);
  // Not from inside the handler's call.
  if (pipelined_ != nullptr)
    loop_.at_turn_end(*this);
}

void HttpConnection::on_turn_end() {
  const std::unique_ptr<std::string> held = std::move(pipelined_);
  transport_->set_reading(true);
  (void)process(*held);
}

void HttpConnection::close() {
  closing_ = true;
  Timer::cancel(); // the transport has a deadline of its own for this
  parser_.reset();
  transport_->close();
}

void HttpConnection::refuse(int status) {
  keep_alive_ = false;
  respond({.status = status,
           .content_type = "text/plain",
           .headers = {},
           .body = fmt::format("{} {}\n", status, reason_phrase(status))});
}

void HttpConnection::write(const HttpResponse& response) {
  std::string head;
  head.reserve(256);
  const bool upgraded = response.status == 101;
  fmt::format_to(std::back_inserter(head),
                 "HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n", response.status,
                 reason_phrase(response.status),
                 fmt::gmtime(std::chrono::system_clock::to_time_t(loop_.clock().wall())));
  if (!response.content_type.empty())
    append_header(head, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers)
    append_header(head, name, value);
  if (!upgraded) {
    for (const auto& [name, value] : context_.config.common_headers)
      append_header(head, name, value);
  }
  if (has_body(response.status))
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  if (!keep_alive_)
    head += "Connection: close\r\n";
  head += "\r\n";
  transport_->send(head);
  if (!head_only_ && has_body(response.status))
    transport_->send(response.body);
}

void HttpConnection::on_timer() {
  const std::size_t queued = transport_->queued_bytes();
  if (parser_ == nullptr && queued != 0 && queued != queued_at_timer_) {
    queued_at_timer_ = queued; // a large answer on a slow line is not idleness
    loop_.arm(*this, context_.config.idle_deadline);
    return;
  }
  if (parser_ != nullptr)
    return refuse(408);
  close();
}

} // namespace rookery::net
