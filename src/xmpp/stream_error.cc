#include "xmpp/stream_error.h"

#include <array>

#include "base/assert.h"
#include "xml/writer.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

struct ConditionRow {
  StreamCondition condition;
  std::string_view name;
};

constexpr std::array<ConditionRow, kStreamConditions> kConditions{{
    {StreamCondition::kBadFormat, "bad-format"},
    {StreamCondition::kBadNamespacePrefix, "bad-namespace-prefix"},
    {StreamCondition::kConflict, "conflict"},
    {StreamCondition::kConnectionTimeout, "connection-timeout"},
    {StreamCondition::kHostGone, "host-gone"},
    {StreamCondition::kHostUnknown, "host-unknown"},
    {StreamCondition::kImproperAddressing, "improper-addressing"},
    {StreamCondition::kInternalServerError, "internal-server-error"},
    {StreamCondition::kInvalidFrom, "invalid-from"},
    {StreamCondition::kInvalidNamespace, "invalid-namespace"},
    {StreamCondition::kInvalidXml, "invalid-xml"},
    {StreamCondition::kNotAuthorized, "not-authorized"},
    {StreamCondition::kNotWellFormed, "not-well-formed"},
    {StreamCondition::kPolicyViolation, "policy-violation"},
    {StreamCondition::kRemoteConnectionFailed, "remote-connection-failed"},
    {StreamCondition::kReset, "reset"},
    {StreamCondition::kResourceConstraint, "resource-constraint"},
    {StreamCondition::kRestrictedXml, "restricted-xml"},
    {StreamCondition::kSeeOtherHost, "see-other-host"},
    {StreamCondition::kSystemShutdown, "system-shutdown"},
    {StreamCondition::kUndefinedCondition, "undefined-condition"},
    {StreamCondition::kUnsupportedEncoding, "unsupported-encoding"},
    {StreamCondition::kUnsupportedFeature, "unsupported-feature"},
    {StreamCondition::kUnsupportedStanzaType, "unsupported-stanza-type"},
    {StreamCondition::kUnsupportedVersion, "unsupported-version"},
}};

} // namespace

std::string_view to_string(StreamCondition condition) {
  const ConditionRow& found = kConditions.at(static_cast<std::size_t>(condition));
  ROOKERY_ASSERT(found.condition == condition);
  return found.name;
}

StreamError stream_error_of(xml::FrameError error) {
  switch (error) {
  case xml::FrameError::kNone:
    break;
  case xml::FrameError::kNotWellFormed:
    return StreamCondition::kNotWellFormed;
  case xml::FrameError::kRestricted:
    return StreamCondition::kRestrictedXml;
  case xml::FrameError::kTooLarge:
    return {StreamCondition::kPolicyViolation, "The stanza is larger than this server accepts."};
  case xml::FrameError::kTooComplex:
    return {StreamCondition::kPolicyViolation,
            "The stanza has more levels, elements or attributes than this server accepts."};
  case xml::FrameError::kUnsupportedEncoding:
    return StreamCondition::kUnsupportedEncoding;
  }
  ROOKERY_ASSERT(!"a frame error");
  std::unreachable();
}

void write_stream_error(std::string& out, StreamForm form, const StreamError& error) {
  out += "<stream:error";
  if (form == StreamForm::kWebSocket)
    out.append(" xmlns:stream='").append(kNsStream).append("'");
  out += '>';
  xml::Writer writer(out, {});
  writer.open(to_string(error.condition), kNsStreamErrors);
  if (!error.other_host.empty())
    writer.text(error.other_host);
  writer.close();
  if (!error.text.empty())
    writer.open("text", kNsStreamErrors).attribute("xml:lang", "en").text(error.text).close();
  out += error.application;
  out += "</stream:error>";
}

} // namespace rookery::xmpp
