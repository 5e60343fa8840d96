#include "stats/suspicion_search.h"

#include <cstdio>
#include <cstdlib>

#include "contract/amount_text.h"
#include "contract/utf8.h"

namespace assay::stats {
namespace {

// Of the rows that have a value.
constexpr double kNearUniqueShare = 0.95;
constexpr std::size_t kLongestExample = 40;

}  // namespace

std::int64_t WholeNumber(const std::optional<std::string>& text) {
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

double RatioOf(std::int64_t part, std::int64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

std::string SharePercent(std::int64_t part, std::int64_t all) {
  const double percent = 100 * RatioOf(part, all);
  if (part == all) return "100 %";
  if (percent > 99.9) return "over 99.9 %";
  if (part > 0 && percent < 0.1) return "under 0.1 %";
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", percent);
  return text;
}

std::string CountText(std::int64_t number) {
  return contract::GroupedText(static_cast<std::uint64_t>(number));
}

std::string RowsOf(std::int64_t rows) {
  return contract::RowsText(static_cast<std::uint64_t>(rows));
}

const char* Verbal(std::int64_t rows, const char* of_one, const char* of_many) {
  return rows == 1 ? of_one : of_many;
}

std::string Quoted(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c == '\n' || c == '\r' || c == '\t') {
      text += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else {
      text.push_back(c);
    }
  }
  return "`" + contract::CutText(contract::Printable(text), kLongestExample) + "`";
}

std::string QuotedList(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ", ") + Quoted(value);
  return text;
}

bool IsTime(const Type& type) {
  return type.kind >= TypeKind::kDate && type.kind <= TypeKind::kTimestampUtc;
}

bool HasParts(const Type& type) { return type.kind >= TypeKind::kList; }

std::int64_t Present(const ColumnProfile& profile) { return profile.rows - profile.nulls; }

bool NearlyUnique(const ColumnProfile& profile) {
  return static_cast<double>(profile.distinct) >=
         kNearUniqueShare * static_cast<double>(Present(profile));
}

std::optional<std::string> Quantile(const ColumnProfile& profile, const std::string& share) {
  for (const auto& [name, value] : profile.quantiles) {
    if (name == share) return value;
  }
  return std::nullopt;
}

}  // namespace assay::stats
