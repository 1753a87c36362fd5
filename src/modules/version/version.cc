#include "modules/version/version.h"

#include <sys/utsname.h>

#include <string>

#include "server/binder.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::version {
namespace {

constexpr server::Xep kXeps[] = {{92, "1.1"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsVersion, server::Target::kServer}};
constexpr server::Option kOptions[] = {
    {.type = server::Option::Type::kBool,
     .name = "show_os",
     .standard = "false",
     .unit = "",
     .about = "tell everyone who asks which operating system the server runs on"},
};

constexpr server::ModuleInfo kInfo{
    .name = "version",
    .about = "tells which program the server is and which version",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = kOptions,
};

/// "Linux 6.1.0", or "" where the system does not say.
std::string operating_system() {
  utsname names{};
  if (uname(&names) != 0)
    return {};
  return std::string(names.sysname) + ' ' + names.release;
}

class Version final : public server::Module {
public:
  explicit Version(bool show_os) : os_(show_os ? operating_system() : std::string()) {}

  void bind(server::Binder& on) override {
    on.iq_get<&Version::answer>(*this, server::Target::kServer, "query", xmpp::kNsVersion);
  }

private:
  void answer(server::IqRequest request) {
    request.result([this](xml::Writer& writer) {
      writer.open("query", xmpp::kNsVersion).leaf("name", "Rookery");
      writer.leaf("version", ROOKERY_VERSION);
      if (!os_.empty())
        writer.leaf("os", os_);
    });
  }

  std::string os_; // "": not told
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  return std::make_unique<Version>(options.boolean("show_os"));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::version
