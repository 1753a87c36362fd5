// SASL in both dialects, up to the point where the client has proven who it is (RFC 6120 §6,
// XEP-0388 §2).
#include <algorithm>

#include "base/assert.h"
#include "server/aliases.h"
#include "server/negotiation_guard.h"
#include "server/server.h"
#include "xml/writer.h"
#include "xmpp/plain.h"
#include "xmpp/sasl_authzid.h"
#include "xmpp/sasl_password.h"

namespace rookery::server {

using xmpp::SaslCondition;
using xmpp::SaslFailure;
using xmpp::SaslMechanism;

void Negotiation::authenticate(xml::Element element) {
  dialect_ = Dialect::kSasl1;
  request_.reset();
  auto auth = xmpp::parse_sasl_auth(element);
  if (!auth)
    return fail(auth.error());
  begin(auth->mechanism, std::move(auth->initial_response));
}

void Negotiation::authenticate2(xml::Element element) {
  dialect_ = Dialect::kSasl2;
  auto request = xmpp::parse_authenticate(element);
  if (!request)
    return fail(request.error());
  request_ = std::move(*request);
  begin(request_->mechanism, request_->initial_response);
}

void Negotiation::begin(std::string_view name, std::optional<std::string> initial_response) {
  ++attempt_;
  const auto mechanism = xmpp::parse_sasl_mechanism(name);
  if (offer_.passwords.empty() && offer_.tokens.empty())
    return fail({SaslCondition::kEncryptionRequired, "tls-required"});
  if (!mechanism || !offer_.has(*mechanism))
    return fail({SaslCondition::kInvalidMechanism, "not-offered"});
  if (xmpp::is_token(*mechanism) != (request_ && request_->fast.has_value()))
    return fail({SaslCondition::kInvalidMechanism, "fast-mismatch"});
  mechanism_ = mechanism;
  if (!initial_response) {
    step_ = Step::kInitialResponse;
    return challenge({});
  }
  first_message(*initial_response);
}

void Negotiation::on_response(xml::Element element) {
  const auto data = xmpp::sasl_data(element);
  if (!data)
    return fail(data.error());
  if (step_ == Step::kInitialResponse)
    return first_message(*data);
  scram_final(*data);
}

void Negotiation::first_message(const std::string& message) {
  step_ = Step::kWorking;
  if (xmpp::is_scram(*mechanism_))
    return scram_first(message);
  if (xmpp::is_token(*mechanism_))
    return token(message);
  plain(message);
}

void Negotiation::challenge(std::string_view data) {
  std::string out;
  xml::Writer writer(out, xmpp::kNsStream);
  dialect_ == Dialect::kSasl1 ? xmpp::write_sasl_challenge(writer, data)
                              : xmpp::write_sasl2_challenge(writer, data);
  stream_.send_element(out);
}

// --- who it is ---

// Prepares the name, moves the stream to the home of the account that has it, or that it is an
// alias of, and goes on there.
void Negotiation::identify(std::string_view username,
                           std::move_only_function<void(Negotiation&)> then) {
  const auto jid = xmpp::Jid::from_parts(username, stream_.domain());
  if (!jid)
    return fail({SaslCondition::kNotAuthorized, "bad-username"});
  jid_ = jid->bare();
  alias_ = {};
  move_home([then = std::move(then)](Negotiation& self) mutable {
    self.find_account(true, std::move(then));
  });
}

void Negotiation::find_account(bool may_be_alias,
                               std::move_only_function<void(Negotiation&)> then) {
  auto found = guarded([may_be_alias, then = std::move(then)](
                           Negotiation& self, Result<std::optional<std::string>> text) mutable {
    if (!text)
      return self.fail_now({SaslCondition::kTemporaryAuthFailure, "store"});
    if (auto real = may_be_alias && *text ? read_alias(**text) : std::nullopt) {
      self.alias_ = std::exchange(self.jid_, std::move(*real));
      return self.move_home([then = std::move(then)](Negotiation& moved) mutable {
        moved.find_account(false, std::move(then));
      });
    }
    const auto account = *text ? AccountRecord::parse(**text) : std::nullopt;
    self.disabled_ = account && account->disabled;
    // An unknown name costs the same look-ups as a known one (case 20).
    self.owner_ = account ? account->owner : Owner(1);
    then(self);
  });
  stream_.homes().get(kNodeOwner, kAccountRecords, jid_.str(), std::move(found));
}

void Negotiation::move_home(std::move_only_function<void(Negotiation&)> then) {
  Homes& from = stream_.homes();
  Homes& to = from.server().homes_of(jid_.str());
  if (&from == &to)
    return then(*this);
  stream_.hold_reading(ClientStream::Hold::kBusy, true);
  // In a turn of its own: nothing of this stream may be on the stack when another thread takes it.
  from.loop().post([&from, &to, stream = &stream_, serial = stream_.serial(), attempt = attempt_,
                    then = std::move(then)]() mutable {
    if (!from.is_open(stream, serial) || stream->negotiation_->attempt_ != attempt)
      return;
    auto moving = from.release(*stream);
    moving->leave();
    to.loop().post([&to, moving = std::move(moving), then = std::move(then)]() mutable {
      ClientStream& moved = to.adopt(std::move(moving));
      moved.start(to);
      moved.hold_reading(ClientStream::Hold::kBusy, false);
      then(*moved.negotiation_);
    });
  });
}

void Negotiation::look_up(std::vector<storage::Keyspace> keyspaces,
                          std::move_only_function<void(Negotiation&, Credentials)> then) {
  stream_.homes().load(
      owner_, std::move(keyspaces),
      guarded([then = std::move(then)](Negotiation& self, Result<Credentials> records) mutable {
        if (!records)
          return self.fail_now({SaslCondition::kTemporaryAuthFailure, "store"});
        then(self, std::move(*records));
      }));
}

bool Negotiation::authzid_fits(std::string_view authzid) {
  const auto is_it = [this](std::string_view address) {
    return xmpp::authzid_allowed(address, jid_) ||
           (!alias_.empty() && xmpp::authzid_allowed(address, alias_));
  };
  // XEP-0388 §2.4: who names itself twice has to mean the same.
  const bool contradicts = request_ && !authzid.empty() && !claimed_.empty() &&
                           !is_it(xmpp::Jid::from_trusted(claimed_).bare_str());
  return !contradicts && is_it(authzid);
}

// --- mechanisms ---

void Negotiation::scram_first(const std::string& message) {
  scram_.emplace(*mechanism_, offer_);
  auto first = scram_->client_first(
      message, [this](std::string_view type) { return stream_.transport().channel_binding(type); });
  if (!first)
    return fail(first.error());
  authzid_ = std::move(first->authzid);
  identify(first->username, [](Negotiation& self) {
    self.look_up({kAuthRecords}, [](Negotiation& found, Credentials credentials) {
      const ServerOptions& options = found.stream_.homes().server().options();
      const xmpp::HashKind hash = found.scram_->hash();
      auto keys = find_keys(credentials.front(), hash);
      found.password_ = password_id(credentials.front());
      if (!keys)
        keys = xmpp::fake_scram_keys(options.secret, found.jid_.str(), hash);
      found.step_ = Step::kScramFinal;
      found.challenge(found.scram_->server_first(*keys, found.stream_.homes().random()));
    });
  });
}

void Negotiation::scram_final(const std::string& message) {
  auto done = scram_->client_final(message);
  if (!done)
    return fail(done.error());
  if (!authzid_fits(authzid_))
    return fail({SaslCondition::kInvalidAuthzid, "authzid"});
  succeed(std::move(*done));
}

void Negotiation::plain(const std::string& message) {
  auto parsed = xmpp::parse_plain(message);
  if (!parsed)
    return fail(parsed.error());
  const auto password = xmpp::prepare_password(parsed->password);
  if (!password)
    return fail({SaslCondition::kNotAuthorized, "bad-password"});
  authzid_ = std::move(parsed->authzid);
  identify(parsed->username, [password = *password](Negotiation& self) mutable {
    self.look_up({kAuthRecords}, [password = std::move(password)](Negotiation& found,
                                                                  Credentials credentials) mutable {
      Homes& homes = found.stream_.homes();
      auto keys = find_keys(credentials.front(), xmpp::HashKind::kSha256);
      // An account that came from another server may have those of other hashes only.
      for (const xmpp::HashKind other : {xmpp::HashKind::kSha512, xmpp::HashKind::kSha1})
        if (!keys)
          keys = find_keys(credentials.front(), other);
      found.password_ = password_id(credentials.front());
      const bool known = keys.has_value();
      if (!keys)
        keys = xmpp::fake_scram_keys(homes.server().options().secret, found.jid_.str(),
                                     xmpp::HashKind::kSha256);
      auto verified = found.guarded([](Negotiation& still, bool fits) {
        if (!fits)
          return still.fail({SaslCondition::kNotAuthorized, "wrong-password"});
        if (!still.authzid_fits(still.authzid_))
          return still.fail({SaslCondition::kInvalidAuthzid, "authzid"});
        still.succeed(std::nullopt);
      });
      const bool accepted = homes.server().workers().run(
          [&homes, known, keys = std::move(*keys), password = std::move(password),
           verified = std::move(verified)]() mutable {
            const bool fits = xmpp::verify_password(keys, password) && known;
            homes.loop().post([fits, verified = std::move(verified)]() mutable { verified(fits); });
          });
      if (!accepted)
        found.fail_now({SaslCondition::kTemporaryAuthFailure, "busy"});
    });
  });
}

void Negotiation::token(const std::string& message) {
  auto parsed = xmpp::parse_ht(*mechanism_, message);
  if (!parsed)
    return fail(parsed.error());
  identify(parsed->username, [hashed = std::move(parsed->hashed_token)](Negotiation& self) mutable {
    self.take_turn([hashed = std::move(hashed)](Negotiation& next) mutable {
      next.look_up({kTokenRecords, kDeviceRecords},
                   [hashed = std::move(hashed)](Negotiation& found, Credentials credentials) {
                     found.devices_ = std::move(credentials.back());
                     found.check_token(hashed, credentials.front());
                   });
    });
  });
}

void Negotiation::take_turn(std::move_only_function<void(Negotiation&)> then) {
  std::string device(jid_.str());
  if (request_->user_agent)
    device.append("\n").append(request_->user_agent->id);
  stream_.homes().device_turns().take(
      std::move(device),
      guarded([then = std::move(then)](Negotiation& self, Turns::Turn turn) mutable {
        self.turn_ = std::move(turn);
        then(self);
      }));
}

void Negotiation::check_token(const std::string& hashed,
                              const std::vector<storage::Record>& records) {
  const std::string agent = request_->user_agent ? request_->user_agent->id : std::string{};
  const auto record = std::ranges::find(records, agent, &storage::Record::key);
  tokens_ = record != records.end()
                ? xmpp::FastTokens::parse(record->value).value_or(xmpp::FastTokens{})
                : xmpp::FastTokens{};
  tokens_->user_agent_id = agent;
  const std::string_view type = xmpp::token_binding_type(*mechanism_);
  const std::string binding =
      type.empty() ? std::string{} : stream_.transport().channel_binding(type).value_or("");
  const xmpp::FastLogin login{.mechanism = *mechanism_,
                              .hashed_token = hashed,
                              .binding_data = binding,
                              .count = request_->fast->count,
                              .invalidate = request_->fast->invalidate,
                              .early_data = stream_.transport().tls().early_data};
  auto accepted = xmpp::use_token(*tokens_, login, stream_.homes().clock().wall(), {});
  if (!accepted)
    return fail(accepted.error());
  rotate_token_ = accepted->rotation_due;
  token_used_ = true;
  token_ended_ = accepted->ended_any;
  token_changed_ = !accepted->only_used;
  succeed(std::move(accepted->responder));
}

// --- outcome ---

void Negotiation::fail(SaslFailure failure) {
  Homes& homes = stream_.homes();
  turn_ = {};
  step_ = Step::kWorking;
  ++homes.counters().logins_failed;
  homes.log().at(LogLevel::kInfo, "auth", "login failed jid={} address={} mechanism={} reason={}",
                 jid_.empty() ? std::string_view("-") : jid_.str(),
                 stream_.transport().peer_address(),
                 mechanism_ ? to_string(*mechanism_) : std::string_view("-"), failure.reason);
  // Only a guess waits: what is wrong with the request itself is told at once.
  if (failure.condition != SaslCondition::kNotAuthorized || jid_.empty())
    return fail_now(failure);
  hold_back(homes.throttle().failed(jid_.str(), homes.loop().now()),
            [this, failure] { fail_now(failure); });
}

void Negotiation::hold_back(Milliseconds wait, std::move_only_function<void()> answer) {
  Homes& homes = stream_.homes();
  held_back_ = std::move(answer);
  if (const net::Transport& transport = stream_.transport(); !transport.is_loopback())
    wait = std::max(wait, homes.server().address_throttle().failed(transport.peer_address(),
                                                                   homes.loop().now()));
  homes.loop().arm(*this, wait);
}

void Negotiation::on_timer() {
  ROOKERY_ASSERT(held_back_ != nullptr);
  std::exchange(held_back_, nullptr)();
}

void Negotiation::fail_now(SaslFailure failure) {
  step_ = Step::kNone;
  ++attempt_;
  scram_.reset();
  turn_ = {};
  tokens_.reset();
  devices_.clear();
  issued_.reset();
  request_.reset();
  password_ = 0;
  rotate_token_ = token_used_ = token_ended_ = token_changed_ = disabled_ = false;
  jid_ = alias_ = {};
  std::string out;
  xml::Writer writer(out, xmpp::kNsStream);
  dialect_ == Dialect::kSasl1 ? xmpp::write_sasl_failure(writer, failure.condition)
                              : xmpp::write_sasl2_failure(writer, failure.condition);
  stream_.send_element(out);
  count_failure();
}

void Negotiation::count_failure() {
  if (++failures_ >= stream_.homes().limits().auth_failures_per_stream_max)
    stream_.close({xmpp::StreamCondition::kPolicyViolation, "too many failed attempts to sign in"});
}

void Negotiation::succeed(std::optional<std::string> additional_data) {
  Homes& homes = stream_.homes();
  if (disabled_)
    return fail_now({SaslCondition::kAccountDisabled, "disabled"});
  homes.throttle().succeeded(jid_.str());
  additional_data_ = std::move(additional_data);
  stream_.state_ = ClientStream::State::kAuthenticated;
  stream_.framer_.set_caps(homes.limits().caps);
  scram_.reset();
  step_ = Step::kNone;
  if (dialect_ == Dialect::kSasl1) {
    std::string out;
    xml::Writer writer(out, xmpp::kNsStream);
    xmpp::write_sasl_success(writer, additional_data_);
    stream_.send_element(out);
    stream_.framer_.reset();
    stream_.opened_ = false;
    return;
  }
  stream_.hold_reading(ClientStream::Hold::kBusy, true);
  homes.with_account(
      jid_.str(), guarded([](Negotiation& self, Account* account) {
        if (!self.is_proven(account))
          return self.stream_.close({xmpp::StreamCondition::kNotAuthorized, "the account is gone"});
        self.succeed2(*account);
      }));
}

} // namespace rookery::server
