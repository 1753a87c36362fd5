// A client in a test: signs in, sends, and waits for what it expects.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "server/testing/pipe.h"
#include "xml/document.h"
#include "xml/framer.h"

namespace rookery::server::testing {

class TestServer;

/// It acknowledges nothing of itself (XEP-0198): the server's <r/> is only counted. Used by the
/// test's thread. Every expectation that is not met within kPatience throws std::runtime_error,
/// which says what was expected and what came instead; what comes earlier ends the wait at once.
class TestClient {
public:
  static constexpr std::chrono::seconds kPatience{10};

  TestClient(TestServer& server, Pipe& pipe);
  TestClient(TestClient&&) = default;

  // --- signing in ---
  /// Opens a stream for `domain`; answers the features.
  xml::Document open_stream(std::string_view domain = "localhost");
  /// RFC 6120: PLAIN, a new stream, and `resource` bound ("": one the server makes).
  void login(std::string_view jid, std::string_view password);
  /// XEP-0388: PLAIN in one step. `inside`: what is put into <authenticate/> beside the response.
  /// Answers <success/>.
  xml::Document login_sasl2(std::string_view jid, std::string_view password,
                            std::string_view inside = "<bind xmlns='urn:xmpp:bind:0'/>");
  /// PLAIN on an open stream, up to <success/> and the features of the new stream; nothing is
  /// bound.
  xml::Document authenticate(std::string_view jid, std::string_view password);
  /// The next bytes from the server begin a new stream (RFC 6120 §4.3.3); open_stream() does it by
  /// itself.
  void restart() { framer_.reset(); }
  /// The address bound by login() or login_sasl2().
  [[nodiscard]] const std::string& jid() const { return jid_; }

  // --- talking ---
  /// Bytes, as they are.
  void send(std::string_view xml);
  /// Takes the first element that has come, or comes, and matches (pattern.h; default namespace
  /// jabber:client). Others stay.
  xml::Document expect(std::string_view pattern);
  /// The next element, whatever it is.
  xml::Document next();
  /// Sends an IQ and takes its answer. `payload` is the child, `to` may be "".
  xml::Document iq(std::string_view type, std::string_view to, std::string_view payload);
  /// Everything that is under way in the server has arrived, and there is nothing that was not
  /// taken.
  void expect_nothing();
  /// The server has asked for an acknowledgement, or does: once more than was expected before.
  void expect_ack_request();
  /// The server closes the stream with this error.
  void expect_stream_error(std::string_view condition);
  /// The server closes the connection; what comes before is not looked at.
  void expect_closed();

  // --- going ---
  /// Ends the stream in order, and waits for the server to do so.
  void close();
  /// The connection breaks.
  void cut() { pipe_->cut(); }
  /// Takes nothing any more.
  void stop_taking() { pipe_->stop_taking(); }

private:
  bool receive_more(std::chrono::steady_clock::time_point until);
  void read(std::string_view data);
  template <class Fits> std::optional<xml::Document> find(Fits fits);
  [[nodiscard]] std::string what_came() const;

  TestServer* server_;
  Pipe* pipe_;
  xml::Framer framer_;
  std::deque<xml::Document> received_;
  std::string jid_;
  unsigned ids_ = 0;
  unsigned ack_requests_ = 0; // come and not expected yet
  bool closed_ = false;
};

} // namespace rookery::server::testing
