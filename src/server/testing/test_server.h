// A server with a store in memory, on threads of its own, for one test.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "server/server.h"
#include "server/testing/test_client.h"
#include "server/testing/test_options.h"
#include "storage/memory_store.h"

namespace rookery::server::testing {

struct TestSettings {
  unsigned threads = 1;
  /// kManual: commits complete when the test calls store().complete_one() or complete_all();
  /// signing in needs none.
  storage::MemoryMode store = storage::MemoryMode::kThread;
  std::vector<const ModuleDescriptor*> modules;
  /// By module.
  std::map<std::string, OptionTexts, std::less<>> module_options;
  ServerOptions options; // `threads` and, where it is empty, `secret` are filled in
};

/// Made, used and destroyed by the test's thread. The clients are used no more once it is gone.
class TestServer {
public:
  explicit TestServer(TestSettings settings);
  /// One thread, default options, these modules.
  explicit TestServer(std::vector<const ModuleDescriptor*> modules);
  ~TestServer();

  static constexpr std::string_view kPassword = "pass word";

  /// An account that exists when this returns.
  void add_account(std::string_view bare_jid, std::string_view password = kPassword);
  /// A connection on which nothing was said yet.
  [[nodiscard]] TestClient connect(Peer peer = {});
  /// One that has signed in: a bare JID, or a full one to ask for a resource. The account is made
  /// if this server has not made it.
  [[nodiscard]] TestClient login(std::string_view jid);

  /// Runs `work(Homes&)` on the thread of this account's home, and answers what it returns.
  template <class F> auto on_home(std::string_view bare_jid, F work) {
    Homes& homes = server_->homes_of(bare_jid);
    std::promise<decltype(work(homes))> promise;
    auto done = promise.get_future();
    homes.loop().post([&] {
      if constexpr (std::is_void_v<decltype(work(homes))>) {
        work(homes);
        promise.set_value();
      } else {
        promise.set_value(work(homes));
      }
    });
    return done.get();
  }
  /// Returns when what was under way is done: every loop and (unless it is in manual mode) the
  /// store have been idle in turn, more often than any stanza changes between them. Password
  /// hashing is not waited for.
  void settle();

  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] storage::MemoryStore& store() { return store_; }
  /// Stops it, as a signal would. The destructor does it otherwise.
  void stop();

private:
  SystemClock clock_;
  SystemRandom random_;
  NullLog log_;
  const storage::MemoryMode mode_;
  storage::MemoryStore store_;
  std::vector<std::unique_ptr<TestOptions>> module_options_;
  std::vector<std::unique_ptr<Pipe>> pipes_; // outlive the server, whose transports they are
  std::vector<std::string> accounts_;
  std::unique_ptr<Server> server_;
  bool stopped_ = false;
};

} // namespace rookery::server::testing
