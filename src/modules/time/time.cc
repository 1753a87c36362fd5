#include "modules/time/time.h"

#include <ctime>

#include "modules/time/zone.h"
#include "server/binder.h"
#include "server/homes.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::time {
namespace {

constexpr server::Xep kXeps[] = {{202, "2.0"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsTime, server::Target::kServer}};

constexpr server::ModuleInfo kInfo{
    .name = "time",
    .about = "tells the server's time and time zone",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = {},
    .options = {},
};

/// Of the machine's zone at that time, east of UTC.
Seconds offset_at(WallTime now) {
  const std::time_t seconds = std::chrono::floor<Seconds>(now).time_since_epoch().count();
  std::tm local{};
  return localtime_r(&seconds, &local) != nullptr ? Seconds(local.tm_gmtoff) : Seconds(0);
}

class Time final : public server::Module {
public:
  void bind(server::Binder& on) override {
    on.iq_get<&Time::answer>(*this, server::Target::kServer, "time", xmpp::kNsTime);
  }

private:
  void answer(server::IqRequest request) {
    const WallTime now = request.homes().clock().wall();
    request.result([now](xml::Writer& writer) {
      writer.open("time", xmpp::kNsTime).leaf("tzo", format_offset(offset_at(now)));
      writer.leaf("utc", xmpp::format_time(now, xmpp::Precision::kSeconds));
    });
  }
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options&) {
  return std::make_unique<Time>();
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::time
