#include "app/administration.h"

#include <boost/json.hpp>

namespace rookery::app {

namespace json = boost::json;

Result<std::unique_ptr<Administration>> Administration::open(const Config& config,
                                                             const std::filesystem::path& data) {
  // tidy: new: the constructor is private, make_unique cannot call it
  std::unique_ptr<Administration> administration(new Administration());
  if (auto channel = connect_to_running_server(data / "control.sock")) {
    administration->channel_.emplace(std::move(*channel));
    return administration;
  }
  auto running = Running::start(config, data, administration->log_);
  if (!running)
    return std::unexpected(running.error());
  administration->running_ = std::move(*running);
  administration->session_ = std::make_unique<AdminSession>(administration->running_->server());
  return administration;
}

Administration::~Administration() = default;

Result<json::object> Administration::ask(const json::object& request) {
  if (session_)
    return session_->carry_out(request);
  return read_answer(ask_line(*channel_, json::serialize(request)));
}

} // namespace rookery::app
