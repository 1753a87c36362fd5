// The roster in a file of the portable format (XEP-0227 §4.4 and §4.9): contacts as RFC 6121 shows
// them, and beside them the requests that wait for an answer.
#pragma once

#include "server/portable.h"

namespace rookery::modules::roster {

void write_contact(const storage::Record& record, xml::Writer& writer);
void write_request(const storage::Record& record, xml::Writer& writer);
/// The order of the two does not matter.
void read_contacts(const xml::Element& query, server::AccountDraft& draft);
void read_request(const xml::Element& presence, server::AccountDraft& draft);

} // namespace rookery::modules::roster
