#include "server/account_import.h"

#include <algorithm>
#include <future>

#include "server/aliases.h"
#include "server/homes.h"
#include "server/invitations.h"
#include "server/record_text.h"
#include "server/server.h"
#include "xml/fragment.h"
#include "xmpp/datetime.h"
#include "xmpp/portable_reader.h"

namespace rookery::server {
namespace {

/// A batch is committed when it has this many bytes.
constexpr std::size_t kBatchBytes = 1024 * 1024;
/// All records of one account: they are held in memory until the account is made.
constexpr std::size_t kRecordsBytesMax = 256 * 1024 * 1024;
/// An id that is this close to its message's time is one of this server's, or as good.
constexpr std::uint64_t kSameTimeMicroseconds = 1'000'000;
constexpr xml::Caps kCaps{.stanza_bytes_max = xmpp::kPortableElementBytesMax + 64 * 1024,
                          .depth_max = 256,
                          .attributes_max = 256,
                          .elements_max = 2'000'000,
                          .name_bytes_max = 1'024};

/// Runs `begin(Homes&, done)` on the account's home and waits until it calls `done(Status)`.
template <class Begin> Status on_home(Server& server, const xmpp::BareJid& jid, Begin begin) {
  std::promise<Status> promise;
  Homes& homes = server.homes_of(jid.str());
  homes.loop().post(
      [&] { begin(homes, [&promise](Status status) { promise.set_value(std::move(status)); }); });
  return promise.get_future().get();
}

/// Calls `then(Status)` with whether the name can be had.
template <class Then> void if_free(Homes& homes, const xmpp::BareJid& jid, Then then) {
  if (!homes.server().is_local(jid.domain()))
    return then(fail("this server does not serve that domain", std::string(jid.str()),
                     "add it to 'domains' in the configuration"));
  homes.get(kNodeOwner, kAccountRecords, jid.str(), [&homes, jid, then](auto record) mutable {
    if (!record)
      return then(std::unexpected(record.error()));
    if (*record || homes.creating().contains(std::string(jid.str())))
      return then(fail(std::string(AccountAdmin::kNameTaken), std::string(jid.str()),
                       "nothing is merged: delete that account first, or change the name in the "
                       "file"));
    Invitations::is_free(homes, jid, {}, [jid, then](const Result<bool>& free) mutable {
      if (!free)
        return then(std::unexpected(free.error()));
      if (!*free)
        return then(fail(std::string(AccountAdmin::kNameKept), std::string(jid.str()),
                         "revoke it, or change the name in the file"));
      then({});
    });
  });
}

/// Stamps of this server's own: they are made anew from the entry when it is given to a device.
bool is_own_stamp(const xml::Element& child, std::string_view own_bare) {
  if (child.is("stanza-id", xmpp::kNsSid))
    return child.attribute_or_empty("by") == own_bare;
  return child.is("delay", xmpp::kNsDelay) &&
         child.attribute_or_empty("from") == own_bare.substr(own_bare.find('@') + 1);
}
bool is_own_id(const xml::Element& child, std::string_view own_bare) {
  return child.is("stanza-id", xmpp::kNsSid) && is_own_stamp(child, own_bare);
}

std::optional<WallTime> own_delay(const xml::Element& message, std::string_view own_bare) {
  for (const xml::Element child : message.children())
    if (child.is("delay", xmpp::kNsDelay) && is_own_stamp(child, own_bare))
      return xmpp::parse_time(child.attribute_or_empty("stamp"));
  const xml::Element delay = message.child("delay", xmpp::kNsDelay);
  return xmpp::parse_time(delay.attribute_or_empty("stamp"));
}

std::optional<xmpp::Jid> address(const std::optional<std::string_view>& text,
                                 const xmpp::BareJid& own) {
  if (!text)
    return own.jid();
  auto jid = xmpp::Jid::parse(*text);
  return jid ? std::optional(std::move(*jid)) : std::nullopt;
}

} // namespace

Result<std::vector<std::string>> erase_unfinished_imports(storage::Store& store) {
  storage::BlockingStore blocking(store);
  const auto page = blocking.scan({.owner = kNodeOwner, .keyspace = kImportRecords});
  if (!page)
    return std::unexpected(page.error());
  std::vector<std::string> accounts;
  storage::Batch batch;
  for (const storage::Record& record : page->records) {
    if (const auto owner = parse_number(record.key); owner && *owner != 0)
      batch.erase_owner(Owner(*owner));
    batch.remove(kNodeOwner, kImportRecords, record.key);
    accounts.push_back(record.value);
  }
  if (!batch.empty())
    if (const auto done = blocking.commit(std::move(batch)); !done)
      return std::unexpected(done.error());
  return accounts;
}

Status AccountImport::check(Server& server, const xmpp::BareJid& jid) {
  return on_home(server, jid, [&](Homes& homes, auto done) { if_free(homes, jid, done); });
}

Result<std::unique_ptr<AccountImport>>
AccountImport::begin(Server& server, std::span<const ModuleInfo* const> modules, xmpp::BareJid jid,
                     std::optional<std::string> password) {
  const Status reserved = on_home(server, jid, [&](Homes& homes, auto done) {
    if_free(homes, jid, [&homes, jid, done](Status free) mutable {
      if (free)
        homes.creating().insert(std::string(jid.str()));
      done(std::move(free));
    });
  });
  if (!reserved)
    return std::unexpected(reserved.error());
  const Owner owner(server.random().u64() >> 1 | 1); // as put_new_account() makes them
  std::unique_ptr<AccountImport> import(
      // tidy: new: the constructor is private, make_unique cannot call it
      new AccountImport(server, modules, std::move(jid), std::move(password), owner));
  storage::Batch batch;
  batch.put(kNodeOwner, kImportRecords, std::to_string(owner.value), import->draft_.jid().str());
  if (const auto done = import->store_.commit(std::move(batch)); !done)
    return std::unexpected(done.error());
  return import;
}

AccountImport::AccountImport(Server& server, std::span<const ModuleInfo* const> modules,
                             xmpp::BareJid jid, std::optional<std::string> password, Owner owner)
    : server_(server), store_(server.store()), parts_(all_portables(modules)),
      draft_(std::move(jid), server.random(), server.clock().wall()),
      record_{.owner = owner, .created = server.clock().wall()}, password_(std::move(password)) {}

AccountImport::~AccountImport() {
  if (finished_)
    return;
  storage::Batch batch;
  batch.erase_owner(record_.owner);
  batch.remove(kNodeOwner, kImportRecords, std::to_string(record_.owner.value));
  (void)store_.commit(std::move(batch)); // where it fails, the next start does it
  release_name();
}

void AccountImport::release_name() {
  (void)on_home(server_, draft_.jid(), [&](Homes& homes, auto done) {
    homes.creating().erase(std::string(draft_.jid().str()));
    done({});
  });
}

Status AccountImport::part(std::string_view xml) {
  const auto document = xml::parse_fragment(xml, kCaps, xmpp::kNsClient);
  if (!document)
    return fail(std::string(to_string(document.error())), std::string(draft_.jid().str()));
  const xml::Element element = document->root();
  if (element.is("account", kNsAccount)) {
    read_account_state(element, record_, aliases_);
    return {};
  }
  bool read = false;
  for (const Portable* part : parts_) {
    if (!element.is(part->element, part->ns))
      continue;
    part->read(element, draft_);
    read = true;
  }
  if (!read)
    draft_.note("<" + std::string(element.name()) + " xmlns='" + std::string(element.ns()) +
                "'/>, of which this server keeps nothing");
  if (draft_.bytes() > kRecordsBytesMax)
    return fail("the account has more than " + std::to_string(kRecordsBytesMax >> 20) +
                    " megabytes besides its messages",
                std::string(draft_.jid().str()));
  return {};
}

EntryId AccountImport::id_for(std::string_view id, std::optional<WallTime> stamp) {
  const auto now = static_cast<std::uint64_t>(draft_.now().time_since_epoch().count());
  const std::uint64_t next = last_.value + 1;
  if (!stamp) {
    draft_.note("the time of a message without one");
    return EntryId(std::max(next, last_ == kBeforeAll ? now : next));
  }
  const auto at =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, stamp->time_since_epoch().count()));
  const std::uint64_t given = parse_number(id).value_or(0);
  const std::uint64_t apart = given > at ? given - at : at - given;
  const std::uint64_t wanted = given != 0 && apart < kSameTimeMicroseconds ? given : at;
  if (wanted < next && next - wanted > kSameTimeMicroseconds)
    draft_.note("the time of a message that stands behind one of a later time");
  if (wanted > now)
    draft_.note("the time of a message from the future");
  return EntryId(std::max(next, std::min(wanted, now)));
}

Status AccountImport::archived(const Archived& message) {
  const EntryId id = id_for(message.id, xmpp::parse_time(message.stamp));
  return insert(message.message, id, kEntryHistory, message.undelivered);
}

Status AccountImport::offline(std::string_view message) {
  const auto document = xml::parse_fragment(message, kCaps, xmpp::kNsClient);
  if (!document)
    return fail(std::string(to_string(document.error())), std::string(draft_.jid().str()));
  const auto stamp = own_delay(document->root(), draft_.jid().str());
  const EntryId id = id_for({}, stamp ? stamp : std::optional(draft_.now()));
  return insert(message, id, kEntryTransient, true);
}

Status AccountImport::insert(std::string_view xml, EntryId id, std::uint8_t kind,
                             bool undelivered) {
  Packet packet;
  auto document = xml::parse_fragment(xml, kCaps, xmpp::kNsClient);
  if (!document)
    return fail(std::string(to_string(document.error())), std::string(draft_.jid().str()));
  packet.document = std::move(*document);
  packet.header = xmpp::read_header(packet.element());
  const xmpp::BareJid& own = draft_.jid();
  const auto from = address(packet.header.from, own), to = address(packet.header.to, own);
  if (packet.header.fault == xmpp::StanzaFault::kNotAStanza ||
      packet.header.kind != xmpp::StanzaKind::kMessage || !from || !to) {
    draft_.note("a message that is none, or has an address that is none");
    return {};
  }
  const bool sent = from->bare_str() == own.str(), received = to->bare_str() == own.str();
  if (!sent && !received) {
    draft_.note("a message that is neither from nor to the account");
    return {};
  }
  packet.from = *from;
  packet.to = *to;
  xmpp::StanzaRewrite rewrite{.from = packet.from.str(), .to = packet.to.str()};
  // What this server adds on delivery is left out, unless the time it would show is another.
  const auto stamp = own_delay(packet.element(), own.str());
  const bool same_time =
      stamp && static_cast<std::uint64_t>(stamp->time_since_epoch().count()) == id.value;
  const xmpp::DropChild drop = kind == kEntryTransient && same_time ? &is_own_stamp : &is_own_id;
  for (const xml::Element child : packet.element().children()) {
    if (!drop(child, own.str()))
      continue;
    rewrite.drop = drop;
    rewrite.drop_context = own.str();
  }
  std::string body;
  xmpp::write_stanza(body, packet.element(), rewrite);
  if (body.size() > storage::kEntryBytesMax) {
    draft_.note("a message that is too large");
    return {};
  }
  const auto flags =
      static_cast<std::uint8_t>(kind | (sent ? kEntrySent : 0) | (received ? kEntryReceived : 0));
  batch_.insert({record_.owner, xmpp::tag_of((sent ? to : from)->bare_str()), flags}, id, body);
  last_ = id;
  messages_ += kind == kEntryHistory ? 1 : 0;
  if (undelivered && received)
    undelivered_.push_back(id);
  return commit_if(kBatchBytes);
}

Status AccountImport::commit_if(std::size_t bytes) {
  if (batch_.bytes() < bytes || batch_.empty())
    return {};
  const auto done = store_.commit(std::exchange(batch_, {}));
  return done ? Status{} : std::unexpected(done.error());
}

Status AccountImport::keep_credentials() {
  if (password_) {
    const auto keys = derive_all_keys(*password_, draft_.random());
    if (!keys) {
      draft_.note("a password that cannot be one");
    } else {
      for (const xmpp::ScramKeys& each : *keys)
        draft_.put(kAuthRecords, hash_name(each.hash), each.serialise());
    }
  }
  if (!draft_.has_any(kAuthRecords)) {
    draft_.note("the password, which the file does not have: 'rookery user passwd' sets one");
    return {};
  }
  for (const xmpp::HashKind hash : xmpp::kAllHashes)
    if (!draft_.get(kAuthRecords, hash_name(hash)))
      draft_.note("credentials for SCRAM-" + std::string(hash_name(hash)) +
                  ", which the file does not have: an app that insists on it cannot sign in until "
                  "the password is set anew");
  return {};
}

// As few single ids as can be: all that came after the last message that was delivered needs none.
Status AccountImport::keep_mailbox() {
  if (last_ == kBeforeAll)
    return {};
  EntryId delivered = last_;
  std::vector<EntryId> single, since;
  if (!undelivered_.empty()) {
    delivered = EntryId(undelivered_.front().value - 1);
    storage::LogQuery query{
        .log = record_.owner, .after = delivered, .flags_all = kEntryReceived, .limit = 1'000};
    for (bool more = true; more;) {
      const auto page = store_.read(query);
      if (!page)
        return std::unexpected(page.error());
      for (const storage::Entry& entry : page->entries) {
        query.after = entry.id;
        if (std::ranges::binary_search(undelivered_, entry.id)) {
          since.push_back(entry.id);
          continue;
        }
        single.insert(single.end(), since.begin(), since.end());
        since.clear();
        delivered = entry.id;
      }
      more = !page->complete;
    }
  }
  std::string value;
  append_line(value, "delivered", delivered.value);
  for (const EntryId id : single)
    append_line(value, "undelivered", id.value);
  draft_.put(kMailboxRecords, "", std::move(value));
  return {};
}

Status AccountImport::keep_records() {
  for (const auto& [key, value] : draft_.records()) {
    batch_.put(record_.owner, storage::Keyspace{key.first}, key.second, value);
    if (Status done = commit_if(kBatchBytes); !done)
      return done;
  }
  return commit_if(1);
}

Status AccountImport::publish() {
  return on_home(server_, draft_.jid(), [&](Homes& homes, auto done) {
    storage::Batch batch;
    batch.put(kNodeOwner, kAccountRecords, draft_.jid().str(), record_.serialise());
    batch.remove(kNodeOwner, kImportRecords, std::to_string(record_.owner.value));
    homes.commit(std::move(batch), [&homes, jid = draft_.jid(), done](Status status) {
      if (status)
        homes.creating().erase(std::string(jid.str()));
      done(std::move(status));
    });
  });
}

// Once the account is there: the names are at other homes, and each may be taken.
void AccountImport::keep_aliases() {
  for (const std::string& name : aliases_) {
    const auto alias = xmpp::Jid::from_parts(name, draft_.jid().domain());
    if (!alias || !alias->has_local()) {
      draft_.note("the alias '" + name + "', which cannot be a name");
      continue;
    }
    std::promise<Status> promise;
    AliasAdmin(server_).add(draft_.jid(), alias->bare(),
                            [&](Status status) { promise.set_value(std::move(status)); });
    if (const Status kept = promise.get_future().get(); !kept)
      draft_.note("the alias '" + name + "': " + kept.error().what);
  }
}

Result<AccountImport::Summary> AccountImport::finish() {
  Status done = commit_if(1);
  if (done)
    done = keep_credentials();
  if (done)
    done = keep_mailbox();
  if (done)
    done = keep_records();
  if (done)
    done = publish();
  if (!done)
    return std::unexpected(done.error());
  finished_ = true;
  keep_aliases();
  Summary summary{.records = draft_.records().size(),
                  .messages = messages_,
                  .offline = undelivered_.size(),
                  .notes = {}};
  for (const auto& [what, times] : draft_.notes())
    summary.notes.push_back(times == 1 ? what : what + " (" + std::to_string(times) + " times)");
  return summary;
}

} // namespace rookery::server
