#include "app/restore.h"

#include "app/control_socket.h"

namespace rookery::app {

namespace fs = std::filesystem;

Status restore(const fs::path& backup, const fs::path& data) {
  std::error_code error;
  if (!fs::is_directory(backup, error))
    return fail("there is no such backup", backup.string(),
                "name the directory that 'rookery backup' made");
  if (connect_to_running_server(data / "control.sock"))
    return fail("a server runs on this data", data.string(), "stop it first");
  fs::create_directories(data, error);
  const fs::path store = data / "store";
  const fs::path fresh = data / "store.restoring";
  fs::remove_all(fresh, error);
  fs::copy(backup, fresh, fs::copy_options::recursive, error);
  if (error)
    return fail("the backup could not be copied: " + error.message(), fresh.string(),
                "check the space and who may write there; the data is as it was");
  if (fs::exists(store)) {
    fs::path old;
    for (int n = 1; old.empty() || fs::exists(old); ++n)
      old = data / ("store.before-restore-" + std::to_string(n));
    fs::rename(store, old, error);
    if (error)
      return fail("the old store could not be moved aside: " + error.message(), store.string(),
                  "the data is as it was");
  }
  fs::rename(fresh, store, error);
  if (error)
    return fail("the restored store could not be put in place: " + error.message(), store.string(),
                "rename " + fresh.string() + " to it by hand");
  return {};
}

} // namespace rookery::app
