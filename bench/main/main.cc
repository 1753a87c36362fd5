// The command line of `rookery-bench`.
#include <sys/resource.h>

#include <functional>
#include <map>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "bench/chat.h"
#include "bench/group.h"
#include "bench/history.h"
#include "bench/logins.h"
#include "bench/mixed.h"
#include "bench/presence.h"
#include "bench/quiet.h"
#include "bench/storm.h"

namespace {

using namespace rookery;
using namespace rookery::bench;

struct Words {
  SubjectOptions subject;
  ChatOptions chat;
  IdleOptions idle;
  LoginOptions login;
  StormOptions storm;
  HistoryOptions history;
  PresenceOptions presence;
  GroupOptions group;
  MixedOptions mixed;
  QuietOptions quiet;
  /// As a server has them where nothing is configured.
  std::size_t rate_kilobytes = 4096, burst_kilobytes = 16'384;
  bool json = false;
  long seconds = 10;
  long settle = 2;
  std::size_t accounts = 100;
};

void add_common(CLI::App& command, Words& words) {
  ServerSettings& server = words.subject.server;
  auto* program = command.add_option("--server", server.program,
                                     "The server's program, started for this and stopped after");
  command.add_option("--data", server.data, "Its data, kept; none: made anew and removed");
  command.add_option("--threads", server.threads, "Its threads; 0: one per core")
      ->capture_default_str();
  command.add_option("--durability", server.durability)
      ->check(CLI::IsMember({"power", "process"}))
      ->capture_default_str();
  command.add_option("--history", server.history)
      ->check(CLI::IsMember({"all", "undelivered"}))
      ->capture_default_str();
  command.add_option("--preload", server.preload, "A library put before its own (LD_PRELOAD)");
  Address& address = words.subject.address;
  auto* port = command.add_option("--port", address.port,
                                  "Of a server that runs already; it must allow registration");
  command.add_option("--http-port", address.http_port, "Its WebSocket, at /xmpp-websocket");
  command.add_option("--ip", address.ip)->capture_default_str();
  command.add_option("--domain", address.domain)->capture_default_str();
  command.add_option("--pid", words.subject.processes,
                     "Its processes, whose cost is measured with that of all their children");
  command.add_flag("--existing", words.subject.has_accounts,
                   "The accounts are there: made by 'register', or none are needed");
  command.add_option("--password", address.password,
                     "Of all accounts; none: that of u7 is password7");
  command.add_flag_callback(
      "--plain", [&words] { words.subject.proof = Proof::kPlain; },
      "Clients sign in with PLAIN where signing in is not what is measured");
  const std::map<std::string, Carrier> carriers{
      {"tcp", Carrier::kTcp}, {"starttls", Carrier::kStartTls}, {"websocket", Carrier::kWebSocket}};
  command.add_option("--via", address.carrier, "What carries the streams")
      ->transform(CLI::CheckedTransformer(carriers))
      ->default_str("tcp");
  program->excludes(port);
  command.add_flag("--json", words.json, "The figures as one line of JSON");
}

using Run = std::function<Result<Report>(Subject&, Words&)>;

void declare(CLI::App& app, Words& words, Run& run) {
  app.require_subcommand(1);
  const auto common = [&words](CLI::App* command) {
    add_common(*command, words);
    return command;
  };
  const auto duration = [&words](CLI::App* command) {
    command->add_option("--seconds", words.seconds, "How long is measured")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
  };

  auto* chat = common(app.add_subcommand("chat", "Pairs exchange messages"));
  duration(chat);
  ChatOptions& options = words.chat;
  const auto count = CLI::Range(std::size_t{1}, std::size_t{1'000'000});
  chat->add_option("--pairs", options.pairs)->check(count)->capture_default_str();
  chat->add_option("--window", options.window, "Messages of a sender under way")
      ->check(count)
      ->capture_default_str();
  chat->add_option("--bytes", options.stanza_bytes, "Of a stanza")->capture_default_str();
  chat->add_option("--idle", options.idle, "Sessions that are there and do nothing")
      ->capture_default_str();
  chat->add_flag("--both-ways", options.both_ways, "Both of a pair send");
  chat->add_flag("--to-bare", options.to_bare, "To the account, not to its device");
  chat->add_flag("--sm", options.stream_management, "With stream management");
  chat->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.chat.duration = Seconds(given.seconds);
      return run_chat(subject, given.chat);
    };
  });

  auto* idle = common(app.add_subcommand("idle", "What a session that does nothing keeps"));
  idle->add_option("--sessions", words.idle.sessions)->check(count)->capture_default_str();
  idle->add_flag("--sm", words.idle.stream_management, "With stream management");
  idle->add_option("--settle", words.settle, "Seconds from the last login to the measurement")
      ->capture_default_str();
  idle->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.idle.settle = Seconds(given.settle);
      return run_idle(subject, given.idle);
    };
  });

  auto* make = common(app.add_subcommand("register", "Makes accounts, and nothing else"));
  make->add_option("--accounts", words.accounts)->check(count)->capture_default_str();
  make->callback([&run] {
    run = [](Subject& subject, Words& given) { return run_register(subject, given.accounts); };
  });

  auto* login = common(app.add_subcommand("login", "What signing in costs"));
  duration(login);
  login->add_option("--accounts", words.login.accounts)->check(count)->capture_default_str();
  login->add_option("--at-once", words.login.at_once, "Logins under way at a time")
      ->check(count)
      ->capture_default_str();
  login->add_flag("--tickets", words.login.tickets, "TLS sessions are resumed");
  login->add_option("--settle", words.settle, "Seconds before the memory is looked at, in the end");
  const std::map<std::string, LoginKind> kinds{{"scram", LoginKind::kScram},
                                               {"plain", LoginKind::kPlain},
                                               {"token", LoginKind::kToken},
                                               {"resume", LoginKind::kResume}};
  login->add_option("--by", words.login.kind, "scram, plain, token (XEP-0484), resume (XEP-0198)")
      ->transform(CLI::CheckedTransformer(kinds))
      ->default_str("scram");
  login->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.login.duration = Seconds(given.seconds);
      given.login.settle = Seconds(given.settle);
      return run_logins(subject, given.login);
    };
  });
}

void declare_storm(CLI::App& app, Words& words, Run& run) {
  CLI::App* storm = app.add_subcommand("storm", "What memory is left when all who came have left");
  add_common(*storm, words);
  const auto count = CLI::Range(std::size_t{1}, std::size_t{1'000'000});
  storm->add_option("--sessions", words.storm.sessions)->check(count)->capture_default_str();
  storm->add_flag("--sm", words.storm.stream_management, "With stream management");
  const auto seconds = [storm](const char* name, Seconds& target, const char* what) {
    storm
        ->add_option_function<long>(
            name, [&target](long given) { target = Seconds(given); }, what)
        ->default_str(std::to_string(target.count()));
  };
  seconds("--rest", words.storm.rest, "Seconds before the base is looked at");
  seconds("--settle", words.storm.settle, "Seconds waited for the memory afterwards, at most");
  storm->callback([&run] {
    run = [](Subject& subject, Words& given) { return run_storm(subject, given.storm); };
  });
}

void declare_talk(CLI::App& app, Words& words, Run& run) {
  const auto count = CLI::Range(std::size_t{1}, std::size_t{100'000'000});
  const auto talk = [&](const char* name, const char* what) {
    CLI::App* command = app.add_subcommand(name, what);
    add_common(*command, words);
    command->add_option("--seconds", words.seconds, "How long is measured")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    return command;
  };

  auto* history = talk("history", "Newest pages of archives are read");
  history->add_option("--accounts", words.history.accounts)->check(count)->capture_default_str();
  history->add_option("--messages", words.history.messages, "Written first; 0: none")
      ->capture_default_str();
  history->add_option("--page", words.history.page)->check(count)->capture_default_str();
  history
      ->add_option("--pages-per-second", words.history.pages_per_second,
                   "Of all together; 0: each as fast as pages come")
      ->capture_default_str();
  history->add_flag("--cold", words.history.cold, "After a restart of the server");
  history->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.history.duration = Seconds(given.seconds);
      return run_history(subject, given.history);
    };
  });

  auto* presence = talk("presence", "Users change their presence, and their contacts see it");
  presence->add_option("--users", words.presence.users)->check(count)->capture_default_str();
  presence->add_option("--contacts", words.presence.contacts)->check(count)->capture_default_str();
  presence
      ->add_option("--flaps-per-second", words.presence.flaps_per_second,
                   "Of all together; 0: as fast as contacts see them")
      ->capture_default_str();
  presence->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.presence.duration = Seconds(given.seconds);
      return run_presence(subject, given.presence);
    };
  });

  auto* mixed = talk("mixed", "A day in the life of many users, within --seconds");
  mixed->add_option("--users", words.mixed.users)->check(count)->capture_default_str();
  mixed->add_option("--seed", words.mixed.seed, "The same seed, the same day")
      ->capture_default_str();
  mixed->add_flag("--steady", words.mixed.steady, "No connection is lost");
  mixed->add_flag("--count-mistakes", words.mixed.tolerant,
                  "Messages that are lost, repeated or out of order are counted: not an error");
  mixed->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.mixed.duration = Seconds(given.seconds);
      return run_mixed(subject, given.mixed);
    };
  });

  auto* quiet = talk("quiet", "What a message of a pair takes, while the server has other work");
  quiet->add_option("--per-second", words.quiet.messages_per_second)
      ->check(count)
      ->capture_default_str();
  quiet->add_option("--bytes", words.quiet.stanza_bytes, "Of a stanza, the flood's too")
      ->capture_default_str();
  quiet->add_option("--flood-window", words.quiet.flood_window, "Messages of the flood under way")
      ->check(count)
      ->capture_default_str();
  quiet->add_option("--removals", words.quiet.removals, "Accounts whose erasure merges tables")
      ->capture_default_str();
  quiet->add_option("--disk", words.quiet.disk, "A directory beside the data, to measure syncs in");
  quiet->add_option("--rate-kilobytes", words.rate_kilobytes, "What the flood may send a second")
      ->check(count)
      ->capture_default_str();
  quiet->add_option("--burst-kilobytes", words.burst_kilobytes, "And at once")
      ->check(count)
      ->capture_default_str();
  quiet->callback([&run, &words] {
    words.subject.server.rate_kilobytes = words.rate_kilobytes;
    words.subject.server.burst_kilobytes = words.burst_kilobytes;
    run = [](Subject& subject, Words& given) {
      given.quiet.duration = Seconds(given.seconds);
      return run_quiet(subject, given.quiet);
    };
  });

  auto* group = talk("group", "Some write to a room, all read");
  group->add_option("--occupants", words.group.occupants)->check(count)->capture_default_str();
  group->add_option("--writers", words.group.writers)->check(count)->capture_default_str();
  group->callback([&run] {
    run = [](Subject& subject, Words& given) {
      given.group.duration = Seconds(given.seconds);
      return run_group(subject, given.group);
    };
  });
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int measure(const Run& run, Words& words) {
  auto subject = Subject::open(words.subject);
  const auto report = subject ? run(*subject, words) : std::unexpected(subject.error());
  if (!report) {
    fmt::print(stderr, "rookery-bench: {}\n", report.error().text());
    return 1;
  }
  fmt::print("{}", words.json ? report->json() : report->text());
  return 0;
}

} // namespace

int main(int count, char** arguments) {
  CLI::App app("Loads an XMPP server, and says what that costs it.");
  Words words;
  Run run;
  declare(app, words, run);
  declare_storm(app, words, run);
  declare_talk(app, words, run);
  CLI11_PARSE(app, count, arguments);
  raise_descriptor_limit();
  return measure(run, words);
}
