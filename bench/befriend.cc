#include "bench/befriend.h"

#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace rookery::bench {
namespace {

/// Requests under way: more would only fill the server's queues.
constexpr std::size_t kAskedAtOnceMax = 256;
/// Where nothing at all is granted for so long, it was before.
constexpr Seconds kGrantedBefore{10};

/// n of "u<n>@..." in the attribute `from`; nullopt where it is another address.
std::optional<std::size_t> sender_of(std::string_view tag) {
  constexpr std::string_view kFrom = " from=";
  const std::size_t at = tag.find(kFrom);
  if (at == tag.npos || at + kFrom.size() + 2 >= tag.size() || tag[at + kFrom.size() + 1] != 'u')
    return std::nullopt;
  std::size_t number = 0;
  const char* first = tag.data() + at + kFrom.size() + 2;
  if (std::from_chars(first, tag.data() + tag.size(), number).ec != std::errc{})
    return std::nullopt;
  return number;
}

bool has_type(std::string_view tag, std::string_view type) {
  const std::size_t at = tag.find(" type=");
  return at != tag.npos && tag.substr(at + 7).starts_with(type) &&
         tag.substr(at + 7 + type.size()).find_first_of("'\"") == 0;
}

} // namespace

void Befriend::say(std::size_t user, std::string_view type, std::size_t to) {
  fleet_[user].send(fmt::format("<presence{} type='{}' to='u{}@{}'/>", fleet_[user].stanza_xmlns(),
                                type, to, address_.domain));
}

/// The one with the lower number asks; the other asks back when it grants.
void Befriend::ask() {
  while (user_ < contacts_.size() && 2 * asked_ < granted_ + 2 * kAskedAtOnceMax) {
    if (contact_ == contacts_[user_].size()) {
      ++user_;
      contact_ = 0;
      continue;
    }
    const std::size_t other = contacts_[user_][contact_++];
    if (other < user_)
      continue;
    say(user_, "subscribe", other);
    ++asked_;
  }
}

Status Befriend::run() {
  std::size_t seen = 0;
  const auto done = [&] {
    ask();
    return user_ == contacts_.size() && granted_ == 2 * asked_;
  };
  while (!done()) {
    const Seconds patience = granted_ == 0 ? kGrantedBefore : Fleet::kPatience;
    if (Status turned = fleet_.turn_until([&] { return done() || granted_ != seen; }, patience);
        !turned)
      return turned;
    if (granted_ == 0)
      return {};
    if (granted_ == seen && !done())
      return fail(fmt::format("{} of {} requests for presence were granted", granted_, 2 * asked_),
                  "server");
    seen = granted_;
  }
  return {};
}

void Befriend::on_stanza(std::size_t client, std::string_view bytes) {
  if (!bytes.starts_with("<presence"))
    return;
  const std::string_view tag = bytes.substr(0, bytes.find('>'));
  const auto from = sender_of(tag);
  if (!from || *from >= contacts_.size())
    return;
  if (has_type(tag, "subscribe")) {
    say(client, "subscribed", *from);
    if (*from < client)
      say(client, "subscribe", *from);
  } else if (has_type(tag, "subscribed")) {
    ++granted_;
  }
}

} // namespace rookery::bench
