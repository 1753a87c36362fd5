// How a client proves who it is: SASL (RFC 6120 §6), and SASL 2 (XEP-0388) where tokens are asked
// for or used.
#include <fmt/format.h>

#include "base/encoding.h"
#include "bench/client.h"
#include "xmpp/ht.h"
#include "xmpp/namespaces.h"
#include "xmpp/sasl1.h"
#include "xmpp/sasl2.h"

namespace rookery::bench {
namespace {

constexpr auto kTokenMechanism = xmpp::SaslMechanism::kHtSha256None;

} // namespace

void Client::authenticate() {
  step_ = Step::kChallenge;
  std::string mechanism(ScramLogin::kMechanism);
  std::string initial;
  switch (plan_.proof == Proof::kToken && !sasl2() ? Proof::kScram : plan_.proof) {
  case Proof::kScram:
    scram_ = std::make_unique<ScramLogin>(account_);
    initial = scram_->first(around_.random);
    break;
  case Proof::kPlain:
    mechanism = "PLAIN";
    initial = '\0' + account_.name + '\0' + account_.password;
    break;
  case Proof::kToken:
    mechanism = xmpp::to_string(kTokenMechanism);
    initial = xmpp::make_ht(kTokenMechanism, account_.name, account_.token, "");
    break;
  }
  if (sasl2())
    return authenticate_sasl2(mechanism, initial);
  send(fmt::format("<auth xmlns='{}' mechanism='{}'>{}</auth>", xmpp::kNsSasl, mechanism,
                   base64_encode(initial)));
}

void Client::authenticate_sasl2(std::string_view mechanism, std::string_view initial) {
  const std::string request = plan_.ask_for_token
                                  ? fmt::format("<request-token xmlns='{}' mechanism='{}'/>",
                                                xmpp::kNsFast0, xmpp::to_string(kTokenMechanism))
                                  : fmt::format("<fast xmlns='{}'/>", xmpp::kNsFast0);
  send(fmt::format("<authenticate xmlns='{}' mechanism='{}'><initial-response>{}"
                   "</initial-response><user-agent id='{}'/><bind xmlns='{}'/>{}</authenticate>",
                   xmpp::kNsSasl2, mechanism, base64_encode(initial), account_.agent,
                   xmpp::kNsBind2, request));
}

void Client::answer_challenge(const std::string& data) {
  if (!scram_)
    return fail_with("got a challenge that was not due");
  const Result<std::string> answer = scram_->final(data);
  if (!answer)
    return fail_with(answer.error().text());
  step_ = Step::kOutcome;
  send(fmt::format("<response xmlns='{}'>{}</response>", sasl2() ? xmpp::kNsSasl2 : xmpp::kNsSasl,
                   base64_encode(*answer)));
}

void Client::on_outcome(const xml::Element& element) {
  if (element.name() == "challenge" && step_ == Step::kChallenge)
    return answer_challenge(base64_decode(element.text()).value_or(""));
  if (element.name() != "success")
    return refused("sign in", element.raw());
  const std::string last =
      sasl2() ? element.child("additional-data", xmpp::kNsSasl2).text() : element.text();
  if (scram_ && !scram_->verify(base64_decode(last).value_or("")))
    return refused("trust the server", element.raw());
  scram_.reset();
  step_ = Step::kFeaturesAgain;
  if (sasl2())
    return on_success2(element);
  open_stream();
}

// The features that follow it are the sign that the stream goes on.
void Client::on_success2(const xml::Element& success) {
  jid_ = success.child("authorization-identifier", xmpp::kNsSasl2).text();
  const xml::Element token = success.child("token", xmpp::kNsFast0);
  if (token)
    account_.token = token.attribute_or_empty("token");
  else if (plan_.ask_for_token)
    refused("get a token", success.raw());
}

} // namespace rookery::bench
