#include "bench/fleet.h"

#include <utility>

#include <fmt/format.h>

namespace rookery::bench {

Fleet::Fleet(Address address, std::size_t size, FleetEvents* events)
    : address_(std::move(address)), events_(events), clients_(size), began_(size), alone_(size) {
  accounts_.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    accounts_.push_back(
        {.name = fmt::format("u{}", i),
         .password = address_.password.empty() ? fmt::format("password{}", i) : address_.password,
         .agent = fmt::format("00000000-0000-4000-8000-{:012}", i)});
}

Status Fleet::begin(std::size_t i, ClientPlan plan, bool alone) {
  ClientEvents& events = *this;
  const Client::Surroundings surroundings{loop_, random_, tls_, address_, events};
  clients_[i] = std::make_unique<Client>(surroundings, i, accounts_[i], plan);
  began_[i] = clock_.mono();
  alone_[i] = alone;
  return clients_[i]->connect();
}

Status Fleet::launch(std::size_t from, std::size_t to, ClientPlan plan, AfterPlan then,
                     std::size_t at_once) {
  then_ = then;
  finished_ = 0;
  const std::size_t wanted = to - from;
  std::size_t begun = 0;
  std::size_t seen = 0;
  MonoTime progress = clock_.mono();
  while (!problem_ && finished_ < wanted) {
    for (; begun < wanted && begun - finished_ < at_once; ++begun)
      if (Status connected = begin(from + begun, plan, false); !connected)
        return connected;
    loop_.turn(Milliseconds(10));
    for (const std::size_t i : std::exchange(to_cut_, {}))
      clients_[i]->cut();
    if (std::exchange(seen, finished_) != finished_)
      progress = loop_.now();
    if (loop_.now() - progress > kPatience)
      return fail(fmt::format("{} of {} clients are not done", wanted - finished_, wanted),
                  "generator", "see the server's log");
  }
  return problem_ ? fail(*problem_, "generator") : Status();
}

Status Fleet::register_all() {
  return launch(0, size(), {.register_account = true, .sign_in = false}, AfterPlan::kLeave);
}

Status Fleet::leave() {
  finished_ = 0;
  std::size_t leaving = 0;
  for (const auto& client : clients_) {
    if (client && !client->ended()) {
      client->close();
      ++leaving;
    }
  }
  Status turned = turn_until([&] { return finished_ == leaving; }, kPatience);
  if (turned && finished_ != leaving)
    return fail(fmt::format("{} clients did not end", leaving - finished_), "server");
  return turned;
}

void Fleet::on_done(Client& client) {
  login_times_.record(clock_.mono() - began_[client.number()]);
  if (alone_[client.number()])
    return events_->on_ready(client.number());
  switch (then_) {
  case AfterPlan::kStay:
    ++finished_;
    return;
  case AfterPlan::kLeave:
    return client.close();
  case AfterPlan::kCut:
    return to_cut_.push_back(client.number());
  }
}

void Fleet::on_stanza(Client& client, std::string_view bytes) {
  if (events_ != nullptr)
    events_->on_stanza(client.number(), bytes);
}

void Fleet::on_ended(Client& client, const std::string& problem) {
  if (!problem.empty()) {
    if (!problem_)
      problem_ = problem;
    return;
  }
  ++finished_;
  if (alone_[client.number()])
    events_->on_gone(client.number());
}

} // namespace rookery::bench
