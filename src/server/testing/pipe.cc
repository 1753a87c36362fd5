#include "server/testing/pipe.h"

#include <utility>

#include "base/assert.h"

namespace rookery::server::testing {

/// Keeps nothing itself: all state is the pipe's, under its lock.
class Pipe::End final : public net::Transport {
public:
  explicit End(Pipe& pipe) : pipe_(pipe) {}
  ~End() override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.end_ = nullptr;
    pipe_.loop_ = nullptr;
    pipe_.arrived_.notify_all();
  }

  void send(std::string_view data) override {
    const std::lock_guard lock(pipe_.mutex_);
    if (pipe_.closing_ || pipe_.cut_)
      return;
    (pipe_.held_ ? *pipe_.held_ : pipe_.to_client_) += data;
    if (!pipe_.taking_ && pipe_.to_client_.size() > pipe_.output_limit_)
      end_with(net::CloseReason::kOutputLimit);
    pipe_.arrived_.notify_all();
  }
  void close() override {
    const std::lock_guard lock(pipe_.mutex_);
    release();
    end_with(net::CloseReason::kLocal);
  }
  void abort() override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.held_.reset();
    pipe_.to_client_.clear();
    end_with(net::CloseReason::kLocal);
  }
  [[nodiscard]] std::size_t queued_bytes() const override {
    const std::lock_guard lock(pipe_.mutex_);
    return pipe_.taking_ ? 0 : pipe_.to_client_.size();
  }
  void set_output_limit(std::size_t bytes_max) override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.output_limit_ = bytes_max;
  }
  void set_reading(bool reading) override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.reading_ = reading;
    if (reading)
      pipe_.schedule();
  }
  void hold_output(bool hold) override {
    const std::lock_guard lock(pipe_.mutex_);
    if (!hold)
      release();
    else if (!pipe_.held_)
      pipe_.held_.emplace();
  }
  [[nodiscard]] bool is_message_based() const override { return false; }
  [[nodiscard]] bool is_loopback() const override { return pipe_.peer_.loopback; }
  [[nodiscard]] std::string peer_address() const override { return pipe_.peer_.address; }
  [[nodiscard]] net::TlsInfo tls() const override { return {}; }
  void start_tls() override { ROOKERY_ASSERT(false); }
  [[nodiscard]] bool can_start_tls() const override { return pipe_.peer_.can_start_tls; }
  [[nodiscard]] std::optional<std::string> channel_binding(std::string_view) const override {
    return std::nullopt;
  }
  void detach() override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.loop_ = nullptr;
  }
  void attach(runtime::Loop& loop, net::TransportHandler& handler) override {
    const std::lock_guard lock(pipe_.mutex_);
    pipe_.loop_ = &loop;
    pipe_.handler_ = &handler;
    pipe_.schedule();
  }
  [[nodiscard]] runtime::Loop& loop() const override { return *pipe_.loop_; }
  [[nodiscard]] std::size_t memory_bytes() const override { return sizeof(*this); }

private:
  void release() {
    if (pipe_.held_)
      pipe_.to_client_ += *std::exchange(pipe_.held_, std::nullopt);
    pipe_.arrived_.notify_all();
  }
  void end_with(net::CloseReason reason) {
    if (pipe_.closing_)
      return;
    pipe_.closing_ = reason;
    pipe_.schedule();
    pipe_.arrived_.notify_all();
  }

  Pipe& pipe_;
};

std::unique_ptr<net::Transport> Pipe::make_transport() {
  auto end = std::make_unique<End>(*this);
  end_ = end.get();
  return end;
}

void Pipe::send(std::string_view data) {
  const std::lock_guard lock(mutex_);
  to_server_ += data;
  schedule();
}

void Pipe::cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
  schedule();
}

void Pipe::stop_taking() {
  const std::lock_guard lock(mutex_);
  taking_ = false;
}

std::optional<Pipe::Taken> Pipe::take(std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  const auto something = [&] { return !to_client_.empty() || closing_ || cut_ || end_ == nullptr; };
  if (!arrived_.wait_until(lock, until, something))
    return std::nullopt;
  return Taken{std::exchange(to_client_, {}), closing_ || cut_ || end_ == nullptr};
}

void Pipe::wait_until_gone() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [&] { return end_ == nullptr; });
}

// With the lock held. One mail too many does no harm: it finds nothing to do.
void Pipe::schedule() {
  if (loop_ != nullptr)
    loop_->post([this, loop = loop_] { deliver(*loop); });
}

void Pipe::deliver(runtime::Loop& loop) {
  while (deliver_next(loop)) {
  }
}

// On `loop`. False where nothing more is to be told there; the transport may have moved to another
// loop, or be gone, after each call of its handler.
bool Pipe::deliver_next(runtime::Loop& loop) {
  std::unique_lock lock(mutex_);
  if (end_ == nullptr || loop_ != &loop || told_closed_)
    return false;
  net::TransportHandler& handler = *handler_;
  if (!closing_ && reading_ && !to_server_.empty()) {
    const std::string data = std::exchange(to_server_, {});
    lock.unlock();
    handler.on_data(data);
    return true;
  }
  if (!closing_ && !cut_)
    return false;
  told_closed_ = true;
  const net::CloseReason reason = closing_.value_or(net::CloseReason::kError);
  lock.unlock();
  handler.on_closed(reason);
  return false;
}

} // namespace rookery::server::testing
