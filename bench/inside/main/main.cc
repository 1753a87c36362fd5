// The command line of `rookery-inside`.
#include <csignal>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/inside/fill.h"
#include "bench/inside/sessions.h"

int main(int count, char** arguments) {
  using namespace rookery;
  using namespace rookery::bench;
  CLI::App app("Benchmarks that sockets cannot reach.");
  app.require_subcommand(1);
  bool json = false;
  FillOptions fill;
  SessionsOptions sessions;
  auto* filling = app.add_subcommand("fill", "Writes a store with many accounts and messages");
  filling->add_option("--data", fill.data)->required();
  filling->add_option("--accounts", fill.accounts)->capture_default_str();
  filling->add_option("--messages", fill.messages)->capture_default_str();
  filling->add_option("--with-password", fill.with_password, "So many have one")
      ->capture_default_str();
  filling->add_option("--contacts", fill.contacts, "In each roster")
      ->check(CLI::Range(0, 16))
      ->capture_default_str();
  filling->add_option("--body-bytes", fill.body_bytes)->capture_default_str();
  filling->add_flag("--skewed", fill.skewed, "A few write much, many little");
  filling->add_option("--memtable", fill.memtable_bytes, "Bytes; of a server it is the default")
      ->capture_default_str();
  filling->add_flag("--json", json);
  auto* holding = app.add_subcommand("sessions", "Holds many sessions without sockets");
  holding->add_option("--data", sessions.data)->required();
  holding->add_option("--sessions", sessions.sessions)
      ->check(CLI::Range(std::size_t{4}, std::size_t{100'000'000}))
      ->capture_default_str();
  holding->add_option("--few", sessions.few, "To compare with")
      ->check(CLI::Range(std::size_t{2}, std::size_t{100'000'000}))
      ->capture_default_str();
  holding->add_option("--messages", sessions.messages)->capture_default_str();
  holding->add_flag("--archive", sessions.archive);
  holding->add_flag("--json", json);
  CLI11_PARSE(app, count, arguments);

  const auto report = filling->parsed() ? run_fill(fill) : run_sessions(sessions);
  if (!report) {
    fmt::print(stderr, "rookery-inside: {}\n", report.error().text());
    return 1;
  }
  fmt::print("{}", json ? report->json() : report->text());
  return 0;
}
