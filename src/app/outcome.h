// Waits for what is called back once: how requests that come one after the other (app/admin.h) ask
// the server's loops.
#pragma once

#include <future>
#include <utility>

namespace rookery::app {

template <class T> class Outcome {
public:
  auto callback() {
    return [this](T value) { promise_.set_value(std::move(value)); };
  }
  T wait() { return future_.get(); }

private:
  std::promise<T> promise_;
  std::future<T> future_ = promise_.get_future();
};

} // namespace rookery::app
