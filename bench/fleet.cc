#include "bench/fleet.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace rookery::bench {

Fleet::Fleet(runtime::Loop& loop, Random& random, Address address, std::size_t size,
             FleetEvents* events)
    : loop_(loop), random_(random), address_(std::move(address)), events_(events), clients_(size) {
  accounts_.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    accounts_.push_back({.name = fmt::format("u{}", i), .password = fmt::format("password{}", i)});
}

Status Fleet::launch(std::size_t from, std::size_t to, ClientPlan plan, bool stay) {
  ClientEvents& events = *this;
  stay_ = stay;
  finished_ = 0;
  const std::size_t wanted = to - from;
  std::size_t begun = 0;
  std::size_t seen = 0;
  MonoTime progress = loop_.clock().mono();
  while (!problem_ && finished_ < wanted) {
    for (; begun < wanted && begun - finished_ < kAtOnce; ++begun) {
      const std::size_t i = from + begun;
      clients_[i] =
          std::make_unique<Client>(loop_, random_, address_, i, accounts_[i], plan, events);
      if (Status connected = clients_[i]->connect(); !connected)
        return connected;
    }
    loop_.turn(Milliseconds(10));
    if (std::exchange(seen, finished_) != finished_)
      progress = loop_.now();
    if (loop_.now() - progress > kPatience)
      return fail(fmt::format("{} of {} clients are not done", wanted - finished_, wanted),
                  "generator", "see the server's log");
  }
  return problem_ ? fail(*problem_, "generator") : Status();
}

void Fleet::on_done(Client& client) {
  if (stay_)
    ++finished_;
  else
    client.close();
}

void Fleet::on_message(Client& client, std::string_view bytes) {
  if (events_ != nullptr)
    events_->on_message(client.number(), bytes);
}

void Fleet::on_ended(Client&, const std::string& problem) {
  if (problem.empty())
    ++finished_;
  else if (!problem_)
    problem_ = problem;
}

} // namespace rookery::bench
