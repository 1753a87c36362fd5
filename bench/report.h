// What a scenario found out, for people and for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rookery::bench {

class Report {
public:
  /// `name` is a word with underscores, unit included; names are unique in a report.
  void add(std::string_view name, double value);
  /// Something the reader must know before believing the figures.
  void warn(std::string text);

  [[nodiscard]] double value(std::string_view name) const; // 0 where there is none
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// A figure a line.
  [[nodiscard]] std::string text() const;
  /// One object on one line: names and values, and "warnings".
  [[nodiscard]] std::string json() const;

private:
  struct Figure {
    std::string name;
    double value;
  };
  std::vector<Figure> figures_;
  std::vector<std::string> warnings_;
};

} // namespace rookery::bench
