#include "net/http_parser.h"

#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_headers.h"
#include "net/http_path.h"

namespace rookery::net {

namespace http = boost::beast::http;

struct HttpParser::Beast {
  http::request_parser<http::string_body> parser;
};

namespace {

constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();

std::optional<HttpMethod> method_of(http::verb verb) {
  switch (verb) {
  case http::verb::get:
    return HttpMethod::kGet;
  case http::verb::head:
    return HttpMethod::kHead;
  case http::verb::post:
    return HttpMethod::kPost;
  case http::verb::put:
    return HttpMethod::kPut;
  case http::verb::delete_:
    return HttpMethod::kDelete;
  case http::verb::options:
    return HttpMethod::kOptions;
  default:
    return std::nullopt;
  }
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

int status_of(const boost::beast::error_code& error) {
  if (error == http::error::body_limit)
    return 413;
  if (error == http::error::bad_version)
    return 505;
  return 400;
}

} // namespace

HttpParser::HttpParser(std::size_t header_bytes_max)
    : header_bytes_max_(header_bytes_max), beast_(std::make_unique<Beast>()) {
  // Beast counts what it is given at once: whether a head is too long would depend on how it is
  // cut.
  beast_->parser.header_limit(std::numeric_limits<std::uint32_t>::max());
  beast_->parser.body_limit(boost::none); // set_body_limit() has its say before any body is read
  beast_->parser.eager(false); // put() reads one thing at a time: a line, the headers, a chunk's
                               // size, a piece of a body
}

HttpParser::~HttpParser() = default;

HttpParser::Event HttpParser::bad(int status) {
  status_ = status;
  return Event::kBad;
}

HttpParser::Event HttpParser::feed(std::string_view& input) {
  auto& parser = beast_->parser;
  const bool in_body = parser.is_header_done();
  if (in_body) {
    if (parser.is_done())
      return complete();
    if (const auto length = parser.content_length(); length && *length > body_bytes_max_)
      return bad(413);
  }
  if (input.empty())
    return Event::kNeedMore;
  // Beast leaves unread what it cannot finish (of a head, or of a chunk's), and wants to see it
  // again with what follows.
  const bool joined = !unread_.empty();
  if (joined)
    unread_ += input;
  std::string_view bytes = joined ? std::string_view(unread_) : input;
  boost::beast::error_code error;
  // No chunked body ends with less than this unread, and Beast asserts that it never sees less of
  // the last chunk twice.
  const std::size_t least = in_body && parser.chunked() ? kLastChunkBytes : 1;
  while (bytes.size() >= least && !error && !parser.is_done() &&
         parser.is_header_done() == in_body) {
    const std::size_t body_bytes = parser.get().body().size();
    const std::size_t read = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(read);
    if (!in_body)
      head_bytes_ += read;
    else if (parser.get().body().size() == body_bytes && read > header_bytes_max_)
      return bad(400); // the size of a chunk and what is said with it
  }
  if (error && error != http::error::need_more)
    return bad(status_of(error));
  const bool done = in_body ? parser.is_done() : parser.is_header_done();
  if ((in_body ? 0 : head_bytes_) + (done ? 0 : bytes.size()) > header_bytes_max_)
    return bad(in_body ? 400 : 431);
  if (done) {
    input = input.substr(input.size() - bytes.size());
    unread_.clear();
    return in_body ? complete() : check_head();
  }
  unread_ = std::string(bytes);
  input = {};
  return Event::kNeedMore;
}

HttpParser::Event HttpParser::complete() {
  request_.body = std::move(beast_->parser.get().body());
  return Event::kComplete;
}

HttpParser::Event HttpParser::check_head() {
  const auto& head = beast_->parser.get();
  const auto method = method_of(head.method());
  if (!method)
    return bad(501);
  auto target = normalise_target(view(head.target()));
  if (!target)
    return bad(400);
  if (head.count(http::field::host) != 1 && head.version() >= 11)
    return bad(400);
  if (head.count(http::field::content_encoding) != 0)
    return bad(415);
  if (head.count(http::field::transfer_encoding) != 0 && !beast_->parser.chunked())
    return bad(501);
  request_.method = *method;
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  for (const auto& field : head)
    request_.headers.emplace_back(ascii_lower(view(field.name_string())), view(field.value()));
  request_.host = host_name(request_.header("host").value_or(""));
  return Event::kHead;
}

void HttpParser::set_body_limit(std::size_t bytes_max) {
  body_bytes_max_ = bytes_max;
  beast_->parser.body_limit(bytes_max);
}

bool HttpParser::expects_continue() const {
  const auto& head = beast_->parser.get();
  return head.version() >= 11 && ascii_lower(view(head[http::field::expect])) == "100-continue";
}

bool HttpParser::keep_alive() const { return beast_->parser.keep_alive(); }

} // namespace rookery::net
