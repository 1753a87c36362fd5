// Reading and changing the roster (RFC 6121 §2).
#include <utility>

#include "modules/roster/presence_text.h"
#include "modules/roster/roster_module.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {

using server::Account;
using server::IqRequest;
using server::Session;
using xmpp::StanzaCondition;
using xmpp::StanzaError;
using xmpp::StanzaType;

// §2.1.3; §2.6: what a client has missed follows as pushes, each with the version it led to.
void RosterModule::get(IqRequest request) {
  if (!request.from_owner())
    return request.error(StanzaCondition::kServiceUnavailable);
  if (request.payload().first_child())
    return request.error({StanzaCondition::kBadRequest, "asking for the roster has no item"});
  Account& account = *request.account();
  const AccountState* state = accounts_.find(account);
  static const RosterCache kNothing;
  const RosterCache& cache = state == nullptr ? kNothing : state->cache;

  const auto since = request.payload().attribute("ver");
  const auto missed = since ? cache.changes_since(*since) : std::nullopt;
  std::string payload;
  std::vector<Push> pushes;
  if (missed) {
    for (const RosterCache::Contact* contact : *missed)
      pushes.push_back(push_of(cache, contact->changed(), contact->jid(), contact->item()));
  } else {
    xml::Writer writer(payload);
    writer.open("query", xmpp::kNsRoster);
    if (since)
      writer.attribute("ver", cache.version.str());
    for (const RosterCache::Contact& contact : cache.contacts())
      if (contact.listed())
        write_item(writer, contact.jid(), contact.item());
    writer.close_all();
  }
  auto answer = [this, payload = std::move(payload), pushes = std::move(pushes)](IqRequest asked) {
    Session* session = asked.session();
    if (session != nullptr && !std::exchange(sessions_.get(*session).interested, true))
      homes_.session_changed(*session);
    asked.result([&](xml::Writer& writer) { writer.raw(payload); });
    if (session == nullptr)
      return;
    for (const Push& each : pushes)
      push(*session, each);
  };
  if (state == nullptr || state->commits == 0)
    return answer(std::move(request));
  // A version that is not durable yet must not become known: after a crash it would be given to
  // another state.
  homes_.commit(
      {}, [answer = std::move(answer), asked = std::move(request)](const Status& status) mutable {
        if (!status)
          return asked.error(StanzaCondition::kInternalServerError);
        answer(std::move(asked));
      });
}

// §2.3 to §2.5.
void RosterModule::set(IqRequest request) {
  if (!request.from_owner())
    return request.error(StanzaCondition::kServiceUnavailable);
  auto set = read_roster_set(request.payload(), limits_);
  if (!set)
    return request.error(set.error());
  if (set->remove)
    return remove(std::move(request), *set);
  update(std::move(request), std::move(*set));
}

void RosterModule::update(IqRequest request, RosterSet set) {
  Account& account = *request.account();
  const RosterItem now = item_of(account, set.jid.str());
  RosterItem item = now;
  item.listed = true;
  item.name = std::move(set.name);
  item.groups = std::move(set.groups);
  if (!has_room(account, now, item))
    return request.error({StanzaCondition::kPolicyViolation, "the roster is full"});
  storage::Batch batch;
  Push news = keep(account, batch, set.jid.str(), std::move(item), true);
  commit(account, std::move(batch), nullptr,
         [this, news = std::move(news), asked = std::move(request)](Account& own,
                                                                    const Status& status) mutable {
           if (!status)
             return asked.error(StanzaCondition::kInternalServerError);
           push(own, news);
           asked.result();
         });
}

// §2.5.2: whatever there was between the two ends with it.
void RosterModule::remove(IqRequest request, const RosterSet& set) {
  Account& account = *request.account();
  const RosterItem now = item_of(account, set.jid.str());
  if (!now.listed)
    return request.error(StanzaCondition::kItemNotFound);
  storage::Batch batch;
  Push news = drop(account, batch, set.jid.str());
  const xmpp::RosterRemoval removal = roster_removal(now.subscription.state);
  commit(account, std::move(batch), nullptr,
         [this, news = std::move(news), removal, contact = set.jid,
          asked = std::move(request)](Account& own, const Status& status) mutable {
           if (!status)
             return asked.error(StanzaCondition::kInternalServerError);
           push(own, news);
           asked.result();
           if (removal.unsubscribe)
             homes_.route(presence_text(StanzaType::kUnsubscribe, own.jid().str(), contact.str()));
           if (removal.unsubscribed)
             homes_.route(presence_text(StanzaType::kUnsubscribed, own.jid().str(), contact.str()));
           if (removal.send_unavailable)
             subscription_presence(own, contact, xmpp::SubscriptionOutcome::Presence::kUnavailable);
         });
}

} // namespace rookery::modules::roster
