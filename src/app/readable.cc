#include "app/readable.h"

namespace rookery::app {

net::HttpHandler readable(net::HttpHandler page) {
  return [page = std::move(page)](const net::HttpRequest& request, net::HttpResponder responder) {
    if (request.method == net::HttpMethod::kGet || request.method == net::HttpMethod::kHead)
      return page(request, std::move(responder));
    responder.respond({.status = 405,
                       .content_type = "text/plain",
                       .headers = {{"Allow", "GET, HEAD"}},
                       .body = "this can only be read\n"});
  };
}

} // namespace rookery::app
