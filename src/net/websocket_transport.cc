#include "net/websocket_transport.h"

#include "base/assert.h"

namespace rookery::net {

static_assert(sizeof(WebSocketTransport) <= 256);

WebSocketTransport::WebSocketTransport(std::unique_ptr<Transport> inner, const Options& options)
    : inner_(std::move(inner)), decoder_(options.limits), peer_(options.peer),
      proxied_tls_(options.proxied_tls) {}

WebSocketTransport::~WebSocketTransport() {
  if (delivery_ != nullptr)
    delivery_->gone = true;
}

void WebSocketTransport::attach(runtime::Loop& loop, TransportHandler& handler) {
  handler_ = &handler;
  inner_->attach(loop, *this);
  if (rest_ != nullptr)
    loop.at_turn_end(*this);
}

void WebSocketTransport::detach() {
  if (delivery_ != nullptr) {
    if (!delivery_->rest.empty())
      rest_ = std::make_unique<std::string>(delivery_->rest.data(), delivery_->rest.size());
    delivery_->gone = true;
    delivery_ = nullptr;
  }
  leave_turn_end();
  inner_->detach();
  handler_ = nullptr;
}

void WebSocketTransport::set_reading(bool reading) {
  reading_ = reading;
  inner_->set_reading(reading);
  if (reading && rest_ != nullptr && handler_ != nullptr)
    loop().at_turn_end(*this);
}

void WebSocketTransport::on_data(std::string_view data) {
  if (rest_ != nullptr) {
    rest_->append(data);
    return on_turn_end();
  }
  // The view is into the scratch, which is ours to write in until we return.
  char* const scratch = loop().scratch();
  const auto offset = static_cast<std::size_t>(data.data() - scratch);
  ROOKERY_ASSERT(offset + data.size() <= runtime::Loop::kScratchBytes);
  feed({scratch + offset, data.size()});
}

void WebSocketTransport::on_turn_end() {
  if (rest_ == nullptr || !reading_)
    return;
  const std::unique_ptr<std::string> held = std::move(rest_);
  feed(*held);
}

void WebSocketTransport::feed(std::span<char> input) {
  while (!input.empty() && !closing_) {
    if (!reading_) {
      rest_ = std::make_unique<std::string>(input.data(), input.size());
      return;
    }
    const WebSocketDecoder::Step step = decoder_.next(input);
    input = input.subspan(step.consumed);
    switch (step.event) {
    case WebSocketDecoder::Event::kNeedMore:
    case WebSocketDecoder::Event::kPong:
      break;
    case WebSocketDecoder::Event::kMessage:
      if (!deliver(step.payload, input))
        return;
      break;
    case WebSocketDecoder::Event::kPing:
      send_frame(WebSocketOpcode::kPong, step.payload);
      break;
    case WebSocketDecoder::Event::kClose:
      reason_ = CloseReason::kPeer;
      return close_with(step.code);
    case WebSocketDecoder::Event::kViolation:
      reason_ = CloseReason::kError;
      return close_with(step.code);
    }
  }
}

bool WebSocketTransport::deliver(std::string_view message, std::span<char> rest) {
  Delivery delivery{.rest = rest};
  delivery_ = &delivery;
  handler_->on_data(message);
  if (delivery.gone)
    return false;
  delivery_ = nullptr;
  return true;
}

void WebSocketTransport::on_closed(CloseReason reason) {
  // Ours was the last step, but the peer or its fault was the reason.
  handler_->on_closed(reason == CloseReason::kLocal && reason_ ? *reason_ : reason);
}

void WebSocketTransport::send(std::string_view message) {
  if (!closing_)
    send_frame(WebSocketOpcode::kText, message);
}

void WebSocketTransport::send_frame(WebSocketOpcode opcode, std::string_view payload) {
  std::array<char, 10> space;
  inner_->send(websocket_header(space, opcode, payload.size()));
  inner_->send(payload);
}

void WebSocketTransport::close_with(WebSocketCode code) {
  if (closing_)
    return;
  const auto value = static_cast<unsigned>(code);
  const char payload[2] = {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
  send_frame(WebSocketOpcode::kClose, {payload, sizeof payload});
  closing_ = true;
  inner_->close();
}

void WebSocketTransport::start_tls() {
  ROOKERY_ASSERT(false && "a WebSocket has its TLS from the start");
}

TlsInfo WebSocketTransport::tls() const {
  TlsInfo info = inner_->tls();
  if (!info.active && proxied_tls_) {
    info.active = true;
    info.version = "proxied";
  }
  return info;
}

std::size_t WebSocketTransport::memory_bytes() const {
  return sizeof *this + inner_->memory_bytes() + decoder_.memory_bytes() +
         (rest_ != nullptr ? rest_->capacity() : 0);
}

} // namespace rookery::net
