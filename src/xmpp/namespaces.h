// Every XML namespace the program speaks, so that none is spelled twice. Grouped by the document
// that defines it.
#pragma once

#include <string_view>

namespace rookery::xmpp {

// RFC 6120, 6121, 7395
inline constexpr std::string_view kNsXml = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view kNsClient = "jabber:client";
inline constexpr std::string_view kNsServer = "jabber:server";
inline constexpr std::string_view kNsStream = "http://etherx.jabber.org/streams";
inline constexpr std::string_view kNsStreamErrors = "urn:ietf:params:xml:ns:xmpp-streams";
inline constexpr std::string_view kNsStanzaErrors = "urn:ietf:params:xml:ns:xmpp-stanzas";
inline constexpr std::string_view kNsFraming = "urn:ietf:params:xml:ns:xmpp-framing";
inline constexpr std::string_view kNsTls = "urn:ietf:params:xml:ns:xmpp-tls";
inline constexpr std::string_view kNsBind = "urn:ietf:params:xml:ns:xmpp-bind";
inline constexpr std::string_view kNsSession = "urn:ietf:params:xml:ns:xmpp-session";
inline constexpr std::string_view kNsRoster = "jabber:iq:roster";
inline constexpr std::string_view kNsRosterVersion = "urn:xmpp:features:rosterver";
inline constexpr std::string_view kNsPreApproval = "urn:xmpp:features:pre-approval";

// Signing in; those of SASL itself, SASL 2 and Bind 2 are beside their state machines: sasl1.h,
// sasl2.h
inline constexpr std::string_view kNsFast0 = "urn:xmpp:fast:0";       // XEP-0484
inline constexpr std::string_view kNsSsdp = "urn:xmpp:ssdp:0";        // XEP-0474
inline constexpr std::string_view kNsRegister = "jabber:iq:register"; // XEP-0077
inline constexpr std::string_view kNsRegisterFeature = "http://jabber.org/features/iq-register";

// Stream features
inline constexpr std::string_view kNsSm3 = "urn:xmpp:sm:3";               // XEP-0198
inline constexpr std::string_view kNsCsi = "urn:xmpp:csi:0";              // XEP-0352
inline constexpr std::string_view kNsInvisible = "urn:xmpp:invisible:1";  // XEP-0186
inline constexpr std::string_view kNsPing = "urn:xmpp:ping";              // XEP-0199
inline constexpr std::string_view kNsLimits = "urn:xmpp:stream-limits:0"; // XEP-0478

// Messages
inline constexpr std::string_view kNsMam2 = "urn:xmpp:mam:2"; // XEP-0313
inline constexpr std::string_view kNsMam2Extended = "urn:xmpp:mam:2#extended";
inline constexpr std::string_view kNsInbox = "urn:xmpp:inbox:1";      // XEP-0430
inline constexpr std::string_view kNsForward = "urn:xmpp:forward:0";  // XEP-0297
inline constexpr std::string_view kNsDelay = "urn:xmpp:delay";        // XEP-0203
inline constexpr std::string_view kNsSid = "urn:xmpp:sid:0";          // XEP-0359
inline constexpr std::string_view kNsCarbons2 = "urn:xmpp:carbons:2"; // XEP-0280
inline constexpr std::string_view kNsCarbonsRules = "urn:xmpp:carbons:rules:0";
inline constexpr std::string_view kNsHints = "urn:xmpp:hints"; // XEP-0334
inline constexpr std::string_view kNsChatStates =
    "http://jabber.org/protocol/chatstates";                                      // XEP-0085
inline constexpr std::string_view kNsReceipts = "urn:xmpp:receipts";              // XEP-0184
inline constexpr std::string_view kNsChatMarkers = "urn:xmpp:chat-markers:0";     // XEP-0333
inline constexpr std::string_view kNsCorrection = "urn:xmpp:message-correct:0";   // XEP-0308
inline constexpr std::string_view kNsRetraction = "urn:xmpp:message-retract:1";   // XEP-0424
inline constexpr std::string_view kNsReactions = "urn:xmpp:reactions:0";          // XEP-0444
inline constexpr std::string_view kNsAttention = "urn:xmpp:attention:0";          // XEP-0224
inline constexpr std::string_view kNsJingleMessage = "urn:xmpp:jingle-message:0"; // XEP-0353
inline constexpr std::string_view kNsEncryption = "urn:xmpp:eme:0";               // XEP-0380
inline constexpr std::string_view kNsOmemo2 = "urn:xmpp:omemo:2";                 // XEP-0384
inline constexpr std::string_view kNsOmemoLegacy = "eu.siacs.conversations.axolotl";
inline constexpr std::string_view kNsOpenPgp = "urn:xmpp:openpgp:0";                 // XEP-0373
inline constexpr std::string_view kNsOffline = "msgoffline";                         // XEP-0160
inline constexpr std::string_view kNsAddress = "http://jabber.org/protocol/address"; // XEP-0033

// Rooms and pubsub
inline constexpr std::string_view kNsMuc = "http://jabber.org/protocol/muc"; // XEP-0045
inline constexpr std::string_view kNsMucUser = "http://jabber.org/protocol/muc#user";
inline constexpr std::string_view kNsConference = "jabber:x:conference";           // XEP-0249
inline constexpr std::string_view kNsPubsub = "http://jabber.org/protocol/pubsub"; // XEP-0060
inline constexpr std::string_view kNsPubsubEvent = "http://jabber.org/protocol/pubsub#event";
inline constexpr std::string_view kNsPubsubOwner = "http://jabber.org/protocol/pubsub#owner";
inline constexpr std::string_view kNsPubsubErrors = "http://jabber.org/protocol/pubsub#errors";

// Questions and answers
inline constexpr std::string_view kNsDiscoInfo =
    "http://jabber.org/protocol/disco#info"; // XEP-0030
inline constexpr std::string_view kNsDiscoItems = "http://jabber.org/protocol/disco#items";
inline constexpr std::string_view kNsCaps = "http://jabber.org/protocol/caps"; // XEP-0115
inline constexpr std::string_view kNsDataForms = "jabber:x:data";              // XEP-0004
inline constexpr std::string_view kNsDataFormsValidate =
    "http://jabber.org/protocol/xdata-validate";                             // XEP-0122
inline constexpr std::string_view kNsRsm = "http://jabber.org/protocol/rsm"; // XEP-0059
inline constexpr std::string_view kNsServerInfo =
    "http://jabber.org/network/serverinfo";                               // XEP-0157
inline constexpr std::string_view kNsVersion = "jabber:iq:version";       // XEP-0092
inline constexpr std::string_view kNsLast = "jabber:iq:last";             // XEP-0012
inline constexpr std::string_view kNsTime = "urn:xmpp:time";              // XEP-0202
inline constexpr std::string_view kNsVcardTemp = "vcard-temp";            // XEP-0054
inline constexpr std::string_view kNsVcardUpdate = "vcard-temp:x:update"; // XEP-0153
inline constexpr std::string_view kNsPrivate = "jabber:iq:private";       // XEP-0049
inline constexpr std::string_view kNsBlocking = "urn:xmpp:blocking";      // XEP-0191
inline constexpr std::string_view kNsBlockingErrors = "urn:xmpp:blocking:errors";
inline constexpr std::string_view kNsCommands = "http://jabber.org/protocol/commands"; // XEP-0050
inline constexpr std::string_view kNsPars = "urn:xmpp:pars:0";                         // XEP-0379
inline constexpr std::string_view kNsIbrToken = "urn:xmpp:ibr-token:0";                // XEP-0445
inline constexpr std::string_view kNsInviteFeature = "urn:xmpp:invite"; // the same, in older apps
inline constexpr std::string_view kNsInvite = "urn:xmpp:invite#invite"; // XEP-0401
inline constexpr std::string_view kNsInvitation = "urn:xmpp:invite#invitation";
inline constexpr std::string_view kNsOob = "jabber:x:oob"; // XEP-0066

} // namespace rookery::xmpp
