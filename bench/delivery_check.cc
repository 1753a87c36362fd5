#include "bench/delivery_check.h"

#include <fmt/format.h>

namespace rookery::bench {

std::uint64_t DeliveryCheck::sent(std::uint32_t writer, std::uint32_t reader) {
  return by_reader_[reader][writer].sent++;
}

bool DeliveryCheck::know(Talk& talk, std::uint64_t number) {
  if (number < talk.known_next || !talk.beyond.insert(number).second)
    return false;
  while (talk.beyond.erase(talk.known_next) != 0)
    ++talk.known_next;
  return true;
}

std::optional<std::string> DeliveryCheck::got(std::uint32_t writer, std::uint32_t reader,
                                              std::uint64_t number) {
  Talk& talk = by_reader_[reader][writer];
  if (number >= talk.sent)
    return fmt::format("u{} got message {} of u{}, who wrote {}", reader, number, writer,
                       talk.sent);
  know(talk, number);
  if (number < talk.got_next)
    return fmt::format("u{} got message {} of u{} twice, or after message {}", reader, number,
                       writer, talk.got_next - 1);
  talk.got_next = number + 1;
  return std::nullopt;
}

bool DeliveryCheck::read(std::uint32_t writer, std::uint32_t reader, std::uint64_t number) {
  return know(by_reader_[reader][writer], number);
}

std::string DeliveryCheck::gap(std::uint32_t reader) const {
  if (const auto talks = by_reader_.find(reader); talks != by_reader_.end())
    for (const auto& [writer, talk] : talks->second)
      if (!talk.beyond.empty())
        return fmt::format("message {} of u{} to u{} is missing, and message {} is there",
                           talk.known_next, writer, reader, *talk.beyond.begin());
  return "";
}

std::uint64_t DeliveryCheck::missing(std::uint32_t reader) const {
  std::uint64_t count = 0;
  if (const auto talks = by_reader_.find(reader); talks != by_reader_.end())
    for (const auto& [writer, talk] : talks->second)
      count += talk.sent - talk.known_next - talk.beyond.size();
  return count;
}

std::uint64_t DeliveryCheck::missing_of_all() const {
  std::uint64_t count = 0;
  for (const auto& [reader, talks] : by_reader_)
    count += missing(reader);
  return count;
}

std::string DeliveryCheck::a_missing_one() const {
  for (const auto& [reader, talks] : by_reader_)
    for (const auto& [writer, talk] : talks)
      if (talk.known_next < talk.sent)
        return fmt::format("message {} of u{} to u{}", talk.known_next, writer, reader);
  return "";
}

} // namespace rookery::bench
