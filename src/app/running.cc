#include "app/running.h"

#include <cstdlib>
#include <future>

#include "app/modules.h"
#include "server/account_import.h"
#include "storage/fault_disk.h"
#include "storage/rocksdb/rocksdb_store.h"

namespace rookery::app {
namespace {

constexpr storage::Keyspace kInstallation{"installation"};
constexpr std::size_t kSecretBytes = 32;

template <class T> auto wait_for(auto&& start) {
  std::promise<Result<T>> promise;
  start([&promise](Result<T> result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

/// Random, the same for the life of the data: what must not change over a restart hangs on it (fake
/// salts, resources of devices).
Result<std::string> installation_secret(storage::Store& store, Random& random) {
  const auto found = wait_for<std::optional<std::string>>(
      [&](auto done) { store.get(kNodeOwner, kInstallation, "secret", std::move(done)); });
  if (!found)
    return std::unexpected(found.error());
  if (*found)
    return **found;
  const std::string secret = random.token(kSecretBytes);
  storage::Batch batch;
  batch.put(kNodeOwner, kInstallation, "secret", secret);
  std::promise<Status> promise;
  store.commit(std::move(batch), [&promise](const Result<storage::Committed>& result) {
    promise.set_value(result ? Status{} : std::unexpected(result.error()));
  });
  if (Status kept = promise.get_future().get(); !kept)
    return std::unexpected(kept.error());
  return secret;
}

} // namespace

Result<std::unique_ptr<Running>> Running::start(const Config& config,
                                                const std::filesystem::path& data, Log& log) {
  std::error_code error;
  std::filesystem::create_directories(data, error);
  if (error)
    return fail("the data directory cannot be made: " + error.message(), data.string(),
                "check who may write there");

  auto running = std::unique_ptr<Running>(new Running()); // its constructor is private
  // For the crash tests: what is not synced dies with the process, as it would in a power cut.
  if (std::getenv("ROOKERY_DROP_UNSYNCED_WRITES") != nullptr)
    running->unsynced_ = std::make_unique<storage::UnsyncedDisk>(storage::posix_disk());
  const Settings& set = config.section("store");
  const auto megabytes = [&](std::string_view name) {
    return static_cast<std::size_t>(set.integer(name)) * 1024 * 1024;
  };
  auto store = storage::open_rocksdb_store({.directory = (data / "store").string(),
                                            .log = log,
                                            .clock = running->clock_,
                                            .durability = set.text("durability") == "power"
                                                              ? storage::Durability::kPower
                                                              : storage::Durability::kProcess,
                                            .cache_bytes = megabytes("cache_megabytes"),
                                            .memtable_bytes = megabytes("memtable_megabytes"),
                                            .disk = running->unsynced_.get()});
  if (!store)
    return std::unexpected(store.error());
  running->store_ = std::move(*store);

  const auto unfinished = server::erase_unfinished_imports(*running->store_);
  if (!unfinished)
    return std::unexpected(unfinished.error());
  for (const std::string& jid : *unfinished)
    log.at(LogLevel::kWarning, "app", "an import that was not finished is erased jid={}", jid);

  server::ServerOptions options = config.server_options();
  const Result<std::string> secret = installation_secret(*running->store_, running->random_);
  if (!secret)
    return std::unexpected(secret.error());
  options.secret = *secret;
  running->server_ = std::make_unique<server::Server>(std::move(options), *running->store_, log,
                                                      running->clock_, running->random_);

  std::vector<server::ModuleChoice> choices;
  for (const server::ModuleDescriptor* module : all_modules()) {
    if (!config.module_enabled(module->info.name))
      continue;
    running->settings_.push_back(std::make_unique<Settings>(config.module(module->info.name)));
    choices.push_back({module, running->settings_.back().get()});
  }
  if (Status started = running->server_->start(choices); !started)
    return std::unexpected(started.error());
  return running;
}

Running::~Running() {
  if (server_)
    server_->stop();
  if (store_)
    store_->close();
}

} // namespace rookery::app
