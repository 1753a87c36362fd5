// What is measured: a server that was started for it, or one that runs already.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "base/result.h"
#include "bench/client.h"
#include "bench/process.h"
#include "bench/server_process.h"

namespace rookery::bench {

struct SubjectOptions {
  /// Started, and stopped at the end, where it names a program.
  ServerSettings server = {};
  /// Otherwise this one, whose cost is read from the process where it is named.
  Address address = {};
  pid_t process = 0;
};

class Subject {
public:
  [[nodiscard]] static Result<Subject> open(const SubjectOptions& options);

  [[nodiscard]] const Address& address() const { return address_; }
  /// Zero where the process is not known.
  [[nodiscard]] Result<Microseconds> cpu_time() const;
  [[nodiscard]] Result<Memory> memory() const;
  /// Nothing where the server is not ours.
  [[nodiscard]] Status restart();

private:
  [[nodiscard]] pid_t pid() const { return server_ ? server_->pid() : process_; }

  std::unique_ptr<ServerProcess> server_;
  Address address_;
  pid_t process_ = 0;
};

} // namespace rookery::bench
