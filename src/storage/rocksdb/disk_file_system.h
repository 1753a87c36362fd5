// RocksDB's file system on a Disk, so that a test which makes the disk hostile does so to RocksDB's
// files too.
#pragma once

#include <memory>

namespace rocksdb {
class Env;
}

namespace rookery::storage {

class Disk;

/// `disk` must outlive the environment.
[[nodiscard]] std::unique_ptr<rocksdb::Env> make_disk_env(Disk& disk);

} // namespace rookery::storage
