#include "storage/rocksdb/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "storage/disk.h"
#include "storage/rocksdb/disk_file_system.h"
#include "storage/rocksdb/manifest_tail.h"

namespace rookery::storage {
namespace {

constexpr int kOpenFilesMax = 512;
constexpr std::size_t kBytesPerSync = 1024 * 1024;
constexpr std::size_t kBlockBytes = 16 * 1024;
/// Records of an account are read when it wakes, and then one block of it is wanted.
constexpr std::size_t kRecordBlockBytes = 4 * 1024;
/// Of every key that has an owner: its kind and the owner. Filters know them, so that a table
/// without anything of an owner is not looked into.
constexpr std::size_t kOwnerPrefixBytes = 9;

/// RocksDB's warnings and errors in the program's log.
class LogBridge final : public rocksdb::Logger {
public:
  explicit LogBridge(Log& log) : Logger(rocksdb::WARN_LEVEL), log_(log) {}
  using Logger::Logv;
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list args) override {
    if (level < rocksdb::WARN_LEVEL || level == rocksdb::HEADER_LEVEL)
      return;
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, args);
    log_.at(level >= rocksdb::ERROR_LEVEL ? LogLevel::kError : LogLevel::kWarning, "rocksdb", "{}",
            text.data());
  }
  void Logv(const char*, va_list) override {}

private:
  Log& log_;
};

/// A flush or compaction that failed is a refused write, whoever waits for it.
class Listener final : public rocksdb::EventListener {
public:
  Listener(Failure& failure, Compactions* compactions)
      : failure_(failure), compactions_(compactions) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
    failure_.set({status->ToString(), "RocksDB",
                  "see the kernel's log; restart the server once the disk is well"});
  }

  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo& info) override {
    if (compactions_ == nullptr)
      return;
    ++compactions_->ended;
    compactions_->microseconds += info.stats.elapsed_micros;
    compactions_->bytes_written += info.stats.total_output_bytes;
  }

private:
  Failure& failure_;
  Compactions* compactions_;
};

rocksdb::CompressionType compression() {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::ranges::find(supported, rocksdb::kLZ4Compression) != supported.end()
             ? rocksdb::kLZ4Compression
             : rocksdb::kNoCompression;
}

rocksdb::Options common_options(const DatabaseOptions& wanted, rocksdb::Env* env, Failure& failure,
                                Log& log) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  if (env != nullptr)
    options.env = env;
  options.info_log = std::make_shared<LogBridge>(log);
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.listeners.push_back(std::make_shared<Listener>(failure, wanted.compactions));
  options.max_bgerror_resume_count = 0;
  options.avoid_flush_during_shutdown =
      true; // closing makes a checkpoint, or must not write at all
  options.allow_concurrent_memtable_write = false; // one thread writes
  options.enable_write_thread_adaptive_yield = false;
  options.max_background_jobs = 2;
  options.max_open_files = kOpenFilesMax;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  // What a merge writes goes to the disk piece by piece: all of it at its end would hold up the
  // log.
  options.bytes_per_sync = kBytesPerSync;
  options.write_buffer_size = wanted.memtable_bytes;
  options.max_write_buffer_number = 2;
  options.compression = compression();
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kOwnerPrefixBytes));
  return options;
}

rocksdb::BlockBasedTableOptions table_options() {
  rocksdb::BlockBasedTableOptions table;
  table.cache_index_and_filter_blocks = true; // so that the cache's size bounds them
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In parts: a look-up in a store larger than the cache reads a few kilobytes of index and filter,
  // not those of a whole table (docs/decisions/0005-speed-experiments.md).
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4096;
  table.metadata_cache_options.top_level_index_pinning = rocksdb::PinningTier::kAll;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = kBlockBytes;
  table.format_version = 5;
  return table;
}

/// Few of them change at a time, of owners that lie anywhere: each merge of new ones rewrites the
/// whole of the first level, which is therefore small, and seldom. Tables grow with their level, so
/// that their number stays below kOpenFilesMax for a long time.
rocksdb::Options make_records_options(const rocksdb::Options& common,
                                      rocksdb::BlockBasedTableOptions table) {
  rocksdb::Options options = common;
  table.block_size = kRecordBlockBytes;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.level0_file_num_compaction_trigger = 8;
  options.max_bytes_for_level_base = 32 * 1024 * 1024;
  options.target_file_size_base = 8 * 1024 * 1024;
  options.target_file_size_multiplier = 4;
  return options;
}

/// Keys come once, in runs that are never overwritten: few, large merges cost less than levels.
/// Each checkpoint is one large batch, flushed at once, whatever the memtable's size is said to be.
/// Nothing is looked up by a whole key, so filters know owners only.
rocksdb::Options make_index_options(const rocksdb::Options& common,
                                    rocksdb::BlockBasedTableOptions table) {
  rocksdb::Options options = common;
  table.whole_key_filtering = false;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  return options;
}

} // namespace

Database::Database() = default;

Result<std::unique_ptr<Database>> Database::open(const DatabaseOptions& wanted, Failure& failure,
                                                 Log& log) {
  std::unique_ptr<Database> database(new Database());
  database->directory_ = wanted.directory;
  if (wanted.disk != nullptr)
    database->env_ = make_disk_env(*wanted.disk);
  Disk& disk = wanted.disk != nullptr ? *wanted.disk : posix_disk();
  if (Status cut = cut_torn_manifest(disk, wanted.directory, log); !cut)
    return std::unexpected(cut.error());
  const rocksdb::Options common = common_options(wanted, database->env_.get(), failure, log);

  auto table = table_options();
  table.block_cache = rocksdb::NewLRUCache(wanted.cache_bytes); // of both families

  const std::vector<rocksdb::ColumnFamilyDescriptor> families{
      {rocksdb::kDefaultColumnFamilyName, make_records_options(common, table)},
      {"index", make_index_options(common, table)}};
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  // Those that merge tables give way to those that answer: a merge can wait, and gets the processor
  // when commits wait for it.
  common.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW, rocksdb::CpuPriority::kLow);
  const rocksdb::Status opened =
      rocksdb::DB::Open(common, wanted.directory, families, &handles, &db);
  if (!opened.ok())
    return std::unexpected(database->status(opened).error());
  database->db_.reset(db);
  database->records_ = handles[0];
  database->index_ = handles[1];
  return database;
}

Database::~Database() {
  if (!db_)
    return;
  for (rocksdb::ColumnFamilyHandle* handle : {records_, index_})
    db_->DestroyColumnFamilyHandle(handle);
  db_->Close();
}

Status Database::status(const rocksdb::Status& status) const {
  if (status.ok())
    return {};
  return fail(
      status.ToString(), directory_,
      status.IsCorruption()
          ? "the disk has damaged this index: copy the data directory away and restore a backup"
          : "");
}

} // namespace rookery::storage
