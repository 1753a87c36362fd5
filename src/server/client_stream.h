// The stream of one client, from its first byte to its last: framing, negotiation (RFC 6120, 7395,
// XEP-0388), and stanzas once bound.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/transport.h"
#include "runtime/loop.h"
#include "server/negotiation.h"
#include "server/server.h"
#include "server/session.h"
#include "xml/framer.h"
#include "xmpp/stream.h"

namespace rookery::server {

class Homes;
class Session;

/// Owned by the Homes of the thread it is on. It begins on the thread that accepted it, and moves
/// to the thread of its account's home as soon as the client has said who it is.
class ClientStream final : public net::TransportHandler,
                           private runtime::Timer,
                           private runtime::TurnEnd {
public:
  ClientStream(std::unique_ptr<net::Transport> transport, Arrival arrival, std::uint64_t serial);
  ~ClientStream();

  /// Begins to work on this thread (after accept, and after moving).
  void start(Homes& homes);
  /// Leaves its thread, to be started on another.
  void leave();

  [[nodiscard]] Homes& homes() const { return *homes_; }
  [[nodiscard]] net::Transport& transport() const { return *transport_; }
  [[nodiscard]] Session* session() const { return session_; }
  [[nodiscard]] std::uint64_t serial() const { return serial_; }
  [[nodiscard]] bool closed() const { return state_ == State::kClosed; }
  [[nodiscard]] std::string_view domain() const { return domain_; }
  /// Is signing in to this account, or has and is not bound yet; with this user-agent id, where
  /// `agent` is not "".
  [[nodiscard]] bool signs_in(std::string_view bare_jid, std::string_view agent) const;
  /// TLS, or nothing that could be overheard.
  [[nodiscard]] bool secure() const { return secure_; }
  [[nodiscard]] bool authenticated() const { return state_ >= State::kAuthenticated; }
  [[nodiscard]] xmpp::StreamForm form() const {
    return websocket_ ? xmpp::StreamForm::kWebSocket : xmpp::StreamForm::kTcp;
  }
  /// Where the client is to come back to (XEP-0198 §3): "" where it came, as over WebSocket always.
  [[nodiscard]] std::string_view resume_location() const;

  /// A stanza in canonical form.
  void send_stanza(std::string_view xml);
  /// An element with a namespace of its own.
  void send_element(std::string_view xml);
  /// Says why, ends the stream, closes. The session is told as for a lost connection, unless it has
  /// been forgotten before. Harmless twice.
  void close(const xmpp::StreamError& error);
  /// Ends the stream without an error.
  void close();
  /// The session has ended or belongs to another stream now.
  void forget_session() { session_ = nullptr; }
  /// An <a/> is due at the end of the turn.
  void owe_ack();

  enum class Hold : std::uint8_t {
    kPipeline = 1, // too much waits for the disk
    kRate = 2,     // the client sends faster than it may
    kBusy = 4,     // negotiation waits for something
  };
  /// While any reason holds, nothing is read: what has arrived is kept, and the peer is slowed.
  void hold_reading(Hold why, bool hold);
  /// While true nothing is written to the client: what it is told waits for what makes it true.
  void hold_output(bool hold) { transport_->hold_output(hold); }
  /// Ends the connection at once; what waits to be written is dropped.
  void abort() { transport_->abort(); }

private:
  friend class Negotiation;
  enum class State : std::uint8_t {
    kOpening,       // waits for the stream header
    kNegotiating,   // features were sent
    kAuthenticated, // the account is known, no resource yet
    kBound,
    kClosed,
  };

  void on_data(std::string_view data) override;
  void on_closed(net::CloseReason reason) override;
  void on_secure() override;
  void on_timer() override;
  void on_turn_end() override;

  void read(std::string_view data);
  void read_rest();
  [[nodiscard]] bool within_rate(std::size_t bytes);
  void on_frame(const xml::Framer::Frame& frame);
  void on_open(std::string_view start_tag);
  void open_with(const xmpp::StreamHeader& header);
  void on_element(std::string_view bytes);
  void on_stanza(PacketPtr packet);
  void on_nonza(xml::Element element);
  void on_sm_request(xml::Element element);
  void send_features();
  void bound(Session& session);
  void peer_closed();
  void finish();
  [[nodiscard]] bool parse_addresses(Packet& packet);
  void request_ack();
  void send_ack();

  Homes* homes_ = nullptr;
  std::unique_ptr<net::Transport> transport_;
  xml::Framer framer_;
  std::unique_ptr<Negotiation> negotiation_; // gone once bound
  std::unique_ptr<Negotiation> done_;        // until the end of the turn in which it finished
  Session* session_ = nullptr;
  std::string_view domain_; // one of ServerOptions::domains
  std::string rest_;        // arrived, and waits until reading goes on
  std::uint64_t serial_;
  MonoTime last_data_{};
  MonoTime auth_deadline_{}; // stays the same when it moves between threads
  MonoTime rate_since_{};
  std::size_t rate_bytes_ = 0;
  State state_ = State::kOpening;
  std::uint8_t holds_ = 0;
  bool websocket_;
  bool secure_;
  bool pinged_ = false;
  bool opened_ = false; // our header was sent on this stream
  bool request_ack_ = false;
  bool ack_due_ = false;  // at the end of the turn: the count has moved
  bool securing_ = false; // between <proceed/> and TLS
};

} // namespace rookery::server
