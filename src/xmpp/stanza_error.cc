#include "xmpp/stanza_error.h"

#include <utility>

#include "base/assert.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {
namespace {

struct ConditionRow {
  StanzaCondition condition;
  std::string_view name;
  ErrorType type;
};

constexpr std::array<ConditionRow, kStanzaConditions> kConditions{{
    {StanzaCondition::kBadRequest, "bad-request", ErrorType::kModify},
    {StanzaCondition::kConflict, "conflict", ErrorType::kCancel},
    {StanzaCondition::kFeatureNotImplemented, "feature-not-implemented", ErrorType::kCancel},
    {StanzaCondition::kForbidden, "forbidden", ErrorType::kAuth},
    {StanzaCondition::kGone, "gone", ErrorType::kCancel},
    {StanzaCondition::kInternalServerError, "internal-server-error", ErrorType::kCancel},
    {StanzaCondition::kItemNotFound, "item-not-found", ErrorType::kCancel},
    {StanzaCondition::kJidMalformed, "jid-malformed", ErrorType::kModify},
    {StanzaCondition::kNotAcceptable, "not-acceptable", ErrorType::kModify},
    {StanzaCondition::kNotAllowed, "not-allowed", ErrorType::kCancel},
    {StanzaCondition::kNotAuthorized, "not-authorized", ErrorType::kAuth},
    {StanzaCondition::kPolicyViolation, "policy-violation", ErrorType::kModify},
    {StanzaCondition::kRecipientUnavailable, "recipient-unavailable", ErrorType::kWait},
    {StanzaCondition::kRedirect, "redirect", ErrorType::kModify},
    {StanzaCondition::kRegistrationRequired, "registration-required", ErrorType::kAuth},
    {StanzaCondition::kRemoteServerNotFound, "remote-server-not-found", ErrorType::kCancel},
    {StanzaCondition::kRemoteServerTimeout, "remote-server-timeout", ErrorType::kWait},
    {StanzaCondition::kResourceConstraint, "resource-constraint", ErrorType::kWait},
    {StanzaCondition::kServiceUnavailable, "service-unavailable", ErrorType::kCancel},
    {StanzaCondition::kSubscriptionRequired, "subscription-required", ErrorType::kAuth},
    {StanzaCondition::kUndefinedCondition, "undefined-condition", ErrorType::kCancel},
    {StanzaCondition::kUnexpectedRequest, "unexpected-request", ErrorType::kWait},
}};

const ConditionRow& row(StanzaCondition condition) {
  const ConditionRow& found = kConditions.at(static_cast<std::size_t>(condition));
  ROOKERY_ASSERT(found.condition == condition);
  return found;
}

void write_addresses(xml::Writer& writer, const xml::Element& stanza,
                     const ReplyAddresses& addresses) {
  writer.attribute_if("from", addresses.from.value_or(stanza.attribute_or_empty("to")))
      .attribute_if("to", addresses.to.value_or(stanza.attribute_or_empty("from")))
      .attribute_if("id", stanza.attribute_or_empty("id"));
}

bool may_be_answered(const StanzaHeader& header) {
  if (header.fault == StanzaFault::kNotAStanza)
    return false;
  // An IQ whose type does not exist is a request as far as anyone can tell.
  if (header.fault == StanzaFault::kBadType)
    return true;
  return header.type != StanzaType::kError && header.type != StanzaType::kResult;
}

} // namespace

std::string_view to_string(StanzaCondition condition) { return row(condition).name; }
ErrorType default_type(StanzaCondition condition) { return row(condition).type; }

std::string_view to_string(ErrorType type) {
  switch (type) {
  case ErrorType::kAuth:
    return "auth";
  case ErrorType::kCancel:
    return "cancel";
  case ErrorType::kContinue:
    return "continue";
  case ErrorType::kModify:
    return "modify";
  case ErrorType::kWait:
    return "wait";
  }
  std::unreachable();
}

void write_error(xml::Writer& writer, const StanzaError& error) {
  writer.open("error").attribute("type",
                                 to_string(error.type.value_or(default_type(error.condition))));
  writer.open(to_string(error.condition), kNsStanzaErrors);
  if (!error.uri.empty())
    writer.text(error.uri);
  writer.close();
  if (!error.text.empty())
    writer.open("text", kNsStanzaErrors).attribute("xml:lang", "en").text(error.text).close();
  if (!error.application.empty())
    writer.raw(error.application);
  writer.close();
}

bool write_error_reply(std::string& out, const xml::Element& stanza, const StanzaError& error,
                       const ReplyAddresses& addresses) {
  if (!may_be_answered(read_header(stanza, stanza.ns())))
    return false;
  xml::Writer writer(out);
  writer.open(stanza.name()).attribute("type", "error");
  write_addresses(writer, stanza, addresses);
  write_error(writer, error);
  writer.close();
  return true;
}

void open_iq_result(xml::Writer& writer, const xml::Element& request,
                    const ReplyAddresses& addresses) {
  writer.open("iq").attribute("type", "result");
  write_addresses(writer, request, addresses);
}

void write_iq_result(std::string& out, const xml::Element& request,
                     const ReplyAddresses& addresses) {
  xml::Writer writer(out);
  open_iq_result(writer, request, addresses);
  writer.close();
}

} // namespace rookery::xmpp
