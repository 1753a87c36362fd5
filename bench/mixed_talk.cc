#include "bench/mixed_talk.h"

#include <fmt/format.h>

#include "bench/meter.h"
#include "xmpp/namespaces.h"

namespace rookery::bench {
namespace {

/// The text of the element that RSM names the oldest of a page in (XEP-0059).
std::string_view first_of(std::string_view fin) {
  std::size_t at = fin.find("<first");
  at = at == fin.npos ? at : fin.find('>', at);
  return at == fin.npos ? "" : fin.substr(at + 1, fin.find('<', at) - at - 1);
}

bool is_complete(std::string_view fin) {
  return fin.find("complete='true'") != fin.npos || fin.find("complete=\"true\"") != fin.npos;
}

bool is_error(std::string_view tag) {
  return tag.find("'error'") != tag.npos || tag.find("\"error\"") != tag.npos;
}

/// The answer to a message may leave out what was in it.
bool has_letter_id(std::string_view tag) {
  return tag.find(" id='m") != tag.npos || tag.find(" id=\"m") != tag.npos;
}

std::string_view tag_of(std::string_view stanza) { return stanza.substr(0, stanza.find('>')); }

} // namespace

void MixedTalk::is_in(std::uint32_t number, bool resumed) {
  User& user = users_[number];
  user.is_in = true;
  ++user.connection;
  if (!resumed)
    ask_page(number, "");
}

// --- saying ---

void MixedTalk::say(std::uint32_t user, std::string_view name, std::string_view attributes,
                    std::string_view inner) {
  Client& client = fleet_[user];
  client.send(fmt::format("<{}{}{}>{}</{}>", name, client.stanza_xmlns(), attributes, inner, name));
}

void MixedTalk::say_to(std::uint32_t user, std::uint32_t other, std::string_view id,
                       std::string_view inner) {
  say(user, "message", fmt::format(" to='u{}@{}' type='chat' id='{}'", other, domain_, id), inner);
}

void MixedTalk::type(std::uint32_t user, std::uint32_t other, std::string_view state) {
  say_to(user, other, "s", fmt::format("<{} xmlns='{}'/>", state, xmpp::kNsChatStates));
}

void MixedTalk::write(std::uint32_t user, std::uint32_t other) {
  const User& reader = users_[other];
  const Letter letter{.writer = user,
                      .number = check_.sent(user, other),
                      .sent_us = now_us(),
                      .writer_connection = users_[user].connection,
                      .reader_connection = reader.is_in ? reader.connection : 0};
  ++counts_.messages;
  say_to(user, other, fmt::format("m{}-{}-{}", user, other, letter.number),
         write_letter(letter) + fmt::format("<request xmlns='{}'/><active xmlns='{}'/>",
                                            xmpp::kNsReceipts, xmpp::kNsChatStates));
}

// --- hearing ---

void MixedTalk::on_stanza(std::uint32_t user, std::string_view bytes) {
  if (!users_[user].listens || wrong_)
    return;
  if (bytes.starts_with("<message"))
    on_message(user, bytes);
  else if (bytes.starts_with("<presence"))
    ++counts_.presences;
  else if (bytes.starts_with("<iq") && users_[user].paging.active)
    on_page(user, bytes);
}

void MixedTalk::on_message(std::uint32_t user, std::string_view bytes) {
  const auto letter = find_letter(bytes);
  if (bytes.find(xmpp::kNsMam2) != bytes.npos && bytes.find("<result") != bytes.npos) {
    if (letter)
      on_archived(user, *letter);
  } else if (is_error(tag_of(bytes))) {
    // A chat state or a receipt may come back from one who is out: nobody keeps it.
    if (letter || has_letter_id(tag_of(bytes)))
      wrong_ = fmt::format("refused: {}", bytes);
    ++counts_.returned;
  } else if (letter) {
    on_letter(user, *letter);
  } else if (bytes.find(xmpp::kNsReceipts) != bytes.npos) {
    ++counts_.receipts;
  } else {
    ++counts_.chat_states;
  }
}

void MixedTalk::on_letter(std::uint32_t number, const Letter& letter) {
  if (const auto mistake = check_.got(letter.writer, number, letter.number)) {
    if (!tolerant_) {
      wrong_ = mistake;
      return;
    }
    ++counts_.mistakes;
  }
  const User& user = users_[number];
  if (letter.reader_connection != 0 && letter.reader_connection == user.connection &&
      letter.writer_connection == users_[letter.writer].connection)
    deliveries_.record(Microseconds(static_cast<std::int64_t>(now_us() - letter.sent_us)));
  say_to(number, letter.writer, "r",
         fmt::format("<received xmlns='{}' id='m{}-{}-{}'/>", xmpp::kNsReceipts, letter.writer,
                     number, letter.number));
  if (user.is_in && !user.paging.active && check_.has_gap(number)) {
    ++counts_.repairs;
    ask_page(number, "");
  }
}

// --- archives (XEP-0313) ---

void MixedTalk::ask_page(std::uint32_t user, std::string_view before) {
  if (!has_archive_)
    return;
  users_[user].paging = {.active = true, .asked = fleet_.clock().mono()};
  const std::string place =
      before.empty() ? "<before/>" : fmt::format("<before>{}</before>", before);
  say(user, "iq", " type='set' id='page'",
      fmt::format("<query xmlns='{}'><set xmlns='{}'><max>{}</max>{}</set></query>", xmpp::kNsMam2,
                  xmpp::kNsRsm, kPage, place));
}

void MixedTalk::on_archived(std::uint32_t user, const Letter& letter) {
  if (letter.writer == user)
    return;
  const bool fresh = check_.read(letter.writer, user, letter.number);
  counts_.from_archives += fresh ? 1 : 0;
  Paging& paging = users_[user].paging;
  if (paging.letters++ == 0)
    paging.oldest_was_known = !fresh;
}

void MixedTalk::on_page(std::uint32_t user, std::string_view answer) {
  Paging& paging = users_[user].paging;
  paging.active = false;
  if (is_error(tag_of(answer))) {
    has_archive_ = false;
    return;
  }
  ++counts_.pages;
  pages_.record(fleet_.clock().mono() - paging.asked);
  const std::string_view oldest = first_of(answer);
  const bool more = !is_complete(answer) && !oldest.empty();
  const bool reached = paging.letters > 0 && paging.oldest_was_known;
  if (more && (!reached || check_.has_gap(user) || (reads_all_ && misses(user))))
    return ask_page(user, oldest);
  if (check_.has_gap(user) && !tolerant_)
    wrong_ = check_.gap(user) + ", neither delivered nor in the archive";
}

// --- figures ---

void MixedTalk::add_figures(Report& report) const {
  const auto add = [&](std::string_view name, std::uint64_t count) {
    report.add(name, static_cast<double>(count));
  };
  add("messages", counts_.messages);
  add("messages_from_archives", counts_.from_archives);
  add("receipts", counts_.receipts);
  add("chat_states", counts_.chat_states);
  add("presences", counts_.presences);
  add("returned", counts_.returned);
  add("pages", counts_.pages);
  add("gaps_filled_from_archives", counts_.repairs);
  if (tolerant_)
    add("repeated_or_out_of_order", counts_.mistakes);
  add_quantiles(report, "delivery", deliveries_);
  add_quantiles(report, "page", pages_);
}

} // namespace rookery::bench
