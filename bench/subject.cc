#include "bench/subject.h"

#include <utility>

namespace rookery::bench {

Result<Subject> Subject::open(const SubjectOptions& options) {
  Subject subject;
  subject.address_ = options.address;
  subject.process_ = options.process;
  if (options.server.program.empty())
    return subject;
  auto server = ServerProcess::start(options.server);
  if (!server)
    return std::unexpected(server.error());
  subject.server_ = std::move(*server);
  subject.address_ = {.ip = "127.0.0.1", .port = subject.server_->port(), .domain = "localhost"};
  return subject;
}

Result<Microseconds> Subject::cpu_time() const {
  return pid() == 0 ? Microseconds(0) : bench::cpu_time(pid());
}

Result<Memory> Subject::memory() const { return pid() == 0 ? Memory() : bench::memory(pid()); }

Status Subject::restart() { return server_ ? server_->restart() : Status(); }

} // namespace rookery::bench
