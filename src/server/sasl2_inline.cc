// What SASL 2 does in the same round trip as the login: a token, resuming or binding, features of
// the session (XEP-0386, -0198 §9, -0484).
#include <algorithm>

#include "server/devices.h"
#include "server/negotiation_guard.h"
#include "server/server.h"
#include "server/sm_elements.h"
#include "server/turn_commit.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::server {
namespace {

/// How often what is said in <bound/> is read, where the account's log never rests.
constexpr int kBoundAttempts = 3;

} // namespace

// The token first: one that the client holds must be in the store, one that it is told has ended
// must not, and the device that is let in must be there to be seen and signed out. What follows, up
// to <success/>, is done at once.
void Negotiation::succeed2(Account& account) {
  if (!request_->user_agent || request_->user_agent->id.empty())
    return resume2(account);
  if (token_used_)
    return note_device(account, devices_);
  take_turn([pin = AccountPin(account)](Negotiation& self) mutable {
    const Owner owner = pin->owner();
    self.stream_.homes().scan(
        {.owner = owner, .keyspace = kDeviceRecords, .after = {}, .prefix = {}},
        self.guarded([pin = std::move(pin)](Negotiation& next, Result<storage::RecordPage> page) {
          if (!page)
            return next.stream_.close({xmpp::StreamCondition::kInternalServerError,
                                       "the server cannot read from its disk"});
          next.note_device(*pin, page->records);
        }));
  });
}

void Negotiation::note_device(Account& account, const std::vector<storage::Record>& records) {
  if (account.retired())
    return stream_.close({xmpp::StreamCondition::kNotAuthorized, "the account is gone"});
  Homes& homes = stream_.homes();
  const ServerOptions& options = homes.server().options();
  const std::string& agent = request_->user_agent->id;
  const std::vector<DeviceRecord> known = read_devices(records);
  const auto before = std::ranges::find(known, agent, &DeviceRecord::agent);
  const bool is_new = before == known.end();
  const bool knows_more = is_new || (password_ != 0 && before->password != password_);
  const bool issued = issue_token();
  // A device that comes back as it was costs no sync of the disk.
  storage::Batch& batch =
      knows_more || issued || token_changed_ ? homes.turn_commit().batch : homes.later_batch();
  put_device_login(
      batch, account, known,
      {.agent = *request_->user_agent,
       .address = options.keep_addresses ? stream_.transport().peer_address() : std::string_view{},
       .password = password_,
       .now = homes.clock().wall()},
      options.limits);
  if ((issued || token_used_) && tokens_->empty())
    batch.remove(account.owner(), kTokenRecords, agent);
  else if (issued || token_used_)
    batch.put(account.owner(), kTokenRecords, agent, tokens_->serialise());
  const bool counted = token_used_ && request_->fast->count;
  const bool waits = issued || is_new || token_ended_ || counted;
  if (waits) {
    // The client may be gone by then; the turn ends with the commit.
    homes.commit({}, [turn = std::move(turn_),
                      then = guarded([pin = AccountPin(account)](Negotiation& self, Status status) {
                        if (!status)
                          return self.stream_.close({xmpp::StreamCondition::kInternalServerError,
                                                     "the server cannot write to its disk"});
                        self.resume2(*pin);
                      })](Status status) mutable { then(std::move(status)); });
    return;
  }
  if (token_changed_ || knows_more)
    homes.commit({}, [turn = std::move(turn_)](const Status&) {});
  turn_ = {};
  resume2(account);
}

// Where the client asks for a token, or its own is due to be replaced.
bool Negotiation::issue_token() {
  Homes& homes = stream_.homes();
  auto mechanism =
      request_->request_token ? xmpp::parse_sasl_mechanism(*request_->request_token) : std::nullopt;
  if (mechanism && (!xmpp::is_token(*mechanism) || !offer_.has(*mechanism)))
    mechanism.reset();
  if (!mechanism && rotate_token_)
    mechanism = mechanism_;
  if (!mechanism)
    return false;
  if (!tokens_)
    tokens_ =
        xmpp::FastTokens{.user_agent_id = request_->user_agent->id, .current = {}, .fresh = {}};
  issued_ = xmpp::issue_token(*tokens_, *mechanism, homes.clock().wall(), {}, homes.random());
  return true;
}

void Negotiation::resume2(Account& account) {
  if (!request_->resume)
    return bind2(account, {});
  const xmpp::SmResume resume = *request_->resume;
  stream_.homes().resume(
      account, resume.previd, resume.h, stream_,
      guarded([resume, pin = AccountPin(account)](Negotiation& self, Homes::Resumed resumed) {
        if (resumed.too_high)
          return self.close_too_high(resume.h, resumed.sent);
        if (resumed.session == nullptr)
          return self.bind2(*pin, sm_failed("item-not-found"));
        Homes& homes = self.stream_.homes();
        self.answer2(resumed.session, sm_resumed(resume.previd, resumed.handled));
        homes.continue_session(*resumed.session);
      }));
}

// XEP-0386 §4: the server chooses the resource; the tag says which program it is, the user-agent
// keeps it the same for a device.
std::string Negotiation::bind2_resource() const {
  std::string resource = request_->bind->tag.empty() ? std::string("device") : request_->bind->tag;
  const std::string agent = request_->user_agent ? request_->user_agent->id : std::string{};
  resource += '~';
  return resource +=
         agent.empty() ? stream_.homes().random().token(9)
                       : device_name(jid_.str(), agent, stream_.homes().server().options().secret);
}

void Negotiation::bind2(Account& account, std::string children) {
  if (!request_->bind)
    return answer2(nullptr, children);
  const std::string agent = request_->user_agent ? request_->user_agent->id : std::string{};
  stream_.homes().before_bind(
      AccountPin(account),
      [agent](const Session& older) { return !agent.empty() && older.user_agent == agent; },
      guarded([pin = AccountPin(account), children](Negotiation& self) {
        if (!self.stream_.homes().hooks().bound)
          return self.bind2_with(*pin, children, {});
        self.ask_bound(*pin, children, kBoundAttempts);
      }));
}

// What is told in <bound/> has to be true at the moment of binding, and is read before: what comes
// to a bound session may not wait for it.
void Negotiation::ask_bound(Account& account, std::string children, int attempts) {
  auto told = guarded([pin = AccountPin(account), children = std::move(children), attempts,
                       logged = account.logged()](Negotiation& self, std::string bound) mutable {
    if (pin->logged() != logged && attempts > 1)
      return self.ask_bound(*pin, std::move(children), attempts - 1);
    self.bind2_with(*pin, children, std::move(bound));
  });
  (*stream_.homes().hooks().bound)(account, std::move(told));
}

void Negotiation::bind2_with(Account& account, const std::string& children, std::string bound) {
  Homes& homes = stream_.homes();
  std::string resource = bind2_resource();
  if (!account.jid().with_resource(resource))
    resource.clear();
  const Homes::BindOutcome outcome = homes.bind(account, resource, stream_);
  if (outcome.session == nullptr)
    return stream_.close({xmpp::StreamCondition::kResourceConstraint, outcome.refused->text});
  Session& session = *outcome.session;
  introduce(session); // what is kept of it from here on says so
  // XEP-0386 §4: earlier sessions of this client, that had another tag, end.
  if (!session.user_agent.empty())
    homes.sign_out(
        account,
        [&](const Session& other) {
          return &other != &session && other.user_agent == session.user_agent;
        },
        SessionEnd::kReplaced);
  // XEP-0386 §2.2: who binds this way asks the archive, and is sent no offline messages.
  if (homes.server().options().history == HistoryKept::kAll)
    session.set_reads_history();
  std::string inner = std::move(bound);
  if (const auto& enable = request_->bind->sm_enable) {
    const std::string id = homes.enable_sm(
        session, enable->resume,
        enable->max_seconds ? std::optional(Seconds(*enable->max_seconds)) : std::nullopt);
    inner += sm_enabled(id, session.sm()->timeout(), stream_.resume_location());
  }
  for (const xmpp::BindFeature& feature : request_->bind->features) {
    for (const auto& [ns, index] : homes.hooks().bind_feature_ns) {
      if (ns != feature.ns)
        continue;
      xml::Document document;
      if (document.parse_trusted(feature.xml, {}))
        homes.hooks().bind_feature[index].call(session, {feature.name, document.root()});
    }
  }
  answer2(&session, children + "<bound xmlns='urn:xmpp:bind:0'>" + inner + "</bound>");
}

void Negotiation::answer2(Session* session, const std::string& children) {
  std::optional<xmpp::IssuedToken> token;
  if (issued_)
    token = xmpp::IssuedToken{.token = issued_->secret, .expires = issued_->expires};
  std::string out;
  xml::Writer writer(out, xmpp::kNsStream);
  xmpp::write_sasl2_success(
      writer,
      {.additional_data =
           additional_data_ ? std::optional<std::string_view>(*additional_data_) : std::nullopt,
       .authorization_identifier = session != nullptr ? session->jid().str() : jid_.str(),
       .children = children,
       .token = token});
  stream_.send_element(out);
  stream_.session_ = session;
  stream_.send_features();
  stream_.hold_reading(ClientStream::Hold::kBusy, false);
  if (session != nullptr)
    finished(*session);
}

} // namespace rookery::server
