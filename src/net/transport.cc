#include "net/transport.h"

namespace rookery::net {

std::string_view to_string(CloseReason reason) {
  switch (reason) {
  case CloseReason::kPeer:
    return "peer";
  case CloseReason::kError:
    return "error";
  case CloseReason::kLocal:
    return "local";
  case CloseReason::kOutputLimit:
    return "output-limit";
  }
  return "";
}

} // namespace rookery::net
