#include "xmpp/delay.h"

#include "xml/writer.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"
#include "xmpp/stanza.h"

namespace rookery::xmpp {

void append_delay(std::string& out, const Delay& delay) {
  out.append("<delay xmlns='").append(kNsDelay).append("'");
  if (!delay.from.empty()) {
    out += " from='";
    xml::append_escaped(out, delay.from);
    out += '\'';
  }
  out += " stamp='";
  append_time(out, delay.stamp);
  out += '\'';
  if (delay.reason.empty()) {
    out += "/>";
    return;
  }
  out += '>';
  xml::append_escaped(out, delay.reason);
  out += "</delay>";
}

void append_forwarded(std::string& out, std::string_view stanza,
                      const std::optional<Delay>& delay) {
  out.append("<forwarded xmlns='").append(kNsForward).append("'>");
  if (delay)
    append_delay(out, *delay);
  append_with_xmlns(out, stanza);
  out += "</forwarded>";
}

} // namespace rookery::xmpp
