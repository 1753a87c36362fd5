#include "app/commands.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iostream>

#include "app/account_files.h"
#include "app/administration.h"
#include "app/check.h"
#include "app/invitation_commands.h"
#include "app/reference.h"
#include "app/restore.h"
#include "app/serve.h"

namespace rookery::app {
namespace {

namespace json = boost::json;

struct Words {
  std::string config_file, data = "data";
  std::string jid, alias, directory, device, file;
  bool password_stdin = false, all = false, doap = false;
  InvitationWords invitation;
};

int failed(const Error& error) {
  fmt::print(stderr, "rookery: {}\n", error.text());
  return 1;
}

int finish(const Status& status) { return status ? 0 : failed(status.error()); }

std::expected<Config, int> load_config(const Words& words) {
  if (words.config_file.empty())
    return Config::for_this_machine();
  auto config = Config::load(words.config_file);
  if (config)
    return std::move(*config);
  for (const Error& error : config.error())
    fmt::print(stderr, "rookery: {}\n", error.text());
  return std::unexpected(1);
}

Result<json::object> ask(const Words& words, const Config& config, const json::object& request) {
  const auto administration = Administration::open(config, words.data);
  return administration ? (*administration)->ask(request) : std::unexpected(administration.error());
}

/// `work` with what reaches the data.
template <class Work> int administer(const Words& words, Work work) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto administration = Administration::open(*config, words.data);
  return finish(administration ? work(**administration) : std::unexpected(administration.error()));
}

/// From standard input, or asked for twice without showing it.
Result<std::string> read_password(bool from_stdin) {
  std::string password;
  if (from_stdin || ::isatty(STDIN_FILENO) == 0) {
    std::getline(std::cin, password);
    return password;
  }
  termios before{};
  ::tcgetattr(STDIN_FILENO, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::string again;
  fmt::print(stderr, "Password: ");
  std::getline(std::cin, password);
  fmt::print(stderr, "\nOnce more: ");
  std::getline(std::cin, again);
  fmt::print(stderr, "\n");
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  if (password != again)
    return fail("the two passwords differ", {}, "try again");
  return password;
}

int user_command(const Words& words, std::string_view action, bool with_password) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  json::object request{{"do", fmt::format("user.{}", action)}, {"jid", words.jid}};
  if (with_password) {
    const Result<std::string> password = read_password(words.password_stdin);
    if (!password)
      return failed(password.error());
    request["password"] = *password;
  }
  const auto answer = ask(words, *config, request);
  return answer ? 0 : failed(answer.error());
}

int list_users(const Words& words) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto answer = ask(words, *config, {{"do", "user.list"}});
  if (!answer)
    return failed(answer.error());
  for (const json::value& user : answer->at("users").as_array()) {
    const json::object& fields = user.as_object();
    const auto created = static_cast<std::time_t>(fields.at("created").to_number<std::int64_t>());
    fmt::print("{}  created {:%Y-%m-%d}{}\n", std::string(fields.at("jid").as_string()),
               fmt::gmtime(created), fields.at("disabled").as_bool() ? "  disabled" : "");
  }
  return 0;
}

void print_device(const json::object& device) {
  const auto text = [&](std::string_view name) { return std::string(device.at(name).as_string()); };
  const auto time = [&](std::string_view name) {
    return fmt::gmtime(static_cast<std::time_t>(device.at(name).to_number<std::int64_t>()));
  };
  std::string about = text("software");
  for (const std::string& more : {text("device"), text("address")})
    about += (about.empty() || more.empty() ? "" : ", ") + more;
  fmt::print("{}  first used {:%Y-%m-%d %H:%M}  last used {:%Y-%m-%d %H:%M}{}{}{}{}\n", text("id"),
             time("first_used"), time("last_used"),
             device.at("connected").as_bool() ? "  signed in" : "",
             device.at("token").as_bool() ? "  has a token" : "",
             device.at("password").as_bool() ? "  knows the password" : "",
             about.empty() ? "" : "  " + about);
}

int list_devices(const Words& words) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto answer = ask(words, *config, {{"do", "user.devices"}, {"jid", words.jid}});
  if (!answer)
    return failed(answer.error());
  for (const json::value& device : answer->at("devices").as_array())
    print_device(device.as_object());
  return 0;
}

int alias_command(const Words& words, std::string_view action) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto answer = ask(
      words, *config,
      {{"do", fmt::format("user.alias.{}", action)}, {"jid", words.jid}, {"alias", words.alias}});
  if (!answer)
    return failed(answer.error());
  if (const json::value* aliases = answer->if_contains("aliases"))
    for (const json::value& alias : aliases->as_array())
      fmt::print("{}\n", std::string(alias.as_string()));
  return 0;
}

int sign_out(const Words& words) {
  if (words.device.empty() != words.all)
    return failed({.what = "it is not clear which devices",
                   .where = words.jid,
                   .advice = fmt::format("name one, or say --all; see 'rookery user devices {}'",
                                         words.jid)});
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto answer =
      ask(words, *config, {{"do", "user.sign-out"}, {"jid", words.jid}, {"device", words.device}});
  if (!answer)
    return failed(answer.error());
  bool password = false;
  for (const json::value& device : answer->at("devices").as_array())
    password = password || device.as_object().at("password").as_bool();
  fmt::print("{} signed out\n", answer->at("devices").as_array().size());
  if (password)
    fmt::print("who knows the password can sign in again; 'rookery user passwd {}' changes it\n",
               words.jid);
  return 0;
}

int back_up(const Words& words) {
  const auto config = load_config(words);
  if (!config)
    return config.error();
  const auto answer =
      ask(words, *config,
          {{"do", "backup"}, {"directory", std::filesystem::absolute(words.directory).string()}});
  if (!answer)
    return failed(answer.error());
  fmt::print("{} bytes copied to {}\n", answer->at("bytes").to_number<std::uint64_t>(),
             words.directory);
  return 0;
}

void declare_aliases(CLI::App& user, Words& words, std::function<int()>& run,
                     const std::function<CLI::App*(CLI::App*)>& common) {
  auto* alias = user.add_subcommand("alias", "Names to sign in by besides its own, like a number");
  alias->require_subcommand(1);
  const auto command = [&](const char* name, const char* about, bool named) {
    auto* one = common(alias->add_subcommand(name, about));
    one->add_option("JID", words.jid, "Address of the account, like alice@example.org")->required();
    if (named)
      one->add_option("ALIAS", words.alias, "The name or number, like 10001")->required();
    one->callback([&words, &run, action = std::string(name)] {
      run = [&words, action] { return alias_command(words, action); };
    });
  };
  command("add", "Let the account sign in by one more name", true);
  command("remove", "Take a name away; devices stay signed in", true);
  command("list", "Names the account can sign in by", false);
}

void declare_invitations(CLI::App* user, const std::function<CLI::App*(CLI::App*)>& common,
                         Words& words, std::function<int()>& run) {
  InvitationWords& invitation = words.invitation;
  const auto does = [&words, &run](CLI::App* command, auto work) {
    command->callback([&words, &run, work] {
      run = [&words, work] {
        return administer(words, [&](Administration& administration) {
          return work(administration, words.invitation);
        });
      };
    });
  };
  auto* invite_command = common(user->add_subcommand(
      "invite", "Print a link by which somebody can make an account, also where nobody else may"));
  invite_command->add_option("--name", invitation.name,
                             "The name the account will have; it is kept free");
  invite_command->add_option("--uses", invitation.uses, "Accounts it is good for")
      ->capture_default_str();
  invite_command->add_option("--days", invitation.days, "Days it is good for")
      ->capture_default_str();
  invite_command->add_option("--from", invitation.from,
                             "Address of an account: both become contacts; none: the operator");
  invite_command->add_option("--domain", invitation.domain,
                             "Where the account will be; none: that of --from, or the first one");
  does(invite_command, invite);
  does(common(user->add_subcommand("invitations", "Those that can be used, whoever made them")),
       [](Administration& administration, const InvitationWords&) {
         return list_invitations(administration);
       });
  auto* revoke = common(user->add_subcommand("revoke", "Make an invitation good for nothing"));
  revoke->add_option("ID", invitation.id, "As 'rookery user invitations' names it")->required();
  does(revoke, revoke_invitation);
}

/// The tree of sub-commands; each sets `run` to what is to be done.
void declare(CLI::App& app, Words& words, std::function<int()>& run) {
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "All commands with their options");
  const auto common = [&words](CLI::App* command) {
    command->add_option("--config", words.config_file,
                        "Configuration file (TOML); none: everything at its default");
    command->add_option("--data", words.data, "Directory of the data")->capture_default_str();
    return command;
  };
  common(app.add_subcommand("serve", "Run the server until Ctrl-C"))->callback([&] {
    run = [&words] {
      const auto config = load_config(words);
      return config ? finish(serve(*config, words.data)) : config.error();
    };
  });
  common(app.add_subcommand("check", "Look at configuration, certificates, ports and store, and "
                                     "say what to do about each finding"))
      ->callback([&] { run = [&words] { return check(words.config_file, words.data); }; });
  auto* backup =
      common(app.add_subcommand("backup", "Copy all data, while the server runs or not"));
  backup->add_option("DIR", words.directory, "Where to; must not exist")->required();
  backup->callback([&] { run = [&words] { return back_up(words); }; });
  auto* restore_command = common(app.add_subcommand(
      "restore", "Put a backup in the place of the data; before the server runs"));
  restore_command->add_option("DIR", words.directory, "A backup")->required();
  restore_command->callback(
      [&] { run = [&words] { return finish(restore(words.directory, words.data)); }; });
  auto* reference = app.add_subcommand(
      "reference",
      "Write the reference of the configuration and the list of protocols, in Markdown");
  reference->add_flag("--doap", words.doap, "Only the list of protocols, as a DOAP file");
  reference->callback([&] {
    run = [&words] {
      fmt::print("{}", words.doap ? write_doap() : write_reference());
      return 0;
    };
  });

  auto* user = app.add_subcommand("user", "Accounts, while the server runs or not");
  user->require_subcommand(1);
  const auto account = [&](const char* name, const char* about, bool password) {
    auto* command = common(user->add_subcommand(name, about));
    command->add_option("JID", words.jid, "Address of the account, like alice@example.org")
        ->required();
    if (password)
      command->add_flag("--password-stdin", words.password_stdin,
                        "Read the password from standard input");
    command->callback([&words, &run, action = std::string(name), password] {
      run = [&words, action, password] { return user_command(words, action, password); };
    });
  };
  account("add", "Make an account", true);
  account("passwd", "Set a new password; signs out all devices", true);
  account("disable", "Lock an account: signs out all devices, nobody can sign in", false);
  account("enable", "Unlock it", false);
  account("delete", "Delete an account with everything in it", false);
  const auto with_jid = [&](const char* name, const char* about) {
    auto* command = common(user->add_subcommand(name, about));
    command->add_option("JID", words.jid, "Address of the account, like alice@example.org")
        ->required();
    return command;
  };
  with_jid("devices", "Where the account is signed in")->callback([&words, &run] {
    run = [&words] { return list_devices(words); };
  });
  declare_aliases(*user, words, run, common);
  auto* out = with_jid("sign-out", "Sign a device out, and end its token");
  out->add_option("DEVICE", words.device, "As 'rookery user devices' names it");
  out->add_flag("--all", words.all, "All of its devices");
  out->callback([&words, &run] { run = [&words] { return sign_out(words); }; });
  auto* export_command = common(
      user->add_subcommand("export", "Write an account to a file that other servers read too"));
  export_command->add_option("JID", words.jid, "Address of the account")->required();
  export_command->add_option("--output", words.file,
                             "The file, which must not exist; none: standard output");
  export_command->callback([&] {
    run = [&words] {
      return administer(words, [&](Administration& administration) {
        return export_account(administration, words.jid, words.file);
      });
    };
  });
  auto* import_command = common(user->add_subcommand(
      "import", "Make the accounts of a file that this or another server wrote"));
  import_command->add_option("FILE", words.file, "A file of XEP-0227")->required();
  import_command->callback([&] {
    run = [&words] {
      return administer(words, [&](Administration& administration) {
        return import_accounts(administration, words.file);
      });
    };
  });
  common(user->add_subcommand("list", "All accounts"))->callback([&] {
    run = [&words] { return list_users(words); };
  });
  declare_invitations(user, common, words, run);
}

} // namespace

int run_command_line(int count, char** words) {
  CLI::App app("Rookery: an instant messenger that its users own.");
  Words parsed;
  std::function<int()> run;
  declare(app, parsed, run);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return run();
}

} // namespace rookery::app
