// A request that waits for its one answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/account.h"
#include "server/packet.h"
#include "xml/writer.h"
#include "xmpp/stanza_error.h"

namespace rookery::server {

class Homes;

/// Move-only; lives on the thread of the home that answers. Exactly one of result() and error() is
/// to be called, now or later (move it into a store callback: Homes keeps the account loaded
/// meanwhile). Dropped unanswered, it answers internal-server-error itself.
class IqRequest {
public:
  IqRequest(Homes& homes, PacketPtr packet, Account* account);
  IqRequest(IqRequest&& other) noexcept;
  IqRequest& operator=(IqRequest&&) = delete;
  ~IqRequest();

  [[nodiscard]] Homes& homes() const { return homes_; }
  [[nodiscard]] const xmpp::Jid& from() const { return packet_->from; }
  /// Empty where the sender named nobody: its own account is meant.
  [[nodiscard]] const xmpp::Jid& to() const { return packet_->to; }
  [[nodiscard]] bool is_set() const;
  [[nodiscard]] std::string_view id() const;
  /// The request's child element.
  [[nodiscard]] xml::Element payload() const;
  /// The account it is addressed to, loaded; null where it is for the server.
  [[nodiscard]] Account* account() const { return account_; }
  /// The account it is addressed to is the sender's own.
  [[nodiscard]] bool from_owner() const;
  /// The sender is the account's owner, or may see its presence. Anyone else must learn nothing
  /// here, not even that the account exists: answer service-unavailable, as for one that does not
  /// (case 43).
  [[nodiscard]] bool from_contact() const;
  /// The same, or one whom the owner has put into the roster: by asking for a subscription, say.
  [[nodiscard]] bool from_known() const;
  /// The device that asks, where it is one of this account and still there; else null. Ask again
  /// after every wait.
  [[nodiscard]] Session* session() const;

  void result();
  /// `write(xml::Writer&)` puts the payload.
  template <class F> void result(F&& write) {
    std::string payload;
    xml::Writer writer(payload);
    write(writer);
    writer.close_all();
    answer(payload);
  }
  void error(const xmpp::StanzaError& error);

private:
  void answer(std::string_view payload);

  Homes& homes_;
  PacketPtr packet_; // null once answered
  Account* account_;
  std::optional<AccountPin> pin_;
};

} // namespace rookery::server
