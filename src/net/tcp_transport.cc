#include "net/tcp_transport.h"

#include <sys/socket.h>

#include <cerrno>

#include "base/assert.h"

namespace rookery::net {

static_assert(sizeof(TcpTransport) <= 250, "an idle connection is this object");
static_assert(TcpTransport::kReadBytesMax <= runtime::Loop::kScratchBytes);

TcpTransport::TcpTransport(runtime::Descriptor socket, const Options& options)
    : tls_context_(options.tls), peer_(options.peer), socket_(std::move(socket)),
      security_(options.direct_tls ? Security::kExpected : Security::kClear),
      protocol_(options.protocol) {
  ROOKERY_ASSERT(socket_.valid());
  ROOKERY_ASSERT(tls_context_ != nullptr || !options.direct_tls);
}

TcpTransport::~TcpTransport() {
  drop_output();
  if (loop_ != nullptr)
    detach();
}

void TcpTransport::attach(runtime::Loop& loop, TransportHandler& handler) {
  ROOKERY_ASSERT(loop_ == nullptr);
  loop_ = &loop;
  handler_ = &handler;
  blocked_ = false; // watching anew tells again whether the socket is writable
  if (state_ == State::kDone || output_ != nullptr || state_ != State::kOpen || end_seen_)
    loop.at_turn_end(*this);
  if (state_ == State::kDone)
    return;
  if (!loop.watch(socket_.get(), *this)) {
    state_ = State::kDone;
    reason_ = CloseReason::kError;
    socket_.reset();
    loop.at_turn_end(*this);
    return;
  }
  if (state_ != State::kOpen)
    loop.arm(*this, kCloseDeadline);
  if (tls_.valid())
    loop.again(*this); // OpenSSL may hold input that the socket does not tell of
}

void TcpTransport::detach() {
  ROOKERY_ASSERT(loop_ != nullptr);
  if (socket_.valid())
    loop_->unwatch(socket_.get(), *this);
  leave_turn_end();
  Timer::cancel();
  if (gone_ != nullptr)
    *gone_ = true;
  gone_ = nullptr;
  handler_ = nullptr;
  loop_ = nullptr;
}

// ---- Input

void TcpTransport::on_ready(bool readable, bool writable) {
  if (writable && blocked_) {
    blocked_ = false;
    loop_->at_turn_end(*this);
  }
  if (readable && tls_.valid())
    tls_.readable(hung_up_);
  if (state_ == State::kOpen && security_ != Security::kClear && security_ != Security::kSecure) {
    if (!advance_handshake(readable))
      return;
    readable = true;
  }
  // OpenSSL may have waited for room to write before it could read on.
  if (readable || tls_.valid())
    read();
}

bool TcpTransport::advance_handshake(bool readable) {
  if (security_ == Security::kExpected) {
    if (!readable)
      return false;
    // Not earlier: who connects and says nothing costs no SSL object.
    ssl_st* const ssl = tls_context_->new_session(protocol_);
    if (ssl == nullptr) {
      finish(CloseReason::kError);
      return false;
    }
    tls_ = TlsSession(ssl, socket_.get());
    tls_.readable(hung_up_);
    security_ = Security::kHandshaking;
  }
  const TlsOutcome outcome = tls_.handshake();
  if (outcome == TlsOutcome::kWouldBlock)
    return false;
  if (outcome != TlsOutcome::kDone) {
    finish(CloseReason::kError);
    return false;
  }
  security_ = Security::kSecure;
  if (output_ != nullptr)
    loop_->at_turn_end(*this);
  if (!tell_secure_)
    return true;
  bool gone = false;
  gone_ = &gone;
  handler_->on_secure();
  if (gone)
    return false;
  gone_ = nullptr;
  return true;
}

void TcpTransport::read() {
  for (int i = 0; i < kReadsPerTurnMax; ++i) {
    if (state_ == State::kDone || end_seen_)
      return;
    const bool open = state_ == State::kOpen;
    if (open && (!reading_ || security_ == Security::kExpected))
      return;
    char* const scratch = loop_->scratch();
    // When closing, what comes is dropped unread, deciphering it would be idle.
    const Chunk chunk =
        open && security_ == Security::kSecure ? receive_tls(scratch) : receive_clear(scratch);
    if (open && chunk.bytes != 0 && !deliver({scratch, chunk.bytes}))
      return;
    switch (chunk.next) {
    case Next::kMore:
      break;
    case Next::kDrained:
      return;
    case Next::kEnd:
      return on_end();
    case Next::kBroken:
      return finish(open ? CloseReason::kError : CloseReason::kLocal);
    }
  }
  loop_->again(*this);
}

TcpTransport::Chunk TcpTransport::receive_clear(char* into) {
  for (;;) {
    const auto got = ::recv(socket_.get(), into, kReadBytesMax, MSG_DONTWAIT);
    if (got == 0)
      return {0, Next::kEnd};
    if (got < 0) {
      if (errno == EINTR)
        continue;
      return {0, errno == EAGAIN ? Next::kDrained : Next::kBroken};
    }
    const auto bytes = static_cast<std::size_t>(got);
    return {bytes, bytes < kReadBytesMax && !hung_up_ ? Next::kDrained : Next::kMore};
  }
}

TcpTransport::Chunk TcpTransport::receive_tls(char* into) {
  std::size_t bytes = 0;
  while (bytes < kReadBytesMax) { // record by record, handed over together
    const auto [outcome, got] = tls_.read(into + bytes, kReadBytesMax - bytes);
    if (outcome == TlsOutcome::kWouldBlock)
      return {bytes, Next::kDrained};
    if (outcome == TlsOutcome::kClosed)
      return {bytes, Next::kEnd};
    if (outcome == TlsOutcome::kFailed)
      return {bytes, Next::kBroken};
    bytes += got;
  }
  return {bytes, Next::kMore};
}

bool TcpTransport::deliver(std::string_view data) {
  bool gone = false;
  gone_ = &gone;
  handler_->on_data(data);
  if (gone)
    return false;
  gone_ = nullptr;
  return true;
}

void TcpTransport::on_end() {
  if (state_ == State::kDone)
    return;
  end_seen_ = true;
  if (state_ == State::kLingering)
    return finish(CloseReason::kLocal);
  loop_->at_turn_end(*this); // what was sent in answer to the last input still goes out
}

void TcpTransport::set_reading(bool reading) {
  if (reading_ == reading)
    return;
  reading_ = reading;
  if (reading && loop_ != nullptr && state_ != State::kDone)
    loop_->again(*this);
}

// ---- Output

void TcpTransport::send(std::string_view data) {
  if (state_ != State::kOpen || data.empty())
    return;
  if (output_ == nullptr)
    output_ = loop_ != nullptr ? loop_->buffers().take() : std::make_unique<runtime::Buffer>();
  output_->append(data);
  // A turn may produce more than the limit for a peer that does read: the socket is asked before
  // giving up.
  if (output_->size() > output_bytes_max_)
    flush();
  if (queued_bytes() > output_bytes_max_)
    return finish(CloseReason::kOutputLimit);
  if (loop_ != nullptr && !blocked_ && output_ != nullptr)
    loop_->at_turn_end(*this);
}

void TcpTransport::hold_output(bool hold) {
  output_held_ = hold;
  if (!hold && output_ != nullptr && loop_ != nullptr)
    loop_->at_turn_end(*this);
}

std::size_t TcpTransport::queued_bytes() const { return output_ != nullptr ? output_->size() : 0; }

void TcpTransport::on_turn_end() {
  if (state_ == State::kDone)
    return handler_->on_closed(reason_); // may destroy this
  flush();
  if (state_ == State::kDraining && output_ == nullptr)
    linger();
  if (state_ != State::kOpen || !end_seen_)
    return;
  if (tls_.valid())
    tls_.shutdown();
  finish(CloseReason::kPeer);
}

void TcpTransport::flush() {
  const bool ready = security_ == Security::kClear || security_ == Security::kSecure;
  const bool held = output_held_ && state_ == State::kOpen;
  if (output_ == nullptr || loop_ == nullptr || blocked_ || held || !ready)
    return;
  const bool all = security_ == Security::kSecure ? write_tls() : write_clear();
  if (all && output_ != nullptr)
    drop_output();
}

bool TcpTransport::write_clear() {
  for (;;) {
    const std::string_view data = output_->view();
    const auto sent = ::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno != EAGAIN) {
      finish(CloseReason::kError);
      return false;
    }
    if (sent > 0)
      output_->consume(static_cast<std::size_t>(sent));
    blocked_ = !output_->empty();
    return !blocked_;
  }
}

bool TcpTransport::write_tls() {
  while (!output_->empty()) {
    const auto [outcome, sent] = tls_.write(output_->view());
    if (outcome == TlsOutcome::kWouldBlock) {
      blocked_ = true;
      return false;
    }
    if (outcome != TlsOutcome::kDone) {
      finish(CloseReason::kError);
      return false;
    }
    output_->consume(sent);
  }
  return true;
}

void TcpTransport::drop_output() {
  if (output_ == nullptr)
    return;
  if (loop_ != nullptr) {
    loop_->buffers().give(std::move(output_));
  } else {
    output_.reset();
  }
}

// ---- Ends

void TcpTransport::close() {
  if (state_ != State::kOpen)
    return;
  // A handshake under way cannot say goodbye.
  if (security_ == Security::kHandshaking)
    return finish(CloseReason::kLocal);
  if (security_ == Security::kExpected)
    security_ = Security::kClear;
  state_ = State::kDraining;
  if (loop_ == nullptr)
    return;
  loop_->arm(*this, kCloseDeadline);
  loop_->at_turn_end(*this);
}

void TcpTransport::abort() { finish(CloseReason::kLocal); }

void TcpTransport::linger() {
  if (tls_.valid())
    tls_.shutdown();
  if (end_seen_ || ::shutdown(socket_.get(), SHUT_WR) != 0)
    return finish(CloseReason::kLocal);
  state_ = State::kLingering;
  loop_->again(*this); // input that came while reading was off has had its edge already
}

void TcpTransport::finish(CloseReason reason) {
  if (state_ == State::kDone)
    return;
  state_ = State::kDone;
  reason_ = reason;
  drop_output();
  if (loop_ != nullptr) {
    Timer::cancel();
    loop_->unwatch(socket_.get(), *this);
    loop_->at_turn_end(*this);
  }
  tls_ = TlsSession();
  socket_.reset();
}

// ---- TLS

bool TcpTransport::can_start_tls() const {
  return tls_context_ != nullptr && security_ == Security::kClear && state_ == State::kOpen;
}

void TcpTransport::start_tls() {
  if (state_ != State::kOpen)
    return;
  ROOKERY_ASSERT(can_start_tls() && loop_ != nullptr);
  flush();
  if (output_ != nullptr)
    return finish(CloseReason::kError);
  security_ = Security::kExpected;
  tell_secure_ = true;
  loop_->again(
      *this); // what came behind the request has had its edge; to TLS it is garbage and fails
}

std::size_t TcpTransport::memory_bytes() const {
  return sizeof *this + (output_ != nullptr ? output_->capacity() : 0) +
         (tls_.valid() ? kTlsIdleBytes : 0);
}

} // namespace rookery::net
