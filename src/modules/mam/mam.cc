#include "modules/mam/mam.h"

#include <algorithm>
#include <vector>

#include "modules/mam/archive.h"
#include "modules/mam/archive_query.h"
#include "modules/mam/inbox.h"
#include "modules/mam/preferences.h"
#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "server/server.h"
#include "server/session.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::mam {
namespace {

using server::Account;
using server::IqRequest;
using server::Option;
using server::Session;
using server::Target;
using xmpp::StanzaCondition;

/// One record, key "": see preferences.h.
constexpr storage::Keyspace kPreferenceRecords{"mam-prefs"};

constexpr server::Xep kXeps[] = {
    {.number = 313, .version = "1.1.3", .note = "archives of accounts"},
    {.number = 59, .version = "1.0", .note = "no pages by index"},
    {.number = 430, .version = "0.2.0", .note = "counts of unread messages up to 100 entries back"},
    {.number = 441, .version = "0.2.0", .note = "no ad-hoc command"},
    {.number = 359, .version = "0.7.0"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsMam2, Target::kAccount},
                                         {xmpp::kNsMam2Extended, Target::kAccount},
                                         {"urn:xmpp:mam:2#groupchat-field", Target::kAccount},
                                         {xmpp::kNsInbox, Target::kAccount},
                                         {xmpp::kNsSid, Target::kAccount}};
constexpr storage::Keyspace kHot[] = {kPreferenceRecords};
constexpr Option kOptions[] = {
    {.type = Option::Type::kInteger,
     .name = "page-default",
     .standard = "50",
     .min = 1,
     .max = 1'000,
     .unit = "messages",
     .about = "in a page of history, where the client does not say how many it wants"},
    {.type = Option::Type::kInteger,
     .name = "page-max",
     .standard = "250",
     .min = 1,
     .max = 1'000,
     .unit = "messages",
     .about = "in a page of history, whatever the client says"}};
void write_kept(const storage::Record& record, xml::Writer& writer) {
  write_preferences(writer, from_record(record.value));
}

void read_kept(const xml::Element& element, server::AccountDraft& draft) {
  const auto preferences = read_preferences(element);
  if (!preferences)
    return draft.note("what is kept in the history: " + preferences.error().text);
  draft.put(kPreferenceRecords, "", to_record(*preferences));
}

constexpr server::Portable kPortable[] = {{.element = "prefs",
                                           .ns = xmpp::kNsMam2,
                                           .keyspace = kPreferenceRecords,
                                           .shape = server::Portable::Shape::kEach,
                                           .write = &write_kept,
                                           .read = &read_kept}};
constexpr server::ModuleInfo kInfo{.name = "mam",
                                   .about = "every device can read what was said while it was away",
                                   .xeps = kXeps,
                                   .features = kFeatures,
                                   .hot = kHot,
                                   .cold = {},
                                   .options = kOptions,
                                   .portable = kPortable};

class Mam final : public server::Module {
public:
  explicit Mam(PageLimits limits) : limits_(limits) {}

  void bind(server::Binder& on) override {
    queues_.bind(on);
    preferences_ = on.account_slot<Preferences>();
    on.account_loaded<&Mam::loaded>(*this);
    on.iq_set<&Mam::query>(*this, Target::kAccount, "query", xmpp::kNsMam2);
    on.iq_get<&Mam::form>(*this, Target::kAccount, "query", xmpp::kNsMam2);
    on.iq_get<&Mam::metadata>(*this, Target::kAccount, "metadata", xmpp::kNsMam2);
    on.iq_get<&Mam::inbox>(*this, Target::kAccount, "inbox", xmpp::kNsInbox);
    on.iq_get<&Mam::get_preferences>(*this, Target::kAccount, "prefs", xmpp::kNsMam2);
    on.iq_set<&Mam::set_preferences>(*this, Target::kAccount, "prefs", xmpp::kNsMam2);
    on.keep<&Mam::keep>(*this);
    on.bound<&Mam::bound>(*this);
  }

private:
  // --- the archive ---

  // §8.1 would have forbidden for the archive of another; it is refused as it is where there is no
  // such account, so that an address cannot be tested for existence.
  void query(IqRequest request) {
    Session* const session = request.from_owner() ? request.session() : nullptr;
    if (session == nullptr)
      return request.error(StanzaCondition::kServiceUnavailable);
    auto query = read_query(request.payload(), limits_);
    if (!query)
      return request.error(query.error());
    reads_history(*session);
    archive_.ask(*session, std::move(request), std::move(*query));
  }

  /// §6.1.1: what it finds in the archive it need not get as offline messages too.
  static void reads_history(Session& session) {
    const bool all_kept = session.homes().server().options().history == server::HistoryKept::kAll;
    if (!all_kept || session.reads_history())
      return;
    session.set_reads_history();
    session.homes().session_changed(session);
  }

  void form(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    request.result([](xml::Writer& writer) {
      writer.open("query", xmpp::kNsMam2);
      write_query_form(writer);
      writer.close();
    });
  }

  void metadata(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    server::Homes& homes = request.homes();
    const Owner log = request.account()->owner();
    Archive::metadata(homes, log, [request = std::move(request)](Result<std::string> xml) mutable {
      if (!xml)
        return request.error(StanzaCondition::kInternalServerError);
      request.result([&](xml::Writer& writer) { writer.raw(*xml); });
    });
  }

  void inbox(IqRequest request) {
    Session* const session = request.from_owner() ? request.session() : nullptr;
    if (session == nullptr)
      return request.error(StanzaCondition::kServiceUnavailable);
    const auto query = read_inbox_query(request.payload(), limits_);
    if (!query)
      return request.error(query.error());
    inbox_.ask(*session, std::move(request), *query);
  }

  /// XEP-0386 §4: a client learns from it whether there is anything it has not got.
  void bound(Account& account, std::move_only_function<void(std::string)> then) {
    Archive::metadata(
        account.homes(), account.owner(),
        [then = std::move(then)](Result<std::string> xml) mutable { then(xml.value_or("")); });
  }

  // --- preferences ---

  void loaded(Account& account, std::size_t, const std::vector<storage::Record>& records) {
    if (!records.empty())
      preferences_.get(account) = from_record(records.front().value);
  }

  void get_preferences(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    const Preferences* const held = preferences_.find(*request.account());
    request.result([&](xml::Writer& writer) {
      write_preferences(writer, held == nullptr ? Preferences{} : *held);
    });
  }

  void set_preferences(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    auto wanted = read_preferences(request.payload());
    if (!wanted)
      return request.error(wanted.error());
    server::Homes& homes = request.homes();
    // What nobody can tell cannot be kept to (XEP-0441 §2.1: what is applied may differ).
    if (wanted->standard == Preferences::Standard::kRoster && homes.hooks().contacts.empty())
      wanted->standard = Preferences::Standard::kAlways;
    storage::Batch batch;
    batch.put(request.account()->owner(), kPreferenceRecords, "", to_record(*wanted));
    homes.commit(std::move(batch), [this, request = std::move(request),
                                    wanted = std::move(*wanted)](Status status) mutable {
      if (!status)
        return request.error(StanzaCondition::kInternalServerError);
      preferences_.get(*request.account()) = wanted;
      request.result([&](xml::Writer& writer) { write_preferences(writer, wanted); });
    });
  }

  bool keep(Account& account, const xmpp::Jid& contact, bool) {
    const Preferences* const preferences = preferences_.find(account);
    if (preferences == nullptr)
      return true;
    switch (should_keep(*preferences, contact).keep) {
    case KeepVerdict::Keep::kYes:
      return true;
    case KeepVerdict::Keep::kNo:
      return false;
    case KeepVerdict::Keep::kIfInRoster:
      break;
    }
    std::vector<server::Contact> known;
    for (const auto& hook : account.homes().hooks().contacts)
      hook.call(account, contact.bare_str(), known);
    return std::ranges::any_of(known, &server::Contact::in_roster);
  }

  DeviceQueues queues_;
  Archive archive_{queues_};
  Inbox inbox_{queues_};
  server::Slot<Account, Preferences> preferences_;
  PageLimits limits_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  const auto max = static_cast<std::uint32_t>(options.integer("page-max"));
  const auto standard = static_cast<std::uint32_t>(options.integer("page-default"));
  return std::make_unique<Mam>(PageLimits{.standard = std::min(standard, max), .max = max});
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{.info = kInfo, .create = &create};
  return kDescriptor;
}

} // namespace rookery::modules::mam
