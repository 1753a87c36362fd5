// What is measured: a server that was started for it, or one that runs already.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "bench/client.h"
#include "bench/process.h"
#include "bench/server_process.h"

namespace rookery::bench {

struct SubjectOptions {
  /// Started, and stopped at the end, where it names a program.
  ServerSettings server = {};
  /// Otherwise this one. Its cost is that of these processes and all their descendants: a server
  /// and the database it uses.
  Address address = {};
  std::vector<pid_t> processes = {};
  /// Its accounts u0, u1, ... are there already.
  bool has_accounts = false;
  /// How clients sign in where signing in is not what is measured.
  Proof proof = Proof::kScram;
};

class Subject {
public:
  [[nodiscard]] static Result<Subject> open(const SubjectOptions& options);

  [[nodiscard]] const Address& address() const { return address_; }
  [[nodiscard]] bool has_accounts() const { return has_accounts_; }
  [[nodiscard]] Proof proof() const { return proof_; }
  /// Zero where no process is known.
  [[nodiscard]] Result<Microseconds> cpu_time() const;
  [[nodiscard]] Result<Memory> memory() const;
  /// Of the processes themselves, not of their descendants.
  [[nodiscard]] Result<Reads> reads() const;
  /// From its process to its first connection, at the last start; nullopt where it is not ours.
  [[nodiscard]] std::optional<Microseconds> start_time() const;
  /// Nothing where the server is not ours.
  [[nodiscard]] Status restart();

private:
  [[nodiscard]] std::vector<pid_t> processes() const;

  std::unique_ptr<ServerProcess> server_;
  Address address_;
  std::vector<pid_t> processes_;
  bool has_accounts_ = false;
  Proof proof_ = Proof::kScram;
};

} // namespace rookery::bench
