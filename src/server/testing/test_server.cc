#include "server/testing/test_server.h"

#include <algorithm>
#include <stdexcept>

#include "server/accounts.h"
#include "storage/blocking.h"
#include "xmpp/sasl_password.h"

namespace rookery::server::testing {
namespace {

/// How often a stanza may go from loop to loop, or to the store and back, before it has arrived.
constexpr int kHopsMax = 8;

/// Says when a turn of a loop has ended. What a turn leaves to its end (a batch for the store) is
/// done then.
struct EndOfTurn final : runtime::TurnEnd {
  void on_turn_end() override {
    const std::shared_ptr<EndOfTurn> until_done = std::move(self);
    reached.set_value();
  }
  std::promise<void> reached;
  std::shared_ptr<EndOfTurn> self; // while a loop has it
};

void wait_for_end_of_turn(runtime::Loop& loop) {
  const auto end = std::make_shared<EndOfTurn>();
  std::future<void> reached = end->reached.get_future();
  loop.post([end, &loop] {
    end->self = end;
    loop.at_turn_end(*end);
  });
  reached.wait();
}

TestSettings with_modules(std::vector<const ModuleDescriptor*> modules) {
  TestSettings settings;
  settings.modules = std::move(modules);
  return settings;
}

} // namespace

TestServer::TestServer(std::vector<const ModuleDescriptor*> modules)
    : TestServer(with_modules(std::move(modules))) {}

TestServer::TestServer(TestSettings settings)
    : mode_(settings.store), store_(clock_, settings.store) {
  settings.options.threads = settings.threads;
  if (settings.options.secret.empty())
    settings.options.secret = "a secret of this test";
  server_ = std::make_unique<Server>(std::move(settings.options), store_, log_, clock_, random_);
  std::vector<ModuleChoice> choices;
  for (const ModuleDescriptor* module : settings.modules) {
    auto texts = settings.module_options.extract(std::string(module->info.name));
    module_options_.push_back(std::make_unique<TestOptions>(
        module->info, texts.empty() ? OptionTexts{} : std::move(texts.mapped())));
    choices.push_back({module, module_options_.back().get()});
  }
  if (const Status started = server_->start(choices); !started)
    throw std::runtime_error(started.error().text());
}

TestServer::~TestServer() { stop(); }

void TestServer::stop() {
  if (std::exchange(stopped_, true))
    return;
  // In manual mode nobody will complete what the server waits for.
  if (mode_ == storage::MemoryMode::kManual)
    store_.close();
  server_->stop();
}

void TestServer::add_account(std::string_view bare_jid, std::string_view password) {
  const auto prepared = xmpp::prepare_password(password);
  if (!prepared)
    throw std::runtime_error("the test's password is none");
  // The fewest iterations there may be, and the hash that PLAIN is checked against only: tests sign
  // in often.
  const std::vector<xmpp::ScramKeys> keys{xmpp::ScramKeys::derive(
      xmpp::HashKind::kSha256, *prepared, random_, xmpp::kScramIterationsMin)};
  storage::Batch batch;
  put_new_account(batch, xmpp::BareJid::from_trusted(bare_jid), keys, clock_.wall(), random_);
  std::promise<bool> committed;
  auto done = committed.get_future();
  store_.commit(std::move(batch), [&committed](const Result<storage::Committed>& result) {
    committed.set_value(result.has_value());
  });
  if (mode_ == storage::MemoryMode::kManual)
    store_.complete_all();
  if (!done.get())
    throw std::runtime_error("the store refuses the test's account");
  accounts_.emplace_back(bare_jid);
}

TestClient TestServer::connect(Peer peer) {
  const Arrival arrival{.websocket = false, .secure = peer.secure};
  pipes_.push_back(std::make_unique<Pipe>(std::move(peer)));
  Pipe& pipe = *pipes_.back();
  // As a listener would: each connection on the next thread.
  const std::size_t thread = pipes_.size() % server_->thread_count();
  server_->loop(thread).post([this, thread, arrival, transport = pipe.make_transport()]() mutable {
    server_->accept(thread, std::move(transport), arrival);
  });
  return TestClient(*this, pipe);
}

TestClient TestServer::login(std::string_view jid) {
  const std::string bare(xmpp::Jid::from_trusted(std::string(jid)).bare_str());
  if (std::ranges::find(accounts_, bare) == accounts_.end())
    add_account(bare);
  TestClient client = connect();
  client.login(jid, kPassword);
  return client;
}

void TestServer::settle() {
  for (int hop = 0; hop < kHopsMax; ++hop) {
    for (std::size_t i = 0; i < server_->thread_count(); ++i)
      wait_for_end_of_turn(server_->loop(i));
    // Commits and reads are served in the order they came: these come last.
    if (mode_ != storage::MemoryMode::kManual) {
      storage::BlockingStore blocking(store_);
      (void)blocking.commit({});
      (void)blocking.get(kNodeOwner, kAccountRecords, "");
    }
  }
}

} // namespace rookery::server::testing
