// What a client submits under jabber:iq:register: as fields of the old kind or as a form. Pure.
#pragma once

#include <expected>
#include <string>

#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/stanza_error.h"

namespace rookery::modules::registration {

/// As submitted; "" for what is not there.
struct Credentials {
  std::string username;
  std::string password;

  /// The form counts where both are there (XEP-0077 §6).
  [[nodiscard]] static std::expected<Credentials, xmpp::StanzaError>
  read(const xml::Element& query);
};

/// `<query/>` that asks for both, in both ways.
void write_request(xml::Writer& writer);

} // namespace rookery::modules::registration
