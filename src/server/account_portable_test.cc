#include <gtest/gtest.h>

#include "server/account_export.h"
#include "server/account_import.h"
#include "server/testing/test_server.h"
#include "xmpp/datetime.h"
#include "xmpp/portable_reader.h"

namespace rookery::server {
namespace {

using testing::TestServer;

constexpr storage::Keyspace kNotes{"notes"}, kForgotten{"forgotten"}, kLocal{"local"};

void write_note(const storage::Record& record, xml::Writer& writer) {
  writer.open("note").attribute("name", record.key).text(record.value).close();
}
void read_notes(const xml::Element& notes, AccountDraft& draft) {
  for (const xml::Element note : notes.children())
    draft.put(kNotes, note.attribute_or_empty("name"), note.text());
}
constexpr Portable kPortable[] = {{.element = "notes",
                                   .ns = "test:notes",
                                   .keyspace = kNotes,
                                   .shape = Portable::Shape::kAll,
                                   .write = &write_note,
                                   .read = &read_notes}};
constexpr storage::Keyspace kCold[] = {kNotes, kForgotten, kLocal};
constexpr Stays kStays[] = {{kLocal, "it says nothing elsewhere"}};
constexpr ModuleInfo kModule{.name = "noting",
                             .about = "",
                             .xeps = {},
                             .features = {},
                             .hot = {},
                             .cold = kCold,
                             .options = {},
                             .portable = kPortable,
                             .stays = kStays};
constexpr const ModuleInfo* kModules[] = {&kModule};
const xmpp::BareJid kRomeo = xmpp::BareJid::from_trusted("romeo@localhost");

std::string message(std::string_view from, std::string_view to, std::string_view body) {
  return "<message from='" + std::string(from) + "' to='" + std::string(to) + "'><body>" +
         std::string(body) + "</body></message>";
}

class AccountPortableTest : public ::testing::Test {
protected:
  std::string exported() {
    AccountExport account(server_.store(), kModules);
    std::string document, cursor;
    pages_ = 0;
    do {
      const auto page = account.page(kRomeo, cursor);
      EXPECT_TRUE(page) << page.error().text();
      if (!page)
        return {};
      document += page->xml;
      cursor = page->next;
      left_out_.insert(left_out_.end(), page->left_out.begin(), page->left_out.end());
      ++pages_;
    } while (!cursor.empty());
    return document;
  }
  std::unique_ptr<AccountImport> begin() {
    auto import = AccountImport::begin(server_.server(), kModules, kRomeo, std::nullopt);
    EXPECT_TRUE(import) << import.error().text();
    return std::move(import.value());
  }
  Owner owner_of_romeo() {
    const auto text = store_.get(kNodeOwner, kAccountRecords, kRomeo.str());
    const auto record = AccountRecord::parse(text->value_or(""));
    return record ? record->owner : kNodeOwner;
  }
  std::vector<storage::Entry> log() { return store_.read({.log = owner_of_romeo()})->entries; }

  TestServer server_{std::vector<const ModuleDescriptor*>{}};
  storage::BlockingStore store_{server_.store()};
  std::vector<std::string> left_out_;
  int pages_ = 0;
};

TEST_F(AccountPortableTest, AnAccountThatWasExportedIsImportedAsItWas) {
  server_.add_account(kRomeo.str());
  const Owner owner = owner_of_romeo();
  storage::Batch batch;
  for (int i = 0; i < 500; ++i)
    batch.put(owner, kNotes, "note" + std::to_string(i), "<" + std::to_string(i) + ">");
  for (int i = 0; i < 1'000; ++i)
    batch.append(
        std::vector<storage::LogTarget>{
            {owner, 1, static_cast<std::uint8_t>(kEntryReceived | kEntryHistory)}},
        message("juliet@localhost/balcony", kRomeo.str(), std::string(400, 'x')));
  const auto ids = *store_.commit(std::move(batch));
  storage::Batch mailbox;
  mailbox.put(owner, kMailboxRecords, "",
              "delivered " + std::to_string(ids[899].value) + "\nundelivered " +
                  std::to_string(ids[7].value) + "\n");
  ASSERT_TRUE(store_.commit(std::move(mailbox)));
  const std::string document = exported();
  EXPECT_GT(pages_, 1);

  std::promise<Status> gone;
  AccountAdmin(server_.server()).remove(kRomeo, {}, [&](Status s) { gone.set_value(s); });
  ASSERT_TRUE(gone.get_future().get());

  class Reading final : public xmpp::PortableHandler {
  public:
    explicit Reading(AccountImport& i) : import(i) {}
    Status user_begins(std::string_view, std::string_view,
                       std::optional<std::string_view>) override {
      return {};
    }
    Status user_ends() override { return {}; }
    Status part(const xml::Element& e) override {
      std::string text;
      xml::Writer(text).element(e);
      return import.part(text);
    }
    Status archived(const xml::Element& e) override {
      const xml::Element forwarded = e.child("forwarded", xmpp::kNsForward);
      std::string text;
      xml::Writer(text).element(forwarded.child("message", xmpp::kNsClient));
      const int number = count++;
      return import.archived(
          {.message = text,
           .id = std::string(e.attribute_or_empty("id")),
           .stamp =
               std::string(forwarded.child("delay", xmpp::kNsDelay).attribute_or_empty("stamp")),
           .undelivered = number == 7 || number >= 900});
    }
    Status offline(const xml::Element&) override { return {}; }
    Status unknown(const xml::Element&) override { return {}; }
    Status include(std::string_view, xmpp::PortablePlace, std::string_view) override { return {}; }
    AccountImport& import;
    int count = 0;
  };
  auto import = begin();
  Reading reading(*import);
  xmpp::PortableReader reader(reading);
  ASSERT_TRUE(reader.feed(document));
  ASSERT_TRUE(reader.finish());
  EXPECT_EQ(owner_of_romeo(), kNodeOwner) << "it is there before it is whole";
  const auto summary = import->finish();
  ASSERT_TRUE(summary) << summary.error().text();
  EXPECT_EQ(summary->messages, 1'000U);
  EXPECT_EQ(summary->offline, 101U);
  EXPECT_EQ(summary->notes.size(), 2U) << "the hashes for which the test server makes no keys";

  EXPECT_EQ(exported(), document);
  EXPECT_EQ(log().front().id, ids.front());
  EXPECT_EQ(store_.get(owner_of_romeo(), kMailboxRecords, "")->value_or(""),
            "delivered " + std::to_string(ids[899].value) + "\nundelivered " +
                std::to_string(ids[7].value) + "\n");
  EXPECT_TRUE(store_.scan({.owner = kNodeOwner, .keyspace = kImportRecords})->records.empty());
}

TEST_F(AccountPortableTest, WhatAModuleDoesNotSpeakOfIsNamed) {
  server_.add_account(kRomeo.str());
  storage::Batch batch;
  batch.put(owner_of_romeo(), kForgotten, "a", "b");
  batch.put(owner_of_romeo(), kLocal, "a", "b");
  ASSERT_TRUE(store_.commit(std::move(batch)));
  exported();
  EXPECT_EQ(left_out_, std::vector<std::string>{"'forgotten' of the module noting"});
}

TEST_F(AccountPortableTest, TokensAndSessionsAreNotExported) {
  server_.add_account(kRomeo.str());
  storage::Batch batch;
  for (const storage::Keyspace keyspace : {kTokenRecords, kDeviceRecords, kSessionRecords})
    batch.put(owner_of_romeo(), keyspace, "agent", "sesame");
  ASSERT_TRUE(store_.commit(std::move(batch)));
  EXPECT_EQ(exported().find("sesame"), std::string::npos);
}

TEST_F(AccountPortableTest, WhatWasNotFinishedIsErased) {
  {
    auto import = begin();
    ASSERT_TRUE(import->part("<notes xmlns='test:notes'><note name='a'>b</note></notes>"));
    ASSERT_TRUE(import->archived({.message = message("juliet@localhost", kRomeo.str(), "x"),
                                  .id = {},
                                  .stamp = {},
                                  .undelivered = false}));
    EXPECT_FALSE(AccountImport::check(server_.server(), kRomeo)) << "the name is to be had";
  }
  EXPECT_TRUE(AccountImport::check(server_.server(), kRomeo));
  EXPECT_EQ(owner_of_romeo(), kNodeOwner);
  EXPECT_TRUE(store_.scan({.owner = kNodeOwner, .keyspace = kImportRecords})->records.empty());
}

TEST_F(AccountPortableTest, WhatAProcessThatDiedHasLeftIsErased) {
  const Owner left{12'345};
  storage::Batch batch;
  batch.put(kNodeOwner, kImportRecords, "12345", kRomeo.str());
  batch.put(left, kNotes, "a", "b");
  batch.insert({left}, EntryId{5}, "x");
  ASSERT_TRUE(store_.commit(std::move(batch)));
  const auto accounts = erase_unfinished_imports(server_.store());
  ASSERT_TRUE(accounts);
  EXPECT_EQ(*accounts, std::vector<std::string>{"romeo@localhost"});
  EXPECT_TRUE(store_.read({.log = left})->entries.empty());
  EXPECT_TRUE(store_.scan({.owner = left, .keyspace = kNotes})->records.empty());
}

TEST_F(AccountPortableTest, TimesOfMessagesStayAndTheirOrderToo) {
  auto import = begin();
  const auto add = [&](std::string id, std::string stamp) {
    ASSERT_TRUE(import->archived({.message = message("juliet@localhost", kRomeo.str(), "x"),
                                  .id = std::move(id),
                                  .stamp = std::move(stamp),
                                  .undelivered = false}));
  };
  add("a-uuid", "2010-07-10T23:08:25Z");
  add("17", "2010-07-10T23:08:25Z");                   // a number, but no time
  add("1278803310000123", "2010-07-10T23:08:30.000Z"); // ours
  add("x", "2009-01-01T00:00:00Z");
  add("x", "9999-01-01T00:00:00Z");
  const auto summary = import->finish();
  ASSERT_TRUE(summary);
  const auto entries = log();
  ASSERT_EQ(entries.size(), 5U);
  const auto first = static_cast<std::uint64_t>(
      xmpp::parse_time("2010-07-10T23:08:25Z")->time_since_epoch().count());
  EXPECT_EQ(entries[0].id.value, first);
  EXPECT_EQ(entries[1].id.value, first + 1);
  EXPECT_EQ(entries[2].id.value, 1'278'803'310'000'123U);
  EXPECT_EQ(entries[3].id.value, 1'278'803'310'000'124U);
  EXPECT_LE(entries[4].id.value,
            static_cast<std::uint64_t>(SystemClock().wall().time_since_epoch().count()));
  std::string notes;
  for (const std::string& note : summary->notes)
    notes += note + "\n";
  EXPECT_NE(notes.find("later time"), std::string::npos) << notes;
  EXPECT_NE(notes.find("future"), std::string::npos) << notes;
}

TEST_F(AccountPortableTest, DirectionAndContactAreReadFromTheAddresses) {
  auto import = begin();
  for (const auto& text :
       {message("romeo@localhost/a", "juliet@localhost", "1"),
        message("juliet@localhost/b", "romeo@localhost", "2"),
        message("romeo@localhost/a", "romeo@localhost", "3"), message("a@b", "c@d", "4"),
        message("@@", "romeo@localhost", "5"), std::string("<presence/>")})
    ASSERT_TRUE(import->archived(
        {.message = text, .id = {}, .stamp = "2010-07-10T23:08:25Z", .undelivered = false}));
  ASSERT_TRUE(import->finish());
  const auto entries = log();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].flags, kEntrySent | kEntryHistory);
  EXPECT_EQ(entries[1].flags, kEntryReceived | kEntryHistory);
  EXPECT_EQ(entries[2].flags, kEntrySent | kEntryReceived | kEntryHistory);
  EXPECT_EQ(entries[0].tag, xmpp::tag_of("juliet@localhost"));
  EXPECT_EQ(entries[1].tag, xmpp::tag_of("juliet@localhost"));
  EXPECT_EQ(entries[2].tag, xmpp::tag_of("romeo@localhost"));
}

TEST_F(AccountPortableTest, DamagedOrWeakCredentialsAreNotTaken) {
  auto import = begin();
  const auto add = [&](std::string_view mechanism, std::string_view count, std::string_view key) {
    ASSERT_TRUE(import->part("<scram-credentials xmlns='urn:xmpp:pie:0#scram' mechanism='" +
                             std::string(mechanism) + "'><iter-count>" + std::string(count) +
                             "</iter-count><salt>QSXCR+Q6sek8bf92</salt>" + "<server-key>" +
                             std::string(key) + "</server-key><stored-key>" + std::string(key) +
                             "</stored-key></scram-credentials>"));
  };
  constexpr std::string_view kKey = "6dlGYMOdZcOPutkcNY8U2g7vK9Y=";
  add("SCRAM-MD5", "4096", kKey);
  add("SCRAM-SHA-1", "1", kKey);
  add("SCRAM-SHA-1", "4096 4096", kKey);
  add("SCRAM-SHA-1", "4096", "6dlGYMOdZcOPutkcNY8U");
  const auto summary = import->finish();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->notes.size(), 3U) << "two kinds, and that there is no password at all";
  EXPECT_TRUE(store_.scan({.owner = owner_of_romeo(), .keyspace = kAuthRecords})->records.empty());
}

TEST_F(AccountPortableTest, ANameThatIsTakenOrElsewhereIsRefused) {
  server_.add_account(kRomeo.str());
  EXPECT_FALSE(AccountImport::check(server_.server(), kRomeo));
  EXPECT_FALSE(AccountImport::begin(server_.server(), kModules, kRomeo, std::nullopt));
  const auto elsewhere = xmpp::BareJid::from_trusted("romeo@elsewhere.example");
  EXPECT_FALSE(AccountImport::check(server_.server(), elsewhere));
}

} // namespace
} // namespace rookery::server
