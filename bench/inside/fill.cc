#include "bench/inside/fill.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <semaphore>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "bench/inside/spread.h"
#include "modules/roster/roster_cache.h"
#include "modules/roster/roster_module.h"
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
constexpr std::size_t kEpochBytes = 6; // of a roster version, as the server makes them

std::string jid_of(std::size_t account) { return fmt::format("u{}@localhost", account); }

std::uintmax_t bytes_under(const std::filesystem::path& directory) {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory))
    if (file.is_regular_file())
      bytes += file.file_size();
  return bytes;
}

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
      if (i >= options_.with_password)
        make_random(keys);
      owners_.push_back(server::put_new_account(batch, xmpp::BareJid::from_trusted(jid_of(i)), keys,
                                                clock_.wall(), random_));
      write_roster(batch, i);
      if (i % kBatch == kBatch - 1 || i + 1 == options_.accounts)
        commit(batch);
    }
  }

  void make_random(std::vector<xmpp::ScramKeys>& keys) {
    for (xmpp::ScramKeys& each : keys)
      for (std::string* part : {&each.salt, &each.stored_key, &each.server_key})
        seeded_.fill(std::as_writable_bytes(std::span(*part)));
  }

  /// Each is in the other's: the number differs in one bit.
  [[nodiscard]] static std::size_t contact_of(std::size_t account, std::size_t number) {
    return account ^ (std::size_t{1} << number);
  }

  void write_roster(storage::Batch& batch, std::size_t account) {
    namespace roster = modules::roster;
    roster::RosterVersion version;
    version.epoch = random_.token(kEpochBytes);
    roster::RosterItem item;
    item.name = "A friend";
    item.groups = {"Friends"};
    item.listed = true;
    item.subscription.state = xmpp::Subscription::kBoth;
    for (std::size_t n = 0; n < options_.contacts; ++n) {
      const std::size_t contact = contact_of(account, n);
      if (contact >= options_.accounts)
        continue;
      item.changed = ++version.number;
      batch.put(owners_[account], roster::kRosterRecords, jid_of(contact), item.serialise());
    }
    if (version.number > 0)
      batch.put(owners_[account], roster::kVersionRecords, roster::kVersionKey,
                version.serialise());
  }

  void write_messages() {
    if (options_.skewed)
      write_skewed();
    else
      write_evenly();
  }

  /// Half of what one writes goes to the first contact, the rest to any.
  void write_skewed() {
    const Spread spread(options_.accounts);
    for (std::size_t i = 0; i < options_.messages; ++i) {
      const std::size_t from = spread.draw(seeded_);
      const std::uint64_t choice = seeded_.u64();
      const std::size_t contact =
          choice % 2 == 0 ? 0 : choice / 2 % std::max<std::size_t>(1, options_.contacts);
      std::size_t to = contact_of(from, contact);
      if (to >= options_.accounts)
        to = contact_of(from, 0) < options_.accounts ? contact_of(from, 0) : from - 1;
      write_message(i, from, to);
    }
  }

  /// Between u(2n) and u(2n+1), round after round, so that each account's are spread over the whole
  /// log.
  void write_evenly() {
    const std::size_t pairs = options_.accounts / 2;
    for (std::size_t i = 0; i < options_.messages; ++i)
      write_message(i, i % pairs * 2, i % pairs * 2 + 1);
  }

  void write_message(std::size_t number, std::size_t from, std::size_t to) {
    text_.clear();
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("u{}@localhost"), from);
    const std::uint64_t from_tag = xmpp::tag_of(text_);
    text_.clear();
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("u{}@localhost"), to);
    const std::uint64_t to_tag = xmpp::tag_of(text_);
    const std::array<storage::LogTarget, 2> targets{
        storage::LogTarget{owners_[from], to_tag, server::kEntrySent | server::kEntryHistory},
        storage::LogTarget{owners_[to], from_tag, server::kEntryReceived | server::kEntryHistory}};
    text_.clear();
    fmt::format_to(std::back_inserter(text_),
                   FMT_COMPILE("<message from='u{}@localhost/b' to='u{}@localhost/b' type='chat' "
                               "id='{}'><body>{}</body></message>"),
                   from, to, number, filling_);
    messages_.append(targets, text_);
    if (number % kBatch == kBatch - 1 || number + 1 == options_.messages)
      commit(messages_);
  }

  storage::Store& store_;
  const FillOptions options_;
  SystemClock clock_;
  SystemRandom random_;
  SeededRandom seeded_{1};
  Report report_;
  std::vector<Owner> owners_;
  const std::string filling_ = std::string(options_.body_bytes, 'x');
  storage::Batch messages_;
  std::string text_; // of one message, kept to save allocations
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
                                            .durability = storage::Durability::kProcess,
                                            .memtable_bytes = options.memtable_bytes});
  if (!store)
    return std::unexpected(store.error());
  Result<Report> report = Filler(**store, options).run();
  const MonoTime began = clock.mono();
  (*store)->close();
  if (report) {
    report->add("close_seconds", std::chrono::duration<double>(clock.mono() - began).count());
    report->add("disk_bytes", static_cast<double>(bytes_under(options.data)));
  }
  return report;
}

} // namespace rookery::bench
