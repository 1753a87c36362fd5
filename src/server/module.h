// The interface of modules: what one declares about itself, and how it takes part. See
// docs/extensions.md for the recipe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/portable.h"
#include "storage/store.h"

namespace rookery::server {

class Binder;
class Homes;

/// Whom a request or a feature is about.
enum class Target : std::uint8_t {
  kServer = 1,  // the domain itself
  kAccount = 2, // a bare JID (or no address: the sender's own)
  kBoth = 3,
};

struct Xep {
  std::uint16_t number;
  std::string_view version;   // of the specification that was read
  std::string_view note = {}; // what is left out, if anything
};

/// A line of service discovery (XEP-0030).
struct Feature {
  std::string_view var;
  Target target;
};

/// An option of the module's table in the configuration file. The checker refuses what does not fit
/// and says what would.
struct Option {
  enum class Type : std::uint8_t { kBool, kInteger, kSeconds, kText, kTexts } type;
  std::string_view name;
  std::string_view standard; // the default, as it would stand in the file
  std::int64_t min = 0, max = 0;
  std::string_view unit; // "" where it has none
  std::string_view about;
};

struct Stays {
  storage::Keyspace keyspace;
  std::string_view why;
};

/// All that is known of a module without running it. One constant per module; discovery, the
/// configuration checker and docs/reference.md are made from it.
struct ModuleInfo {
  std::string_view name;  // the folder's
  std::string_view about; // one line: what it does for a user
  std::span<const Xep> xeps;
  std::span<const Feature> features;
  /// Records that are in memory while the account is loaded (Binder::account_loaded).
  std::span<const storage::Keyspace> hot;
  /// Records that are read when they are asked for.
  std::span<const storage::Keyspace> cold;
  std::span<const Option> options;
  /// What of its records moves with an account to another server (XEP-0227): server/portable.h.
  std::span<const Portable> portable = {};
  /// Records that do not, and why. An export names what is in neither.
  std::span<const Stays> stays = {};
};

/// Values of a module's options, checked against ModuleInfo::options: a name that is not declared
/// there is a bug.
class Options {
public:
  virtual ~Options() = default;
  [[nodiscard]] virtual bool boolean(std::string_view name) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::string_view name) const = 0; // kInteger, kSeconds
  [[nodiscard]] virtual std::string text(std::string_view name) const = 0;
  [[nodiscard]] virtual std::vector<std::string> texts(std::string_view name) const = 0;
  /// For create(), which knows more than the checker: what is wrong with a value ("has \"x\", which
  /// is no address"). The Error says which option it is and where it was set.
  [[nodiscard]] virtual Error mistake(std::string_view name, std::string_view what,
                                      std::string advice) const = 0;
};

/// One instance per thread: it sees only its thread's homes and needs no lock. Made and destroyed
/// on the loop's thread.
class Module {
public:
  virtual ~Module() = default;
  /// Called once, before any stanza: puts the module's handlers into the tables, which are frozen
  /// afterwards.
  virtual void bind(Binder& on) = 0;
};

struct ModuleDescriptor {
  const ModuleInfo& info;
  Result<std::unique_ptr<Module>> (*create)(Homes& homes, const Options& options);
};

} // namespace rookery::server
