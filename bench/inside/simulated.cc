#include "bench/inside/simulated.h"

#include <utility>

#include <fmt/format.h>

#include "base/encoding.h"
#include "bench/inside/fill.h"
#include "xmpp/scram_keys.h"

namespace rookery::bench {
namespace {

/// The text of the first element of that name.
std::string_view text_of(std::string_view data, std::string_view name) {
  const std::size_t at = data.find(name);
  const std::size_t begin = at == data.npos ? at : data.find('>', at);
  return begin == data.npos ? std::string_view()
                            : data.substr(begin + 1, data.find('<', begin) - begin - 1);
}

} // namespace

Simulated::Simulated(SimulatedCounts& counts, std::size_t number)
    : counts_(counts), number_(number), signing_in_(std::make_unique<SigningIn>()) {
  signing_in_->account.name = fmt::format("u{}", number);
  signing_in_->account.password = kFillPassword;
}

Simulated::~Simulated() = default;

void Simulated::attach(runtime::Loop& loop, net::TransportHandler& handler) {
  handler_ = &handler;
  if (std::exchange(loop_, &loop) == nullptr)
    open_stream();
}

void Simulated::arrive(std::string data) {
  loop_->post([this, data = std::move(data)] {
    if (!closed_ && handler_ != nullptr)
      handler_->on_data(data);
  });
}

void Simulated::open_stream() {
  arrive("<stream:stream to='localhost' version='1.0' xmlns='jabber:client' "
         "xmlns:stream='http://etherx.jabber.org/streams'>");
}

void Simulated::send(std::string_view data) {
  if (signing_in_) {
    signing_in_->heard += data;
    return react();
  }
  static const std::string counted = fmt::format(" id='{}", kIdPrefix);
  for (std::size_t at = 0; (at = data.find(counted, at)) != data.npos; ++at)
    ++counts_.messages;
}

// The words that matter come whole in one call; what is sent here arrives later, not inside.
void Simulated::react() {
  using enum SigningIn::Step;
  SigningIn& now = *signing_in_;
  const auto heard = [&](std::string_view word) { return now.heard.find(word) != now.heard.npos; };
  if (heard("<failure") || heard("<stream:error")) {
    if (counts_.problem.empty())
      counts_.problem = now.heard;
  } else if (now.step == kFeatures && heard("</stream:features>")) {
    now.step = kChallenge;
    arrive(fmt::format("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                       "mechanism='SCRAM-SHA-1'>{}</auth>",
                       base64_encode(now.scram.first(counts_.random))));
  } else if (now.step == kChallenge && heard("</challenge>")) {
    static std::string salt, salted; // all accounts have the same
    now.step = kSuccess;
    now.account.salt = salt;
    now.account.iterations = salt.empty() ? 0 : xmpp::kScramIterationsDefault;
    now.account.salted_password = salted;
    const auto answer =
        now.scram.final(base64_decode(text_of(now.heard, "<challenge")).value_or(""));
    salt = now.account.salt;
    salted = now.account.salted_password;
    arrive(fmt::format("<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{}</response>",
                       base64_encode(answer.value_or(""))));
  } else if (now.step == kSuccess && heard("<success")) {
    now.step = kBind;
    open_stream();
  } else if (now.step == kBind && heard("</stream:features>")) {
    arrive("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
           "<resource>b</resource></bind></iq>"
           "<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq><presence/>");
  } else if (now.step == kBind && heard("<presence")) {
    ++counts_.online;
    signing_in_.reset();
    return;
  } else {
    return;
  }
  now.heard.clear();
}

} // namespace rookery::bench
