// One XMPP client: signs in, then hands out what comes and sends what it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "bench/account.h"
#include "bench/link.h"
#include "bench/scram_login.h"
#include "xml/document.h"
#include "xml/framer.h"

namespace rookery::bench {

/// How a client proves who it is.
enum class Proof : std::uint8_t {
  kScram, // SCRAM-SHA-1
  kPlain,
  kToken, // XEP-0484; the account has one from a login with ask_for_token
};

/// How far a client goes by itself.
struct ClientPlan {
  bool register_account = false; // in band (XEP-0077); one that exists already is fine
  bool sign_in = true;           // and bind the resource kResource
  Proof proof = Proof::kScram;
  bool ask_for_token = false; // by SASL 2, with the resource the server chooses
  bool stream_management = false;
  /// The account's session instead of a new resource; its roster and presence are there already.
  bool resume = false;
  /// Asks for the roster, and sends presence.
  bool go_online = true;
  /// With TLS: uses the account's ticket and keeps new ones; otherwise every handshake is a full
  /// one.
  bool tickets = false;
  /// Leaves out what the server does not offer, where it would fail otherwise: tokens, stream
  /// management.
  bool where_offered = false;
  /// With stream management: what has not been acknowledged is kept with the account, and sent
  /// again when the session is resumed.
  bool send_again = false;
  /// Stanzas that come before on_done() are handed out, too.
  bool hand_out_early = false;
};

/// What the server's features name, once the client has proven who it is.
struct Offers {
  bool tokens = false, stream_management = false, client_state = false;
};

class Client;

/// Called from the loop's turn: a client must not be destroyed inside.
class ClientEvents {
public:
  /// All of the plan is done, and has been answered.
  virtual void on_done(Client& client) = 0;
  /// A whole stanza, after on_done(). On a WebSocket it has its own xmlns.
  virtual void on_stanza(Client& client, std::string_view bytes) = 0;
  /// `problem` is empty where close() or cut() asked for it. Nothing is called any more.
  virtual void on_ended(Client& client, const std::string& problem) = 0;

protected:
  ~ClientEvents() = default;
};

/// Belongs to the loop's thread.
class Client final : LinkEvents {
public:
  static constexpr std::string_view kResource = "b";

  /// What all clients of a thread share.
  struct Surroundings {
    runtime::Loop& loop;
    Random& random;
    TlsClient& tls;
    const Address& address;
    ClientEvents& events;
  };

  /// `number` is the owner's, to tell its clients apart.
  Client(const Surroundings& surroundings, std::size_t number, Account& account, ClientPlan plan);
  [[nodiscard]] Status connect() { return link_.connect(); }

  /// One stanza; goes out at the end of the turn.
  void send(std::string_view bytes);
  /// Ends the stream in order: on_ended() comes when the server has ended it too.
  void close();
  /// Ends the connection and leaves the session, if it can be resumed.
  void cut();

  [[nodiscard]] bool done() const { return step_ == Step::kDone; }
  [[nodiscard]] bool ended() const { return link_.ended(); }
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] const Offers& offers() const { return offers_; }
  [[nodiscard]] const std::string& jid() const { return jid_; }
  /// What a stanza's start tag needs on this link: " xmlns='jabber:client'" or nothing.
  [[nodiscard]] std::string_view stanza_xmlns() const;

private:
  enum class Step : std::uint8_t {
    kFeatures,
    kProceed,
    kRegistering,
    kChallenge,
    kOutcome,
    kFeaturesAgain,
    kBinding,
    kResuming,
    kGoingOnline,
    kDone,
    kClosing,
  };

  void on_open() override { open_stream(); }
  void on_data(std::string_view data) override;
  void on_secure() override;
  void on_link_ended(const std::string& why) override;

  void on_frame(const xml::Framer::Frame& frame);
  void on_element(std::string_view bytes);
  void negotiate(const xml::Element& element);
  void on_stanza_when_done(std::string_view bytes);
  void open_stream();
  void on_features(const xml::Element& features);
  void register_account();
  void on_registered(const xml::Element& answer);
  void after_sasl(const xml::Element& features);
  void on_bound(const xml::Element& answer);
  void bound();
  void on_resumed(const xml::Element& answer);
  void on_answer(const xml::Element& element);
  void acknowledge();
  void on_acknowledged(std::string_view answer);
  void done_if_answered();
  void finish();
  void refused(std::string_view what, std::string_view answer);
  void fail_with(const std::string& problem);

  // client_sasl.cc
  [[nodiscard]] bool sasl2() const { return sasl2_; }
  void authenticate();
  void authenticate_sasl2(std::string_view mechanism, std::string_view initial);
  void answer_challenge(const std::string& data);
  void on_outcome(const xml::Element& element);
  void on_success2(const xml::Element& success);

  const Surroundings around_;
  const std::size_t number_;
  Account& account_;
  const ClientPlan plan_;
  Link link_;
  xml::Framer framer_;
  std::string jid_;
  /// While it signs in.
  std::unique_ptr<xml::Document> document_;
  std::unique_ptr<ScramLogin> scram_;
  Step step_ = Step::kFeatures;
  bool secure_ = false;
  bool sasl2_ = false;
  bool keeping_ = false;      // what is sent, until it is acknowledged
  bool counting_ = false;     // stream management is on
  std::uint32_t handled_ = 0; // stanzas, since then
  std::uint8_t awaited_ = 0;  // answers: roster, presence, <enabled/>
  Offers offers_;
};

} // namespace rookery::bench
