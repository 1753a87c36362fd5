// For tests: random XMPP streams and stanzas, good ones and broken ones.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace rookery::xml::test {

/// The same seed gives the same documents everywhere.
class RandomXml {
public:
  explicit RandomXml(std::uint64_t seed) : random_(seed) {}

  /// A whole stream, from a declaration now and then to the end of its root.
  std::string stream();
  /// One element, with all namespaces it uses declared.
  std::string message();
  /// Changes it in a few places, to something that is mostly but not always broken.
  void mutate(std::string& text);
  /// Of 0 to bound - 1.
  std::size_t below(std::size_t bound) { return random_() % bound; }
  /// Any characters XML allows, or none.
  std::string characters();

private:
  bool chance(unsigned percent) { return below(100) < percent; }
  template <std::size_t kSize> std::string_view pick(const std::string_view (&from)[kSize]) {
    return from[below(kSize)];
  }
  void spaces(std::string& out, bool needed);
  void content_text(std::string& out);
  void value(std::string& out);
  void attribute(std::string& out, std::string_view name);
  void element(std::string& out, int depth);

  std::mt19937_64 random_;
};

} // namespace rookery::xml::test
