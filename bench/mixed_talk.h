// What the users of the scenario `mixed` say to each other and hear, and whether all of it arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "bench/delivery_check.h"
#include "bench/fleet.h"
#include "bench/histogram.h"
#include "bench/letter.h"
#include "bench/report.h"

namespace rookery::bench {

class MixedTalk {
public:
  static constexpr std::size_t kPage = 50;

  /// `tolerant`: mistakes are counted.
  MixedTalk(Fleet& fleet, std::string domain, bool tolerant)
      : fleet_(fleet), domain_(std::move(domain)), tolerant_(tolerant), users_(fleet.size()) {}

  // --- where a user is

  void comes(std::uint32_t user) { users_[user].listens = true; }
  /// A new session reads its archive, newest page first, back to what it knows.
  void is_in(std::uint32_t user, bool resumed);
  void is_lost(std::uint32_t user) { users_[user].is_in = false; }
  /// What comes from now on was not delivered, and has to come again.
  void leaves(std::uint32_t user) { users_[user] = {.connection = users_[user].connection}; }
  [[nodiscard]] bool is_reading(std::uint32_t user) const { return users_[user].paging.active; }

  // --- what it says

  void write(std::uint32_t user, std::uint32_t other);
  /// `state` is one of XEP-0085.
  void type(std::uint32_t user, std::uint32_t other, std::string_view state);
  void say_presence(std::uint32_t user, std::string_view inner) {
    say(user, "presence", "", inner);
  }

  // --- what it hears

  void on_stanza(std::uint32_t user, std::string_view bytes);
  /// From now on archives are read until nothing is missing.
  void read_all() { reads_all_ = true; }
  [[nodiscard]] bool misses(std::uint32_t user) const { return check_.missing(user) > 0; }
  [[nodiscard]] std::uint64_t missing_of_all() const { return check_.missing_of_all(); }
  [[nodiscard]] std::string a_missing_one() const { return check_.a_missing_one(); }
  [[nodiscard]] bool has_archive() const { return has_archive_; }
  /// Unless tolerant: a message that was lost, repeated, refused or out of order.
  [[nodiscard]] const std::optional<std::string>& wrong() const { return wrong_; }

  void add_figures(Report& report) const;

private:
  struct Paging {
    bool active = false;
    MonoTime asked{};
    std::size_t letters = 0;       // to this user, of the page under way
    bool oldest_was_known = false; // of those
  };
  struct User {
    bool listens = false, is_in = false;
    std::uint32_t connection = 0;
    Paging paging = {};
  };
  struct Counts {
    std::uint64_t messages = 0, from_archives = 0, receipts = 0, chat_states = 0, presences = 0,
                  returned = 0, mistakes = 0;
    std::uint64_t pages = 0, repairs = 0;
  };

  void say(std::uint32_t user, std::string_view name, std::string_view attributes,
           std::string_view inner);
  void say_to(std::uint32_t user, std::uint32_t other, std::string_view id, std::string_view inner);
  [[nodiscard]] std::uint64_t now_us() const {
    return static_cast<std::uint64_t>(fleet_.clock().mono().count());
  }
  void on_message(std::uint32_t user, std::string_view bytes);
  void on_letter(std::uint32_t user, const Letter& letter);
  void on_archived(std::uint32_t user, const Letter& letter);
  void ask_page(std::uint32_t user, std::string_view before);
  void on_page(std::uint32_t user, std::string_view answer);

  Fleet& fleet_;
  const std::string domain_;
  const bool tolerant_;
  std::vector<User> users_;
  DeliveryCheck check_;
  Counts counts_;
  Histogram deliveries_, pages_;
  bool has_archive_ = true, reads_all_ = false;
  std::optional<std::string> wrong_;
};

} // namespace rookery::bench
