// Which names may be taken from within a client. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rookery::modules::registration {

enum class NameVerdict : std::uint8_t {
  kFine,
  kReserved,  // on the operator's list
  kMixed,     // letters of several scripts: "pаypal" with one Cyrillic letter
  kLookalike, // every letter looks like a Latin one, and none is: a whole Latin name can be
              // imitated so
};
[[nodiscard]] std::string_view to_string(NameVerdict verdict);

/// `name`: a prepared localpart (xmpp::Jid), so case and width are equal already and nothing
/// invisible is in it. Two names that both pass and differ can be told apart by a careful reader of
/// their script, which is what case 49 asks; names of one script that differ by an accent, or 'l'
/// and '1', are not caught.
[[nodiscard]] NameVerdict check_name(std::string_view name, std::span<const std::string> reserved);

} // namespace rookery::modules::registration
