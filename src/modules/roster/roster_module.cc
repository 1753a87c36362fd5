#include "modules/roster/roster_module.h"

#include <algorithm>
#include <utility>

#include "modules/roster/roster.h"
#include "modules/roster/roster_portable.h"
#include "server/client_stream.h"
#include "server/record_text.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::roster {

using server::Account;
using server::Session;
using server::Target;

namespace {

constexpr server::Xep kXeps[] = {{186, "0.14.0"}, {237, "1.3", "as RFC 6121 §2.6 has it"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsRoster, Target::kServer},
                                         {xmpp::kNsInvisible, Target::kServer}};
constexpr storage::Keyspace kHot[] = {kRosterRecords, kVersionRecords};
constexpr server::Option kOptions[] = {
    {server::Option::Type::kInteger, "contacts_max", "1000", 1, 100'000, "contacts",
     "the most one roster can hold"},
    {server::Option::Type::kInteger, "requests_max", "200", 1, 10'000, "requests",
     "of strangers who wait for an answer of one user; further ones are dropped"},
    {server::Option::Type::kInteger, "directed_max", "500", 1, 10'000, "addresses",
     "one device can send presence to that are not in its roster, rooms among them"},
};

constexpr server::Portable kPortable[] = {
    {.element = "query",
     .ns = xmpp::kNsRoster,
     .keyspace = kRosterRecords,
     .shape = server::Portable::Shape::kAll,
     .write = &write_contact,
     .read = &read_contacts},
    {.element = "presence",
     .ns = xmpp::kNsClient,
     .keyspace = kRosterRecords,
     .shape = server::Portable::Shape::kEach,
     .write = &write_request,
     .read = &read_request},
};
constexpr server::Stays kStays[] = {
    {kVersionRecords, "apps that kept the roster in another version get it whole once"}};

constexpr server::ModuleInfo kInfo{
    .name = "roster",
    .about = "keeps each user's contacts, and shows who of them is online",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = kHot,
    .cold = {},
    .options = kOptions,
    .portable = kPortable,
    .stays = kStays,
};

Result<std::unique_ptr<server::Module>> create(server::Homes& homes,
                                               const server::Options& options) {
  RosterLimits limits;
  limits.contacts_max = static_cast<std::size_t>(options.integer("contacts_max"));
  limits.requests_max = static_cast<std::size_t>(options.integer("requests_max"));
  limits.directed_max = static_cast<std::size_t>(options.integer("directed_max"));
  return std::make_unique<RosterModule>(homes, limits);
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

void RosterModule::bind(server::Binder& on) {
  accounts_ = on.account_slot<AccountState>();
  sessions_ = on.session_slot<SessionState>();
  on.account_loaded<&RosterModule::load>(*this);
  on.stream_features<&RosterModule::features>(*this);
  on.contacts<&RosterModule::contacts>(*this);
  on.farewell<&RosterModule::farewell>(*this);
  on.befriend<&RosterModule::befriend>(*this);
  on.newcomer<&RosterModule::newcomer>(*this);
  on.session_state<&RosterModule::save, &RosterModule::restore>(*this, "roster");
  on.iq_get<&RosterModule::get>(*this, Target::kAccount, "query", xmpp::kNsRoster);
  on.iq_set<&RosterModule::set>(*this, Target::kAccount, "query", xmpp::kNsRoster);
  on.iq_set<&RosterModule::go_invisible>(*this, Target::kAccount, "invisible", xmpp::kNsInvisible);
  on.iq_set<&RosterModule::go_visible>(*this, Target::kAccount, "visible", xmpp::kNsInvisible);
  on.inbound<&RosterModule::to_device>(*this, server::Phase::kScreen);
  on.presence_out<&RosterModule::presence_out>(*this);
  on.presence_in<&RosterModule::presence_in>(*this);
  on.session_closed<&RosterModule::closed>(*this);
  on.session_resumed<&RosterModule::resumed>(*this);
}

void RosterModule::features(xml::Writer& writer, const server::ClientStream& stream) {
  if (!stream.authenticated())
    return;
  writer.open("ver", xmpp::kNsRosterVersion).close();
  writer.open("sub", xmpp::kNsPreApproval).close();
}

// --- what is kept of an account ---

void RosterModule::load(Account& account, std::size_t hot,
                        const std::vector<storage::Record>& records) {
  if (records.empty())
    return;
  RosterCache& cache = accounts_.get(account).cache;
  for (const storage::Record& record : records) {
    if (hot == 1) {
      cache.version = RosterVersion::parse(record.value);
      continue;
    }
    if (const auto item = RosterItem::parse(record.value))
      cache.put(record.key, *item);
    else
      homes_.log().at(LogLevel::kError, "roster",
                      "record is damaged and left out jid={} contact={}", account.jid().str(),
                      record.key);
  }
}

RosterItem RosterModule::item_of(const Account& account, std::string_view contact) const {
  const AccountState* state = accounts_.find(account);
  return state == nullptr ? RosterItem{} : state->cache.item(contact);
}

RosterModule::Push RosterModule::keep(Account& account, storage::Batch& batch,
                                      std::string_view contact, RosterItem item, bool shown) {
  RosterCache& cache = accounts_.get(account).cache;
  Push push;
  if (shown) {
    if (cache.version.epoch.empty())
      cache.version.epoch = homes_.random().token(kEpochBytes);
    item.changed = ++cache.version.number;
    batch.put(account.owner(), kVersionRecords, kVersionKey, cache.version.serialise());
    push = push_of(cache, item.changed, contact, item);
  }
  cache.put(contact, item);
  if (item.empty())
    batch.remove(account.owner(), kRosterRecords, contact);
  else
    batch.put(account.owner(), kRosterRecords, contact, item.serialise());
  return push;
}

RosterModule::Push RosterModule::drop(Account& account, storage::Batch& batch,
                                      std::string_view contact) {
  RosterCache& cache = accounts_.get(account).cache;
  Push push;
  if (cache.version.epoch.empty())
    cache.version.epoch = homes_.random().token(kEpochBytes);
  push.number = cache.version.removed = ++cache.version.number;
  batch.put(account.owner(), kVersionRecords, kVersionKey, cache.version.serialise());
  batch.remove(account.owner(), kRosterRecords, contact);
  xml::Writer writer(push.query);
  writer.open("query", xmpp::kNsRoster).attribute("ver", cache.version.str());
  write_removal(writer, contact);
  writer.close_all();
  cache.remove(contact);
  return push;
}

std::move_only_function<void(const Status&)> RosterModule::change(Account& account, Then then) {
  ++accounts_.get(account).commits;
  return [this, pin = server::AccountPin(account),
          then = std::move(then)](const Status& status) mutable {
    AccountState& state = accounts_.get(*pin);
    --state.commits;
    then(*pin, status);
    if (state.commits != 0)
      return;
    // Each comes back to presence_in(); where one of them changes the roster again, the rest wait
    // for that.
    for (server::PacketPtr& packet : std::exchange(state.waiting, {}))
      homes_.route(std::move(packet));
  };
}

void RosterModule::commit(Account& account, storage::Batch batch, Session* sender, Then then) {
  auto done = change(account, std::move(then));
  if (sender != nullptr)
    homes_.commit_stanza(*sender, std::move(batch), std::move(done));
  else
    homes_.commit(std::move(batch), std::move(done));
}

RosterModule::Push RosterModule::push_of(const RosterCache& cache, std::uint64_t number,
                                         std::string_view contact, const RosterItem& item) {
  Push push{.number = number, .query = {}};
  xml::Writer writer(push.query);
  writer.open("query", xmpp::kNsRoster).attribute("ver", cache.version.str(number));
  write_item(writer, contact, item);
  writer.close_all();
  return push;
}

// RFC 6121 §2.1.6.
void RosterModule::push(Account& account, const Push& news) {
  if (news.query.empty())
    return;
  for (const auto& session : account.sessions()) {
    const SessionState* state = sessions_.find(*session);
    if (state != nullptr && state->interested)
      push(*session, news);
  }
}

void RosterModule::push(Session& session, const Push& news) {
  std::string xml;
  xml::Writer writer(xml);
  writer.open("iq").attribute("type", "set").attribute("id", "push" + std::to_string(news.number));
  writer.attribute("from", session.account().jid().str())
      .attribute("to", session.jid().str())
      .raw(news.query)
      .close();
  session.send(xml);
}

void RosterModule::contacts(Account& account, std::string_view bare,
                            std::vector<server::Contact>& out) {
  const auto add = [&](const RosterCache::Contact& contact) {
    out.push_back({.jid = xmpp::Jid::from_trusted(std::string(contact.jid())),
                   .in_roster = contact.listed(),
                   .sees_presence = seen_by_contact(contact.state())});
  };
  if (const AccountState* state = accounts_.find(account)) {
    if (bare.empty())
      std::ranges::for_each(state->cache.contacts(), add);
    else if (const RosterCache::Contact* contact = state->cache.find(bare))
      add(*contact);
  }
  for (const auto& session : account.sessions()) {
    const SessionState* state = sessions_.find(*session);
    if (state == nullptr)
      continue;
    for (const xmpp::Jid& to : state->directed.all())
      if (bare.empty() || to.bare_str() == bare)
        out.push_back({.jid = to.bare().jid(), .in_roster = false, .sees_presence = true});
  }
}

// --- what outlives a restart of a session (XEP-0198) ---

std::string RosterModule::save(Session& session) {
  const SessionState* state = sessions_.find(session);
  std::string out;
  if (state == nullptr)
    return out;
  server::append_line(out, "interested", state->interested ? "1" : "0");
  if (state->had_offline)
    server::append_line(out, "had-offline", "1");
  if (state->probes)
    server::append_line(out, "probes", "1");
  for (const xmpp::Jid& to : state->directed.all())
    server::append_line(out, "directed", to.str());
  return out;
}

void RosterModule::restore(Session& session, std::string_view text) {
  SessionState& state = sessions_.get(session);
  state.restored = true;
  for (const auto& [word, value] : server::read_lines(text)) {
    if (word == "interested")
      state.interested = value == "1";
    if (word == "had-offline")
      state.had_offline = true;
    if (word == "probes")
      state.probes = true;
    if (word == "directed")
      (void)state.directed.add(xmpp::Jid::from_trusted(std::string(value)), limits_.directed_max);
  }
}

} // namespace rookery::modules::roster
