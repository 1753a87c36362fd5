// A client's way in: TLS, SASL (RFC 6120 §6), SASL 2 (XEP-0388) with its inline features, binding.
// Gone when the session is bound.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/loop.h"
#include "server/account.h"
#include "server/accounts.h"
#include "server/binder.h"
#include "server/doorway.h"
#include "server/packet.h"
#include "server/turns.h"
#include "xmpp/fast.h"
#include "xmpp/sasl1.h"
#include "xmpp/sasl2.h"
#include "xmpp/scram.h"

namespace rookery::server {

class ClientStream;
class Homes;

/// Belongs to its stream, and moves between threads with it.
class Negotiation final : private runtime::Timer {
public:
  explicit Negotiation(ClientStream& stream) : stream_(stream) {}

  /// Its stream is over: what it had begun is not gone on with.
  void give_up_turn() { turn_ = {}; }
  /// TLS begins: what was said in clear counts no more (RFC 6120 §5.4.3.3).
  void forget_invitation() { invitation_.reset(); }
  /// Its stream leaves the thread.
  void leave() { cancel(); }
  /// False where too many connections of its address are on their way in.
  [[nodiscard]] bool enter();
  /// Content of <stream:features/> for the state the stream is in.
  [[nodiscard]] std::string features();
  /// An element that is no stanza.
  void on_element(xml::Element element);
  /// A stanza before the session is bound.
  void on_stanza(PacketPtr packet);
  /// The client opens its stream for this domain: not the one it has signed in at.
  [[nodiscard]] bool changes_domain(std::string_view domain);
  /// Who the client says it is as it opens its stream, prepared; "": it does not.
  void claim(std::string from) { claimed_ = std::move(from); }
  /// Signs in to this account, with this user-agent id or, where `agent` is "", any.
  [[nodiscard]] bool signs_in(std::string_view bare_jid, std::string_view agent) const;
  /// Bytes received before authentication count here. False where the bound is reached.
  [[nodiscard]] bool count_bytes(std::size_t bytes);

private:
  enum class Step : std::uint8_t { kNone, kInitialResponse, kScramFinal, kWorking };
  enum class Dialect : std::uint8_t { kSasl1, kSasl2 };

  // negotiation.cc
  [[nodiscard]] xmpp::SaslSituation situation() const;
  void start_tls();
  void bind_legacy(PacketPtr packet);
  void bind_legacy_to(Account& account, const std::string& resource, const std::string& id);
  void enable_sm(xml::Element element);
  void resume_legacy(xml::Element element);
  void early_iq(PacketPtr packet);
  void answer_early(const std::string& id, const std::string& domain,
                    const xmpp::StanzaError& error);

  // authentication.cc
  void authenticate(xml::Element element);
  void authenticate2(xml::Element element);
  void begin(std::string_view mechanism, std::optional<std::string> initial_response);
  void on_response(xml::Element element);
  void first_message(const std::string& message);
  void scram_first(const std::string& message);
  void scram_final(const std::string& message);
  void plain(const std::string& message);
  void token(const std::string& message);
  void check_token(const std::string& hashed, const std::vector<storage::Record>& records);
  void challenge(std::string_view data);
  void fail(xmpp::SaslFailure failure);
  void fail_now(xmpp::SaslFailure failure);
  /// A guess was wrong: `answer` is given after `wait`, or as long as the address has to.
  void hold_back(Milliseconds wait, std::move_only_function<void()> answer);
  void count_failure();
  void identify(std::string_view username, std::move_only_function<void(Negotiation&)> then);
  void find_account(bool may_be_alias, std::move_only_function<void(Negotiation&)> then);
  /// Calls `then` when no other sign-in of the device is under way.
  void take_turn(std::move_only_function<void(Negotiation&)> then);
  using Credentials = std::vector<std::vector<storage::Record>>; // of the keyspaces asked for
  /// Each keyspace is a read, and each look-up a trip to the store's threads and back.
  void look_up(std::vector<storage::Keyspace> keyspaces,
               std::move_only_function<void(Negotiation&, Credentials)> then);
  void move_home(std::move_only_function<void(Negotiation&)> then);
  [[nodiscard]] bool authzid_fits(std::string_view authzid);
  /// It is the one whose credentials were shown, not one made since under the same name.
  [[nodiscard]] bool is_proven(const Account* account) const {
    return account != nullptr && account->owner() == owner_;
  }
  void succeed(std::optional<std::string> additional_data);
  /// A callback that runs only if this negotiation still exists then, on its stream's thread.
  template <class F> auto guarded(F then);
  void on_timer() override; // a failure has waited long enough

  // sasl2_inline.cc
  void succeed2(Account& account);
  bool issue_token();
  void resume2(Account& account);
  [[nodiscard]] std::string bind2_resource() const;
  void bind2(Account& account, std::string children);
  void ask_bound(Account& account, std::string children, int attempts);
  void bind2_with(Account& account, const std::string& children, std::string bound);
  void answer2(Session* session, const std::string& children);

  void note_device(Account& account, const std::vector<storage::Record>& records);
  void introduce(Session& session) const;
  void close_too_high(std::uint32_t h, std::uint32_t sent);
  void finished(Session& session);

  ClientStream& stream_;
  std::optional<Doorway::Guest> guest_; // until this is gone; none for loopback
  xmpp::SaslOffer offer_;
  std::optional<xmpp::ScramServer> scram_;
  std::optional<xmpp::SaslMechanism> mechanism_;
  std::optional<xmpp::AuthenticateRequest> request_; // SASL 2
  std::string claimed_;                              // by the stream's `from`
  std::string authzid_;
  std::optional<std::string> additional_data_;
  xmpp::BareJid jid_;   // who it claims to be; proven once the stream is authenticated
  xmpp::BareJid alias_; // by which it said so; empty: by the account's own name
  Owner owner_{};       // of that account, when its record was read
  std::move_only_function<void()> held_back_; // waits to be told: a failure
  std::optional<Invited> invitation_;
  std::optional<xmpp::FastTokens> tokens_; // read for a token login, changed by it
  std::vector<storage::Record> devices_;   // read with them
  Turns::Turn turn_;                       // where its device's records are read to be changed
  std::optional<xmpp::FastToken> issued_;  // to be given to the client
  PasswordId password_ = 0;                // that it presents
  bool rotate_token_ = false;
  bool token_used_ = false;
  bool token_ended_ = false;   // one was good before and is not now
  bool token_changed_ = false; // more than by being used
  bool disabled_ = false;      // the account is locked
  std::size_t bytes_ = 0;
  std::uint32_t failures_ = 0;
  std::uint64_t attempt_ = 0; // counts attempts, so that answers to an older one are known
  Step step_ = Step::kNone;
  Dialect dialect_ = Dialect::kSasl1;
};

} // namespace rookery::server
