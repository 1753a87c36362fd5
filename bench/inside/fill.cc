#include "bench/inside/fill.h"

#include <array>
#include <atomic>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "server/accounts.h"
#include "server/packet.h"
#include "storage/rocksdb/rocksdb_store.h"
#include "xmpp/jid.h"
#include "xmpp/sasl_password.h"
#include "xmpp/scram_keys.h"

namespace rookery::bench {
namespace {

constexpr std::size_t kBatch = 500;
constexpr std::ptrdiff_t kBatchesUnderWay = 16;

std::string jid_of(std::size_t account) { return fmt::format("u{}@localhost", account); }

class Filler {
public:
  Filler(storage::Store& store, const FillOptions& options) : store_(store), options_(options) {}

  Result<Report> run() {
    measure("accounts", options_.accounts, [this] { write_accounts(); });
    if (options_.messages > 0)
      measure("messages", options_.messages, [this] { write_messages(); });
    if (failed_)
      return fail("the store refuses a batch", options_.data.string());
    return report_;
  }

private:
  template <class Work> void measure(std::string_view units, std::size_t count, Work work) {
    const MonoTime began = clock_.mono();
    work();
    for (std::ptrdiff_t i = 0; i < kBatchesUnderWay; ++i)
      slots_.acquire();
    slots_.release(kBatchesUnderWay);
    const double seconds = std::chrono::duration<double>(clock_.mono() - began).count();
    report_.add(units, static_cast<double>(count));
    report_.add(fmt::format("{}_seconds", units), seconds);
    report_.add(fmt::format("{}_per_second", units), static_cast<double>(count) / seconds);
  }

  void commit(storage::Batch& batch) {
    slots_.acquire();
    store_.commit(std::exchange(batch, {}), [this](const Result<storage::Committed>& result) {
      if (!result)
        failed_ = true;
      slots_.release();
    });
  }

  void write_accounts() {
    std::vector<xmpp::ScramKeys> keys;
    const auto password = xmpp::prepare_password(kFillPassword);
    for (const auto kind :
         {xmpp::HashKind::kSha1, xmpp::HashKind::kSha256, xmpp::HashKind::kSha512})
      keys.push_back(xmpp::ScramKeys::derive(kind, *password, random_));
    owners_.reserve(options_.accounts);
    storage::Batch batch;
    for (std::size_t i = 0; i < options_.accounts; ++i) {
      owners_.push_back(server::put_new_account(batch, xmpp::BareJid::from_trusted(jid_of(i)), keys,
                                                clock_.wall(), random_));
      if (i % kBatch == kBatch - 1 || i + 1 == options_.accounts)
        commit(batch);
    }
  }

  /// Between u(2n) and u(2n+1), round after round, so that each account's are spread over the whole
  /// log.
  void write_messages() {
    const std::size_t pairs = options_.accounts / 2;
    const std::string filling(options_.body_bytes, 'x');
    storage::Batch batch;
    for (std::size_t i = 0; i < options_.messages; ++i) {
      const std::size_t from = i % pairs * 2;
      const std::size_t to = from + 1;
      const std::array<storage::LogTarget, 2> targets{
          storage::LogTarget{owners_[from], xmpp::tag_of(jid_of(to)),
                             server::kEntrySent | server::kEntryHistory},
          storage::LogTarget{owners_[to], xmpp::tag_of(jid_of(from)),
                             server::kEntryReceived | server::kEntryHistory}};
      batch.append(targets, fmt::format("<message from='u{}@localhost/b' "
                                        "to='u{}@localhost/b' type='chat' id='{}'><body>{}</body>"
                                        "</message>",
                                        from, to, i, filling));
      if (i % kBatch == kBatch - 1 || i + 1 == options_.messages)
        commit(batch);
    }
  }

  storage::Store& store_;
  const FillOptions options_;
  SystemClock clock_;
  SystemRandom random_;
  Report report_;
  std::vector<Owner> owners_;
  std::counting_semaphore<kBatchesUnderWay> slots_{kBatchesUnderWay};
  std::atomic<bool> failed_{false};
};

} // namespace

Result<Report> run_fill(const FillOptions& options) {
  std::error_code error;
  if (!std::filesystem::create_directories(options.data, error))
    return fail("it cannot be made, or is there already", options.data.string());
  NullLog log;
  const SystemClock clock;
  auto store = storage::open_rocksdb_store({.directory = (options.data / "store").string(),
                                            .log = log,
                                            .clock = clock,
                                            .durability = storage::Durability::kProcess});
  if (!store)
    return std::unexpected(store.error());
  Result<Report> report = Filler(**store, options).run();
  (*store)->close();
  return report;
}

} // namespace rookery::bench
