// RocksDB as this store uses it: no write-ahead log of its own, two column families, small memory.
// Opens and closes it, and turns its statuses into errors.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/result.h"
#include "storage/rocksdb/failure.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
class Env;
class Status;
} // namespace rocksdb

namespace rookery::storage {

class Disk;

/// Counted by RocksDB's threads, read by any.
struct Compactions {
  std::atomic<std::uint64_t> ended{0}, microseconds{0}, bytes_written{0};
};

struct DatabaseOptions {
  std::string directory;
  Disk* disk = nullptr; // null: the operating system's files
  std::size_t cache_bytes = 0;
  std::size_t memtable_bytes = 0;
  Compactions* compactions = nullptr; // null: not counted; outlives the database
};

/// An iterator without `total_order_seek` finds only keys that share their first nine bytes (kind
/// and owner) with the key it seeks.
class Database {
public:
  static Result<std::unique_ptr<Database>> open(const DatabaseOptions& options, Failure& failure,
                                                Log& log);
  ~Database();

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* records() const { return records_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* index() const { return index_; }
  [[nodiscard]] const std::string& directory() const { return directory_; }

  [[nodiscard]] Status status(const rocksdb::Status& status) const;

private:
  Database();

  std::string directory_;
  std::unique_ptr<rocksdb::Env> env_; // outlives db_
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* records_ = nullptr;
  rocksdb::ColumnFamilyHandle* index_ = nullptr;
};

} // namespace rookery::storage
