#include "bench/flood.h"

#include <algorithm>

#include <fmt/format.h>

namespace rookery::bench {

Flood::Flood(const Subject& subject, std::size_t first, std::size_t window,
             std::size_t stanza_bytes)
    : fleet_(subject.address(), first + 2, this), first_(first), window_(window),
      proof_(subject.proof()), stanza_bytes_(stanza_bytes) {}

Flood::~Flood() {
  stopping_ = true;
  if (thread_.joinable())
    thread_.join();
}

Status Flood::start() {
  if (Status online = fleet_.launch(first_, first_ + 2, {.proof = proof_}, AfterPlan::kStay);
      !online)
    return online;
  for (std::size_t i = 0; i < window_; ++i)
    send();
  thread_ = std::thread([this] { run(); });
  return {};
}

void Flood::send() {
  std::string stanza =
      fmt::format("<message{} to='{}' type='chat' id='{}{}'><body>", fleet_[first_].stanza_xmlns(),
                  fleet_[first_ + 1].jid(), mark_, sent_++);
  constexpr std::string_view kEnd = "</body></message>";
  stanza.resize(std::max(stanza_bytes_, stanza.size() + kEnd.size() + 1) - kEnd.size(), 'x');
  stanza += kEnd;
  stanza_size_ = stanza.size();
  fleet_[first_].send(stanza);
}

void Flood::run() {
  while (outcome_ && order_ && !stopping_)
    outcome_ = fleet_.turn_until([this] { return stopping_ || !order_; }, Seconds(1));
}

void Flood::on_stanza(std::size_t client, std::string_view bytes) {
  const std::string_view tag = bytes.substr(0, bytes.find('>'));
  const std::size_t at = tag.find(mark_);
  if (client != first_ + 1 || at == tag.npos)
    return; // also what was left over from a flood before
  const std::string expected = std::to_string(arrived_);
  const std::string_view rest = tag.substr(at + mark_.size());
  if (!rest.starts_with(expected) || rest.find_first_of("'\"") != expected.size()) {
    order_ = fail(fmt::format("message {} was expected, this came: {}", expected, bytes),
                  "order of the flood's messages");
    return;
  }
  ++arrived_;
  bytes_ += stanza_size_;
  if (!stopping_)
    send();
}

Status Flood::stop() {
  stopping_ = true;
  thread_.join();
  return outcome_ ? order_ : outcome_;
}

} // namespace rookery::bench
