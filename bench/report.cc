#include "bench/report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace rookery::bench {
namespace {

std::string written(double value) {
  return std::abs(value) < 100 ? fmt::format("{:.2f}", value) : fmt::format("{:.0f}", value);
}

} // namespace

void Report::add(std::string_view name, double value) {
  figures_.push_back({std::string(name), std::isfinite(value) ? value : 0});
}

void Report::warn(std::string text) { warnings_.push_back(std::move(text)); }

double Report::value(std::string_view name) const {
  const auto at = std::ranges::find(figures_, name, &Figure::name);
  return at == figures_.end() ? 0 : at->value;
}

std::string Report::text() const {
  std::string out;
  for (const Figure& figure : figures_)
    out += fmt::format("{:<32} {:>12}\n", figure.name, written(figure.value));
  for (const std::string& warning : warnings_)
    out += fmt::format("warning: {}\n", warning);
  return out;
}

// Names and warnings are this program's own words: nothing in them needs escaping.
std::string Report::json() const {
  std::string out = "{";
  for (const Figure& figure : figures_)
    out += fmt::format("\"{}\":{},", figure.name, written(figure.value));
  out += "\"warnings\":[";
  for (std::size_t i = 0; i < warnings_.size(); ++i)
    out += fmt::format("{}\"{}\"", i == 0 ? "" : ",", warnings_[i]);
  return out + "]}\n";
}

} // namespace rookery::bench
