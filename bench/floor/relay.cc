#include "bench/floor/relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"

namespace rookery::bench {
namespace {

constexpr int kBacklog = 4096;
constexpr std::size_t kReadBytes = 64 * 1024;

constexpr std::string_view kHeader =
    "<?xml version='1.0'?><stream:stream from='localhost' id='1' version='1.0' "
    "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
constexpr std::string_view kStartTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

std::string features(std::string_view inner) {
  return fmt::format("{}<stream:features>{}</stream:features>", kHeader, inner);
}

/// The bytes between the first `open` and the next `close`.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t at = text.find(open);
  if (at == std::string_view::npos)
    return {};
  const std::size_t begin = at + open.size();
  return text.substr(begin, text.find(close, begin) - begin);
}

} // namespace

RelayPeer::RelayPeer(Relay& relay, runtime::Descriptor socket)
    : relay_(relay), socket_(std::move(socket)) {
  if (!relay_.loop_.watch(socket_.get(), *this))
    hung_up_ = true;
}

RelayPeer::~RelayPeer() {
  if (socket_.valid())
    relay_.loop_.unwatch(socket_.get(), *this);
}

void RelayPeer::send(std::string_view bytes) {
  if (out_ == nullptr)
    out_ = relay_.loop_.buffers().take();
  out_->append(bytes);
  relay_.loop_.at_turn_end(*this);
}

// Windows are small: what does not fit into the socket's buffer at once is a broken connection.
void RelayPeer::on_turn_end() {
  if (out_ == nullptr || !socket_.valid())
    return;
  const std::string_view data = out_->view();
  if (tls_.valid())
    (void)tls_.write(data);
  else if (::send(socket_.get(), data.data(), data.size(), MSG_NOSIGNAL) < 0)
    end();
  out_->clear();
  relay_.loop_.buffers().give(std::move(out_));
}

void RelayPeer::on_ready(bool readable, bool) {
  if (readable && tls_.valid())
    tls_.readable(hung_up_);
  if (handshaking_) {
    const net::TlsOutcome outcome = tls_.handshake();
    handshaking_ = outcome == net::TlsOutcome::kWouldBlock;
    if (outcome != net::TlsOutcome::kWouldBlock && outcome != net::TlsOutcome::kDone)
      return end();
  }
  while (readable && socket_.valid() && !handshaking_ && read_some()) {
  }
}

bool RelayPeer::read_some() {
  char* const into = relay_.loop_.scratch();
  if (tls_.valid()) {
    const net::TlsSession::Transfer got = tls_.read(into, kReadBytes);
    if (got.outcome == net::TlsOutcome::kDone)
      take({into, got.bytes});
    else if (got.outcome != net::TlsOutcome::kWouldBlock)
      end();
    return got.outcome == net::TlsOutcome::kDone;
  }
  const ssize_t got = ::recv(socket_.get(), into, kReadBytes, 0);
  if (got > 0)
    take({into, static_cast<std::size_t>(got)});
  else if (got == 0 || errno != EAGAIN)
    end();
  return got == static_cast<ssize_t>(kReadBytes) || (got > 0 && hung_up_);
}

void RelayPeer::take(std::string_view bytes) {
  RelayPeer* partner = relaying_ ? relay_.by_number_[number_ ^ 1U] : nullptr;
  if (bytes.ends_with("</stream:stream>")) {
    send("</stream:stream>");
    on_turn_end();
    return end();
  }
  if (partner != nullptr)
    return pass_on(bytes, *partner);
  answer(bytes);
}

void RelayPeer::pass_on(std::string_view bytes, RelayPeer& partner) const {
  constexpr std::string_view kEnd = "</message>";
  while (relay_.options_.write_each) {
    const std::size_t end = bytes.find(kEnd);
    if (end == bytes.npos)
      break;
    partner.send(bytes.substr(0, end + kEnd.size()));
    partner.on_turn_end();
    bytes.remove_prefix(end + kEnd.size());
  }
  if (!bytes.empty())
    partner.send(bytes);
}

void RelayPeer::answer(std::string_view bytes) {
  const auto has = [&](std::string_view word) { return bytes.find(word) != bytes.npos; };
  if (has("<starttls")) {
    send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    on_turn_end();
    tls_ = net::TlsSession(relay_.options_.tls->new_session(net::TlsProtocol::kXmppStartTls),
                           socket_.get());
    handshaking_ = true;
    return;
  }
  if (has("<auth ")) {
    signed_in_as(between(bytes, "'PLAIN'>", "<"));
    return send("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
  }
  if (has("<stream:stream"))
    return send(features(relay_.options_.tls != nullptr && !tls_.valid() ? kStartTls : ""));
  if (has("id='bind'"))
    send("<iq type='result' id='bind'/>");
  if (has("id='roster'"))
    send("<iq type='result' id='roster'/>");
  if (has("<presence")) {
    relaying_ = true;
    send(fmt::format("<presence from='u{}@localhost/b'/>", number_));
  }
}

void RelayPeer::signed_in_as(std::string_view initial) {
  const std::string decoded = base64_decode(initial).value_or("");
  const std::string_view name = between(decoded, std::string_view("\0u", 2), {"\0", 1});
  std::from_chars(name.data(), name.data() + name.size(), number_);
  auto& all = relay_.by_number_;
  if (all.size() <= (number_ | 1U))
    all.resize((number_ | 1U) + 1);
  all[number_] = this;
}

void RelayPeer::end() {
  if (number_ < relay_.by_number_.size() && relay_.by_number_[number_] == this)
    relay_.by_number_[number_] = nullptr;
  relay_.ended(*this);
}

Result<std::unique_ptr<Relay>> Relay::create(runtime::Loop& loop, Options options) {
  auto relay = std::unique_ptr<Relay>(new Relay(loop, options));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  relay->listening_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int socket = relay->listening_.get();
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(socket, kBacklog) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      !loop.watch(socket, *relay))
    return fail(std::strerror(errno), "127.0.0.1");
  relay->port_ = ntohs(address.sin_port);
  return relay;
}

Relay::~Relay() {
  if (listening_.valid())
    loop_.unwatch(listening_.get(), *this);
}

void Relay::on_ready(bool, bool) {
  for (;;) {
    runtime::Descriptor socket(
        ::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket.valid())
      return;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto at = static_cast<std::size_t>(socket.get());
    if (peers_.size() <= at)
      peers_.resize(at + 1);
    peers_[at] = std::make_unique<RelayPeer>(*this, std::move(socket));
  }
}

void Relay::ended(RelayPeer& peer) {
  const auto at = static_cast<std::size_t>(peer.socket_.get());
  if (!peer.socket_.valid())
    return;
  loop_.unwatch(peer.socket_.get(), peer);
  peer.socket_.reset();
  left_.push_back(std::move(peers_[at]));
}

Result<std::unique_ptr<net::TlsContext>> make_relay_tls(const Clock& clock, Random& random) {
  std::string name = (std::filesystem::temp_directory_path() / "rookery-floor-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return fail("no directory can be made", name);
  const std::filesystem::path folder = name;
  const std::string domains[] = {"localhost"};
  const net::CertificateFiles files{
      .domains = {}, .chain = folder / "cert.pem", .key = folder / "key.pem"};
  const Status made = net::generate_self_signed(domains, files.chain, files.key, clock.wall());
  auto context = made ? net::TlsContext::create({files}, clock, random)
                      : Result<std::unique_ptr<net::TlsContext>>(std::unexpected(made.error()));
  std::filesystem::remove_all(folder);
  return context;
}

} // namespace rookery::bench
