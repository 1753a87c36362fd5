#include "xmpp/messages.h"

#include <gtest/gtest.h>

#include <string>

#include "xmpp/hints.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

/// A stanza, parsed; keeps what the element looks into.
class Parsed {
public:
  explicit Parsed(const std::string& text) {
    EXPECT_TRUE(document_.parse_trusted(text, kNsClient)) << text;
  }
  [[nodiscard]] xml::Element root() const { return document_.root(); }

private:
  xml::Document document_;
};

std::string message(const std::string& attributes, const std::string& inside) {
  return "<message " + attributes + ">" + inside + "</message>";
}

constexpr const char* kBody = "<body>hi</body>";
constexpr const char* kComposing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";
constexpr const char* kReceived = "<received xmlns='urn:xmpp:receipts' id='1'/>";
constexpr const char* kDisplayed = "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>";
constexpr const char* kInvite =
    "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='a@b'/></x>";
constexpr const char* kDirectInvite = "<x xmlns='jabber:x:conference' jid='r@c'/>";
constexpr const char* kMucUser = "<x xmlns='http://jabber.org/protocol/muc#user'/>";

std::string hint(const std::string& name) { return "<" + name + " xmlns='urn:xmpp:hints'/>"; }

std::string kept(const std::string& attributes, const std::string& inside) {
  const Parsed parsed(message(attributes, inside));
  const KeepVerdict verdict = should_archive(parsed.root());
  const char* keep = verdict.keep == Keep::kArchive ? "archive: " : "nothing: ";
  if (verdict.keep == Keep::kUntilDelivered)
    keep = "until delivered: ";
  return keep + std::string(verdict.reason);
}

TEST(Archive, Xep0313Section511Bodies) {
  EXPECT_EQ(kept("type='chat'", kBody), "archive: body");
  EXPECT_EQ(kept("type='normal'", kBody), "archive: body");
  EXPECT_EQ(kept("", kBody), "archive: body");
  EXPECT_EQ(kept("type='groupchat'", kBody), "nothing: groupchat");
  EXPECT_EQ(kept("type='headline'", kBody), "nothing: headline");
  EXPECT_EQ(kept("type='error'", kBody), "nothing: error");
  EXPECT_EQ(kept("type='chat'", "<body xmlns='urn:other'>no body</body>"), "nothing: no-content");
}

TEST(Archive, Xep0160Section3NothingOfAConversation) {
  EXPECT_EQ(kept("type='chat'", kComposing), "nothing: no-content");
  EXPECT_EQ(kept("type='chat'", ""), "nothing: no-content");
  EXPECT_EQ(kept("", "<event xmlns='http://jabber.org/protocol/pubsub#event'/>"),
            "nothing: no-content");
  EXPECT_EQ(kept("type='chat'", "<request xmlns='urn:xmpp:receipts'/>"), "nothing: no-content");
  EXPECT_EQ(kept("type='chat'", "<markable xmlns='urn:xmpp:chat-markers:0'/>"),
            "nothing: no-content");
}

TEST(Archive, WhatBelongsToAConversationWithoutABody) {
  EXPECT_EQ(kept("type='chat'", kReceived), "archive: receipt");
  EXPECT_EQ(kept("", kDisplayed), "archive: marker");
  EXPECT_EQ(kept("type='chat'", "<reactions xmlns='urn:xmpp:reactions:0' id='1'/>"),
            "archive: reaction");
  EXPECT_EQ(kept("type='chat'", "<retract xmlns='urn:xmpp:message-retract:1' id='1'/>"),
            "archive: retraction");
  EXPECT_EQ(kept("type='chat'", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"),
            "archive: encrypted");
  EXPECT_EQ(kept("type='chat'", "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>"),
            "archive: call");
  EXPECT_EQ(kept("", kDirectInvite), "archive: invitation");
  EXPECT_EQ(kept("", kInvite), "archive: invitation");
}

TEST(Archive, Xep0334Hints) {
  EXPECT_EQ(kept("type='chat'", kComposing + hint("store")), "archive: store");
  EXPECT_EQ(kept("type='headline'", kBody + hint("store")), "archive: store");
  EXPECT_EQ(kept("type='error'", kBody + hint("store")), "nothing: error"); // §3.4
  EXPECT_EQ(kept("type='chat'", kBody + hint("no-store")), "nothing: no-store");
  EXPECT_EQ(kept("type='chat'", kBody + hint("store") + hint("no-store")), "nothing: no-store");
  EXPECT_EQ(kept("type='chat'", kBody + hint("no-permanent-store")),
            "until delivered: no-permanent-store");
  EXPECT_EQ(kept("type='chat'", kComposing + hint("no-permanent-store")), "nothing: no-content");
  EXPECT_EQ(kept("type='chat'", kBody + hint("no-copy")), "archive: body");
}

TEST(InstantMessages, AreThoseWithABodyOfTheirOwn) {
  const auto instant = [](const std::string& inside) {
    return is_instant_message(Parsed(message("type='chat'", inside)).root());
  };
  EXPECT_TRUE(instant(kBody));
  EXPECT_TRUE(instant(std::string(kBody) + "<request xmlns='urn:xmpp:receipts'/>" +
                      "<markable xmlns='urn:xmpp:chat-markers:0'/>"));
  EXPECT_FALSE(instant(kReceived));
  EXPECT_FALSE(instant(kComposing));
  for (const char* about :
       {kReceived, kDisplayed, "<replace xmlns='urn:xmpp:message-correct:0' id='1'/>",
        "<retract xmlns='urn:xmpp:message-retract:1' id='1'/>",
        "<reactions xmlns='urn:xmpp:reactions:0' id='1'/>"})
    EXPECT_FALSE(instant(std::string(kBody) + about)) << about;
}

TEST(HintsReader, Xep0334Section3) {
  const Parsed all(
      message("", hint("store") + hint("no-store") + hint("no-permanent-store") + hint("no-copy")));
  EXPECT_EQ(read_hints(all.root()), (Hints{true, true, true, true}));
  const Parsed none(message("", "<store/><no-copy xmlns='x'/><unknown xmlns='urn:xmpp:hints'/>"));
  EXPECT_EQ(read_hints(none.root()), Hints{});
}

std::string copied(Direction direction, const std::string& attributes, const std::string& inside) {
  const Parsed parsed(message(attributes, inside));
  const CarbonVerdict verdict = should_carbon(parsed.root(), direction);
  return (verdict.copy ? "copy: " : "not: ") + std::string(verdict.reason);
}

std::string copied(const std::string& attributes, const std::string& inside) {
  const std::string sent = copied(Direction::kSent, attributes, inside);
  EXPECT_EQ(sent, copied(Direction::kReceived, attributes, inside));
  return sent;
}

TEST(Carbons, Xep0280Section61Types) {
  EXPECT_EQ(copied("type='chat'", kBody), "copy: chat");
  EXPECT_EQ(copied("type='chat'", ""), "copy: chat");
  EXPECT_EQ(copied("type='normal'", kBody), "copy: body");
  EXPECT_EQ(copied("", kBody), "copy: body");
  EXPECT_EQ(copied("", "<x xmlns='y'/>"), "not: not-im");
  EXPECT_EQ(copied("type='headline'", kBody), "not: not-im");
  EXPECT_EQ(copied("type='groupchat'", kBody), "not: groupchat");
}

TEST(Carbons, Xep0280Section61PayloadsOfInstantMessaging) {
  EXPECT_EQ(copied("", kReceived), "copy: im-payload");
  EXPECT_EQ(copied("", kComposing), "copy: im-payload");
  EXPECT_EQ(copied("", kDisplayed), "copy: im-payload");
}

TEST(Carbons, Xep0280Section61Errors) {
  EXPECT_EQ(copied("type='error'", std::string(kBody) + "<error/>"), "copy: error-of-im");
  EXPECT_EQ(copied("type='error'", std::string(kReceived) + "<error/>"), "copy: error-of-im");
  EXPECT_EQ(copied("type='error'", "<error/>"), "not: error");
}

TEST(Carbons, Xep0280Section61Rooms) {
  EXPECT_EQ(copied("", kDirectInvite), "copy: invitation");
  EXPECT_EQ(copied("from='r@c'", kInvite), "copy: invitation");
  const std::string whisper = std::string(kBody) + kMucUser;
  EXPECT_EQ(copied(Direction::kSent, "type='chat' from='a@b/c' to='r@c/nick'", whisper),
            "copy: chat");
  EXPECT_EQ(copied(Direction::kReceived, "type='chat' from='r@c/nick' to='a@b/c'", whisper),
            "not: muc-private-message");
  EXPECT_EQ(copied(Direction::kReceived, "type='error' from='r@c/nick'", whisper),
            "not: muc-private-message");
}

TEST(Carbons, Xep0280Section9AvoidingThem) {
  EXPECT_EQ(copied("type='chat'", std::string(kBody) + "<private xmlns='urn:xmpp:carbons:2'/>"),
            "not: private");
  EXPECT_EQ(copied("type='chat'", kBody + hint("no-copy")), "not: no-copy");
}

TEST(Carbons, Case38ACarbonIsNeverCopiedAgain) {
  for (const char* name : {"received", "sent"}) {
    const std::string wrapper =
        std::string("<") + name +
        " xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'/></" + name + ">";
    EXPECT_EQ(copied("type='chat'", kBody + wrapper), "not: carbon");
    EXPECT_EQ(copied("type='error'", wrapper), "not: carbon"); // §10.3: its bounce
    EXPECT_TRUE(looks_like_carbon(Parsed(message("", wrapper)).root()));
  }
  EXPECT_FALSE(looks_like_carbon(
      Parsed(message("", "<sent/><private xmlns='urn:xmpp:carbons:2'/>")).root()));
}

bool forged(const std::string& child) {
  const Parsed parsed(message("", child));
  return has_forged(parsed.root(), "romeo@montague.lit");
}

TEST(StanzaIds, Xep0359Section31ForgedOnesAreFound) {
  EXPECT_TRUE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@montague.lit' id='1'/>"));
  EXPECT_TRUE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='ROMEO@Montague.lit.' id='1'/>"));
  EXPECT_TRUE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='&#xFF32;omeo@montague.lit' id='1'/>"));
  EXPECT_FALSE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='room@muc.lit' id='1'/>"));
  EXPECT_FALSE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='romeo@montague.lit/x' id='1'/>"));
  EXPECT_FALSE(forged("<stanza-id xmlns='urn:xmpp:sid:0' by='@' id='1'/>"));
  EXPECT_FALSE(forged("<origin-id xmlns='urn:xmpp:sid:0' by='romeo@montague.lit' id='1'/>"));
  EXPECT_FALSE(forged("<stanza-id by='romeo@montague.lit' id='1'/>"));
}

TEST(StanzaIds, Case36ForgedOnesDoNotPass) {
  const Parsed parsed(
      message("to='romeo@montague.lit'",
              "<body>1</body><stanza-id xmlns='urn:xmpp:sid:0' by='Romeo@montague.lit' id='1'/>"
              "<stanza-id xmlns='urn:xmpp:sid:0' by='r@c' id='2'/>"));
  std::string out;
  write_stanza(out, parsed.root(), {.drop = is_forged, .drop_context = "romeo@montague.lit"});
  EXPECT_EQ(out, "<message to='romeo@montague.lit'><body>1</body><stanza-id xmlns='urn:xmpp:sid:0' "
                 "by='r@c' id='2'/></message>");
}

TEST(Carbons, Case38AForgedOneDoesNotPass) {
  const Parsed parsed(message("to='romeo@montague.lit'",
                              "<body>1</body><received xmlns='urn:xmpp:carbons:2'><forwarded "
                              "xmlns='urn:xmpp:forward:0'/></received><sent "
                              "xmlns='urn:xmpp:carbons:2'/><private xmlns='urn:xmpp:carbons:2'/>"));
  ASSERT_TRUE(has_forged(parsed.root(), "romeo@montague.lit"));
  std::string out;
  write_stanza(out, parsed.root(), {.drop = is_forged, .drop_context = "romeo@montague.lit"});
  EXPECT_EQ(out, "<message to='romeo@montague.lit'><body>1</body><private "
                 "xmlns='urn:xmpp:carbons:2'/></message>");
}

std::string importance(const std::string& stanza) {
  const Parsed parsed(stanza);
  const Importance verdict = is_important(parsed.root());
  return (verdict.important ? "now: " : "later: ") + std::string(verdict.reason);
}

TEST(ClientState, Xep0352Messages) {
  EXPECT_EQ(importance(message("type='chat'", kBody)), "now: body");
  EXPECT_EQ(importance(message("type='groupchat'", "<subject/>")), "now: subject");
  EXPECT_EQ(importance(message("type='error'", "")), "now: error");
  EXPECT_EQ(importance(message("type='chat'", kComposing)), "later: signals-only");
  EXPECT_EQ(
      importance(message("type='chat'", kComposing + hint("no-store") + "<thread>1</thread>")),
      "later: signals-only");
  EXPECT_EQ(importance(message("", kReceived)), "later: signals-only");
  EXPECT_EQ(importance(message("", "")), "later: empty");
  EXPECT_EQ(importance(message("", "<event xmlns='http://jabber.org/protocol/pubsub#event'/>")),
            "later: event");
  EXPECT_EQ(importance(message("", "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>")),
            "now: payload");
  EXPECT_EQ(importance(message("", "<result xmlns='urn:xmpp:mam:2'/>")), "now: payload");
}

TEST(ClientState, ACarbonIsAsImportantAsWhatItCarries) {
  const auto carbon = [](const std::string& from, const std::string& inside) {
    return message("from='" + from + "' to='a@b/c'",
                   "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
                   "<message xmlns='jabber:client' type='chat'>" +
                       inside + "</message></forwarded></sent>");
  };
  EXPECT_EQ(importance(carbon("a@b", kBody)), "now: body");
  EXPECT_EQ(importance(carbon("a@b", kComposing)), "later: signals-only");
  EXPECT_EQ(importance(carbon("evil@b", kComposing)), "now: payload"); // no carbon: not looked into
}

TEST(ClientState, PresenceAndIqs) {
  EXPECT_EQ(importance("<presence/>"), "later: presence");
  EXPECT_EQ(importance("<presence type='unavailable'/>"), "later: presence");
  EXPECT_EQ(importance("<presence type='subscribe'/>"), "now: subscribe");
  EXPECT_EQ(importance("<presence type='error'/>"), "now: error");
  EXPECT_EQ(importance("<presence><x xmlns='http://jabber.org/protocol/muc#user'><status "
                       "code='110'/></x></presence>"),
            "now: own-room-presence");
  EXPECT_EQ(importance("<presence><x xmlns='http://jabber.org/protocol/muc#user'><status "
                       "code='100'/></x></presence>"),
            "later: presence");
  EXPECT_EQ(importance("<iq type='result' id='1'/>"), "now: iq");
  EXPECT_EQ(importance("<r xmlns='urn:xmpp:sm:3'/>"), "now: not-understood");
}

} // namespace
} // namespace rookery::xmpp
