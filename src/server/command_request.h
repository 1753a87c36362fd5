// An ad-hoc command (XEP-0050) that waits for its one answer.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "server/iq_request.h"
#include "xmpp/namespaces.h"

namespace rookery::server {

/// As IqRequest. Commands here have one stage: executed, they are completed.
class CommandRequest {
public:
  CommandRequest(IqRequest request, std::string_view node, std::string session)
      : request_(std::move(request)), node_(node), session_(std::move(session)) {}

  [[nodiscard]] Homes& homes() const { return request_.homes(); }
  /// A user of this server.
  [[nodiscard]] const xmpp::Jid& from() const { return request_.from(); }

  /// `write(xml::Writer&)` puts the form of the result.
  template <class F> void complete(F&& write) {
    request_.result([&](xml::Writer& writer) {
      writer.open("command", xmpp::kNsCommands)
          .attribute("node", node_)
          .attribute("sessionid", session_)
          .attribute("status", "completed");
      write(writer);
    });
  }
  void error(const xmpp::StanzaError& error) { request_.error(error); }

private:
  IqRequest request_;
  std::string_view node_;
  std::string session_;
};

} // namespace rookery::server
