// One XMPP client over plain TCP: signs in, then hands out what comes and sends what it is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "bench/scram_login.h"
#include "runtime/descriptor.h"
#include "runtime/loop.h"
#include "xml/document.h"
#include "xml/framer.h"

namespace rookery::bench {

struct Address {
  std::string ip = "127.0.0.1";
  std::uint16_t port = 5222;
  std::string domain = "localhost";
};

/// How far a client goes by itself.
struct ClientPlan {
  bool register_account = false; // in band (XEP-0077); one that exists already is fine
  bool sign_in = true;           // and bind the resource kResource
  bool stream_management = false;
  /// Asks for the roster, and sends presence.
  bool go_online = true;
};

class Client;

/// Called from the loop's turn: a client must not be destroyed inside.
class ClientEvents {
public:
  /// All of the plan is done, and has been answered.
  virtual void on_done(Client& client) = 0;
  /// A whole message stanza, after on_done() too.
  virtual void on_message(Client& client, std::string_view bytes) = 0;
  /// `problem` is empty where close() asked for it. Nothing is called any more.
  virtual void on_ended(Client& client, const std::string& problem) = 0;

protected:
  ~ClientEvents() = default;
};

/// Belongs to the loop's thread.
class Client final : runtime::Watcher, runtime::TurnEnd {
public:
  static constexpr std::string_view kResource = "b";

  /// `number` is the owner's, to tell its clients apart.
  Client(runtime::Loop& loop, Random& random, const Address& address, std::size_t number,
         Account& account, ClientPlan plan, ClientEvents& events);
  ~Client();
  [[nodiscard]] Status connect();

  /// Goes out at the end of the turn.
  void send(std::string_view bytes);
  /// Ends the stream in order: on_ended() comes when the server has ended it too.
  void close();

  [[nodiscard]] bool done() const { return step_ == Step::kDone; }
  [[nodiscard]] bool ended() const { return !socket_.valid(); }
  [[nodiscard]] std::size_t number() const { return number_; }
  [[nodiscard]] std::string jid() const;

private:
  enum class Step : std::uint8_t {
    kFeatures,
    kRegistering,
    kChallenge,
    kOutcome,
    kFeaturesAgain,
    kBinding,
    kGoingOnline,
    kDone,
    kClosing,
  };

  void on_ready(bool readable, bool writable) override;
  void on_hangup() override { hung_up_ = true; }
  void on_turn_end() override;
  void read();
  void flush();
  void on_frame(const xml::Framer::Frame& frame);
  void on_stanza(std::string_view bytes);
  void on_stanza_when_done(std::string_view bytes);
  void open_stream();
  void register_account();
  void authenticate();
  void answer_challenge(const std::string& data);
  void outcome(const xml::Element& element);
  void bound();
  void on_answer(const xml::Element& element);
  void done_if_answered();
  void finish();
  void end(const std::string& problem);

  runtime::Loop& loop_;
  Random& random_;
  const Address& address_;
  const std::size_t number_;
  Account& account_;
  const ClientPlan plan_;
  ClientEvents& events_;
  runtime::Descriptor socket_;
  xml::Framer framer_;
  /// While it signs in.
  std::unique_ptr<xml::Document> document_;
  std::unique_ptr<ScramLogin> scram_;
  std::string out_;
  Step step_ = Step::kFeatures;
  bool writable_ = false;
  bool hung_up_ = false;      // read to the end, nothing will tell of it again
  bool counting_ = false;     // stream management is on
  std::uint32_t handled_ = 0; // stanzas, since then
  std::uint8_t awaited_ = 0;  // answers: roster, presence, <enabled/>
};

} // namespace rookery::bench
