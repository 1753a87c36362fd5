#include "app/metrics.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace rookery::app {
namespace {

class Page {
public:
  template <class T>
  void add(std::string_view name, std::string_view type, std::string_view help, T value,
           std::string_view labels = {}) {
    if (name != last_)
      fmt::format_to(std::back_inserter(text_), "# HELP rookery_{} {}\n# TYPE rookery_{} {}\n",
                     name, help, name, type);
    last_ = name;
    fmt::format_to(std::back_inserter(text_), "rookery_{}{} {}\n", name, labels, value);
  }
  void raw(std::string_view line) { text_ += line; }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
  std::string_view last_;
};

void add_commit_histogram(Page& page, const server::Counters& counters) {
  static constexpr std::string_view kBounds[] = {"0.001", "0.002", "0.005", "0.01", "0.02",
                                                 "0.05",  "0.1",   "0.5",   "+Inf"};
  page.raw("# HELP rookery_commit_seconds From the turn that logged a stanza until it was "
           "durable\n# TYPE rookery_commit_seconds histogram\n");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < counters.commit_duration.size(); ++i) {
    count += counters.commit_duration[i];
    page.raw(fmt::format("rookery_commit_seconds_bucket{{le=\"{}\"}} {}\n", kBounds[i], count));
  }
  page.raw(fmt::format("rookery_commit_seconds_sum {}\nrookery_commit_seconds_count {}\n",
                       static_cast<double>(counters.commit_microseconds) / 1e6, count));
}

void add_queues(Page& page, const server::Queues& queues) {
  page.add("output_queue_bytes", "gauge", "Written to clients that have not taken it yet",
           queues.output_bytes);
  page.add("unacked_stanzas", "gauge", "Sent to clients and not acknowledged by them (XEP-0198)",
           queues.unacked_stanzas);
  page.add("unacked_bytes", "gauge", "The same in bytes", queues.unacked_bytes);
  page.add("pipeline_stanzas", "gauge",
           "Received from clients, and waiting for the disk or for their receiver",
           queues.pipeline_stanzas);
  page.add("pipeline_bytes", "gauge", "The same in bytes", queues.pipeline_bytes);
  page.add("mails_waiting", "gauge", "Mails between threads that wait to be read", queues.mails);
  page.add("password_jobs_waiting", "gauge", "Passwords that wait to be hashed", queues.jobs);
}

} // namespace

ProcessNumbers read_process_numbers() {
  ProcessNumbers numbers;
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  if (statm >> total >> resident)
    numbers.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    numbers.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  if (DIR* directory = ::opendir("/proc/self/fd")) {
    while (::readdir(directory) != nullptr)
      ++numbers.open_descriptors;
    ::closedir(directory);
    numbers.open_descriptors -= 3; // ".", ".." and the directory itself
  }
  return numbers;
}

std::string write_metrics(const server::Server::Totals& totals, const storage::Stats& store,
                          const ProcessNumbers& process) {
  const server::Counters& counters = totals.counters;
  Page page;
  page.add("sessions", "gauge", "Devices signed in, those that wait to be resumed included",
           totals.sessions);
  page.add("connections", "gauge", "Connections of clients", totals.streams);
  page.add("accounts_loaded", "gauge", "Accounts in memory", totals.accounts);
  page.add("stanzas_received_total", "counter", "Stanzas from clients",
           counters.stanzas_received[0], "{kind=\"message\"}");
  page.add("stanzas_received_total", "counter", "", counters.stanzas_received[1],
           "{kind=\"presence\"}");
  page.add("stanzas_received_total", "counter", "", counters.stanzas_received[2], "{kind=\"iq\"}");
  page.add("stanzas_sent_total", "counter", "Stanzas to clients", counters.stanzas_sent[0],
           "{kind=\"message\"}");
  page.add("stanzas_sent_total", "counter", "", counters.stanzas_sent[1], "{kind=\"presence\"}");
  page.add("stanzas_sent_total", "counter", "", counters.stanzas_sent[2], "{kind=\"iq\"}");
  page.add("stanzas_refused_total", "counter", "Stanzas answered with an error",
           counters.stanzas_refused);
  page.add("messages_total", "counter", "Messages from clients, by whether they went into a log",
           counters.messages_logged, "{logged=\"yes\"}");
  page.add("messages_total", "counter", "", counters.messages_unlogged, "{logged=\"no\"}");
  page.add("logins_total", "counter", "Sessions bound or resumed", counters.logins);
  page.add("logins_failed_total", "counter", "Failed attempts to sign in", counters.logins_failed);
  page.add("sessions_resumed_total", "counter", "Sessions resumed (XEP-0198)",
           counters.sessions_resumed);
  page.add("streams_opened_total", "counter", "Connections accepted", counters.streams_opened);
  page.add("stream_errors_total", "counter", "Streams ended with an error", counters.stream_errors);
  page.add("limits_reached_total", "counter", "Times a limit was reached", counters.limits_reached);
  add_commit_histogram(page, counters);
  page.add("commit_batches_total", "counter", "Batches given to the store", counters.commits);
  page.add("commit_stanzas_total", "counter", "Stanzas in those batches",
           counters.committed_stanzas);
  page.add("store_syncs_total", "counter", "Groups of batches made durable at once", store.syncs);
  page.add("store_sync_seconds_total", "counter", "Time spent in them",
           static_cast<double>(store.sync_microseconds) / 1e6);
  page.add("store_entries_total", "counter", "Log entries written since the start", store.entries);
  page.add("store_bytes_written_total", "counter", "Bytes written since the start",
           store.bytes_written);
  page.add("store_queue_bytes", "gauge", "Given to the store and not durable yet",
           store.queue_bytes);
  page.add("store_compactions_total", "counter", "Merges of tables that have ended",
           store.compactions);
  page.add("store_compaction_seconds_total", "counter", "Time spent in them",
           static_cast<double>(store.compaction_microseconds) / 1e6);
  page.add("store_compaction_bytes_written_total", "counter", "Bytes written by them",
           store.compaction_bytes_written);
  page.add("store_failed", "gauge",
           "1: the disk refused a write; nothing is acknowledged until a restart",
           store.failed ? 1 : 0);
  add_queues(page, totals.queues);
  page.add("loop_turns_total", "counter", "Turns of the event loops", totals.loop.turns);
  page.add("loop_mails_total", "counter", "Mails between threads", totals.loop.mails);
  page.add("loop_wakeups_total", "counter", "Times a mail woke a sleeping loop",
           totals.loop.wakeups);
  page.add("loop_yields_total", "counter", "Times a busy loop looked once more before it slept",
           totals.loop.yields);
  page.add("resident_memory_bytes", "gauge", "Memory of the process", process.resident_bytes);
  page.add("cpu_seconds_total", "counter", "Processor time of the process", process.cpu_seconds);
  page.add("open_descriptors", "gauge", "Open files and sockets", process.open_descriptors);
  return page.take();
}

} // namespace rookery::app
