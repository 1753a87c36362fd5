// Callbacks into a negotiation that may be gone when they come.
#pragma once

#include <utility>

#include "server/client_stream.h"
#include "server/homes.h"

namespace rookery::server {

template <class F> auto Negotiation::guarded(F then) {
  return [homes = &stream_.homes(), stream = &stream_, serial = stream_.serial(),
          attempt = attempt_, then = std::move(then)](auto&&... args) mutable {
    if (!homes->is_open(stream, serial) || stream->securing_)
      return;
    Negotiation* self = stream->negotiation_.get();
    if (self == nullptr || self->attempt_ != attempt)
      return;
    then(*self, std::forward<decltype(args)>(args)...);
  };
}

} // namespace rookery::server
