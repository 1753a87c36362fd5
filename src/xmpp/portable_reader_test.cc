#include "xmpp/portable_reader.h"

#include <gtest/gtest.h>

#include "xml/writer.h"

namespace rookery::xmpp {
namespace {

/// Writes down what it is told, a line each.
class Notes final : public PortableHandler {
public:
  Status user_begins(std::string_view host, std::string_view name,
                     std::optional<std::string_view> password) override {
    add("user " + std::string(name) + "@" + std::string(host) +
        (password ? " " + std::string(*password) : ""));
    return {};
  }
  Status user_ends() override {
    add("end");
    return {};
  }
  Status part(const xml::Element& element) override { return write("part ", element); }
  Status archived(const xml::Element& element) override { return write("archived ", element); }
  Status offline(const xml::Element& element) override { return write("offline ", element); }
  Status unknown(const xml::Element& element) override { return write("unknown ", element); }
  Status include(std::string_view href, PortablePlace place, std::string_view host) override {
    add("include " + std::string(href) + " " + std::to_string(static_cast<int>(place)) + " " +
        std::string(host));
    return {};
  }

  std::string text;

private:
  void add(const std::string& line) { text += line + "\n"; }
  Status write(std::string line, const xml::Element& element) {
    xml::Writer(line, "").element(element);
    add(line);
    return {};
  }
};

/// What a reader makes of `document` when it comes in pieces of `size` bytes.
std::pair<Status, std::string> read(std::string_view document, std::size_t size = 1'000'000,
                                    PortablePlace place = PortablePlace::kDocument) {
  Notes notes;
  PortableReader reader(notes, place, "h");
  for (std::string_view rest = document; !rest.empty();
       rest.remove_prefix(std::min(size, rest.size())))
    if (Status done = reader.feed(rest.substr(0, size)); !done)
      return {done, notes.text};
  return {reader.finish(), notes.text};
}

constexpr std::string_view kWhole = R"(<?xml version='1.0' encoding='UTF-8'?>
<p:server-data xmlns:p='urn:xmpp:pie:0' xmlns:xi='http://www.w3.org/2001/XInclude' xmlns='x:out'>
  <shop a='>'/>
  <p:host jid='capulet.com'>
    <xi:include href='more.xml'/>
    <p:user name='juliet' password='R0m&gt;o'>
      <query xmlns='jabber:iq:roster'><item jid='a@b'/></query>
      <own>text</own>
      <p:offline-messages><message xmlns='jabber:client'><body>1</body></message>
      </p:offline-messages>
      <archive xmlns='urn:xmpp:pie:0#mam'><result xmlns='urn:xmpp:mam:2' id='1'/><odd/></archive>
    </p:user>
    <p:user name='empty'/>
  </p:host>
</p:server-data>
)";
constexpr std::string_view kNotes = R"(unknown <shop xmlns='x:out' a='>'/>
include more.xml 2 capulet.com
user juliet@capulet.com R0m>o
part <query xmlns='jabber:iq:roster'><item jid='a@b'/></query>
part <own xmlns='x:out'>text</own>
offline <message xmlns='jabber:client'><body>1</body></message>
archived <result xmlns='urn:xmpp:mam:2' id='1'/>
archived <odd xmlns='urn:xmpp:pie:0#mam'/>
end
user empty@capulet.com
end
)";

TEST(PortableReaderTest, Xep0227Section4ADocumentIsGivenOutInItsOrder) {
  const auto [status, notes] = read(kWhole);
  ASSERT_TRUE(status) << status.error().text();
  std::string got = notes;
  for (std::size_t at = 0; (at = got.find("&gt;", at)) != std::string::npos;)
    got.replace(at, 4, ">");
  EXPECT_EQ(got, kNotes);
}

TEST(PortableReaderTest, HoweverItComesInPieces) {
  const std::string whole = read(kWhole).second;
  for (const std::size_t size : {1, 2, 3, 7, 64}) {
    const auto [status, notes] = read(kWhole, size);
    EXPECT_TRUE(status) << size << ": " << status.error().text();
    EXPECT_EQ(notes, whole) << size;
  }
}

TEST(PortableReaderTest, CutAnywhereItIsRefused) {
  const std::size_t end = kWhole.rfind('>') + 1;
  for (std::size_t size = 0; size < end; ++size)
    EXPECT_FALSE(read(kWhole.substr(0, size)).first) << "the first " << size << " bytes";
  EXPECT_TRUE(read(kWhole.substr(0, end)).first);
}

TEST(PortableReaderTest, Xep0227Section6AnIncludedFileGoesOnWhereItStands) {
  EXPECT_EQ(read("<user xmlns='urn:xmpp:pie:0' name='a'/>", 5, PortablePlace::kHost).second,
            "user a@h\nend\n");
  EXPECT_EQ(read("<?xml version='1.0'?><vCard xmlns='v'/>", 5, PortablePlace::kUser).second,
            "part <vCard xmlns='v'/>\n");
  EXPECT_EQ(read("<host xmlns='urn:xmpp:pie:0' jid='i'><user name='a'/></host>", 5,
                 PortablePlace::kServerData)
                .second,
            "user a@i\nend\n");
}

TEST(PortableReaderTest, WhatIsWrongIsToldWithItsLine) {
  const std::string head = "<server-data xmlns='urn:xmpp:pie:0'>\n<host jid='h'>\n";
  const std::pair<std::string, std::string> cases[] = {
      {"", "empty"},
      {"<x/>", "server-data"},
      {"<server-data/>", "server-data"},
      {"<!DOCTYPE x><server-data xmlns='urn:xmpp:pie:0'/>", "DOCTYPE"},
      {"<server-data xmlns='urn:xmpp:pie:0'/><x/>", "behind the end"},
      {"<server-data xmlns='urn:xmpp:pie:0'/></x>", "has not begun"},
      {"x", "text where only elements"},
      {head + "x</host></server-data>", "line 3: there is text"},
      {head + "<user/>", "line 3: a <user/> has no 'name'"},
      {head + "<user name='a'><b></user>", "line 3: this is not well-formed"},
      {head + "<user name='a'></host>", "line 3: this is not well-formed"},
      {head + "<user name='a' name='b'>", "line 3: this is not well-formed"},
      {head + "<u:user name='a'/>", "line 3: this is not well-formed"},
      {head + "<user name='a'><!-- --></user>", "line 3: a DOCTYPE, a comment"},
      {head + "<user name='a'>&b;</user>", "line 3: there is text"},
      {"<server-data xmlns='urn:xmpp:pie:0'><host/>", "no 'jid'"},
      {"<?xml version='1.0' encoding='latin1'?><server-data xmlns='urn:xmpp:pie:0'/>", "UTF-8"},
      {head + "<user name='" + std::string(70'000, 'a'), "a tag does not end"},
      {head + "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='a' parse='text'/>",
       "only an <include/>"},
  };
  for (const auto& [text, what] : cases) {
    const Status status = read(text, 1'000).first;
    ASSERT_FALSE(status) << text.substr(0, 200);
    EXPECT_NE(status.error().text().find(what), std::string::npos)
        << status.error().text() << " for " << text.substr(0, 200);
  }
}

} // namespace
} // namespace rookery::xmpp
