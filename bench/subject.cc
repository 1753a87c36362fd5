#include "bench/subject.h"

#include <utility>

namespace rookery::bench {

Result<Subject> Subject::open(const SubjectOptions& options) {
  Subject subject;
  subject.address_ = options.address;
  subject.processes_ = options.processes;
  subject.has_accounts_ = options.has_accounts;
  subject.proof_ = options.proof;
  if (options.server.program.empty())
    return subject;
  auto server = ServerProcess::start(options.server);
  if (!server)
    return std::unexpected(server.error());
  subject.server_ = std::move(*server);
  subject.address_.ip = "127.0.0.1";
  subject.address_.port = subject.server_->port();
  subject.address_.http_port = subject.server_->http_port();
  subject.address_.domain = "localhost";
  return subject;
}

std::vector<pid_t> Subject::processes() const {
  return server_ ? std::vector{server_->pid()} : processes_;
}

Result<Microseconds> Subject::cpu_time() const {
  Microseconds sum{0};
  for (const pid_t root : processes()) {
    const auto time = tree_cpu_time(root);
    if (!time)
      return time;
    sum += *time;
  }
  return sum;
}

Result<Memory> Subject::memory() const {
  Memory sum;
  for (const pid_t root : processes()) {
    const auto memory = tree_memory(root);
    if (!memory)
      return memory;
    sum += *memory;
  }
  return sum;
}

Result<Reads> Subject::reads() const {
  Reads sum;
  for (const pid_t process : processes()) {
    const auto of_process = bench::reads(process);
    if (!of_process)
      return of_process;
    sum.calls += of_process->calls;
    sum.disk_bytes += of_process->disk_bytes;
  }
  return sum;
}

std::optional<Microseconds> Subject::start_time() const {
  return server_ ? std::optional(server_->start_time()) : std::nullopt;
}

Status Subject::restart() { return server_ ? server_->restart() : Status(); }

} // namespace rookery::bench
