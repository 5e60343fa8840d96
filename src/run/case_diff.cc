#include "run/case_diff.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "base/json.h"
#include "base/letter_case.h"
#include "contract/cases.h"
#include "contract/number_text.h"
#include "contract/utf8.h"

namespace assay::run {
namespace {

using contract::CellForm;
using contract::YamlNode;

// ---- values ----

// `.inf` and `.nan` of YAML as the engine writes them.
std::string WithoutPoint(const std::string& text) {
  std::string lower = Lower(text);
  for (const char* word : {".inf", ".nan"}) {
    if (lower == word) return lower.substr(1);
  }
  return lower == "-.inf" ? "-inf" : lower;
}

bool NumbersAreSame(const std::string& expected, const std::string& got, const Type& type,
                    const std::string& tolerance) {
  if (WithoutPoint(expected) == got) return true;
  if (!contract::IsNumber(expected) || !contract::IsNumber(got)) return false;
  if (!tolerance.empty()) {
    const long double apart =
        std::fabs(std::strtold(expected.c_str(), nullptr) - std::strtold(got.c_str(), nullptr));
    // 1.1 is not exactly 0.1 from 1.
    return apart <= std::strtold(tolerance.c_str(), nullptr) * (1 + 1e-9L);
  }
  if (type.kind == TypeKind::kFloat64) {
    return std::strtod(expected.c_str(), nullptr) == std::strtod(got.c_str(), nullptr);
  }
  if (type.kind == TypeKind::kFloat32) {
    return std::strtof(expected.c_str(), nullptr) == std::strtof(got.c_str(), nullptr);
  }
  return contract::CompareNumbers(expected, got) == 0;
}

// The engine writes hours of a zone alone: `+00`.
Result<std::string> EngineTime(std::string text) {
  constexpr std::size_t kHours = 3;
  if (text.size() > 19 &&
      (text[text.size() - kHours] == '+' || text[text.size() - kHours] == '-')) {
    text += ":00";
  }
  return contract::ParseTime(text);
}

bool TimesAreSame(const std::string& expected, const std::string& got) {
  if (expected == got) return true;
  const auto one = contract::ParseTime(expected);
  const auto other = EngineTime(got);
  return one.ok() && other.ok() && contract::CompareTimes(*one, *other) == 0;
}

bool ScalarIsExpected(const YamlNode& expected, const std::string& got, const Type& type,
                      const std::string& tolerance) {
  if (IsNumber(type)) {
    return !expected.quoted && NumbersAreSame(expected.text, got, type, tolerance);
  }
  switch (type.kind) {
    case TypeKind::kString:
      return contract::CellFormOf(expected) == CellForm::kText && expected.text == got;
    case TypeKind::kBool:
      return !expected.quoted && Lower(expected.text) == got;
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampUtc:
      return TimesAreSame(expected.text, got);
    case TypeKind::kTime:
      return expected.text == got || expected.text + ":00" == got;
    default:
      return expected.text == got;
  }
}

std::string ScalarText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool JsonIsExpected(const YamlNode& expected, const Json& got, const Type& type,
                    const std::string& tolerance) {
  if (got.is_null() || expected.is_null()) return got.is_null() && expected.is_null();
  if (type.children.empty()) {
    const bool scalar = expected.is_scalar() && !got.is_array() && !got.is_object();
    return scalar && ScalarIsExpected(expected, ScalarText(got), type, tolerance);
  }
  if (type.kind == TypeKind::kList) {
    if (!expected.is_list() || !got.is_array() || expected.items.size() != got.size()) return false;
    for (std::size_t i = 0; i < got.size(); ++i) {
      if (!JsonIsExpected(expected.items[i], got[i], type.children[0].type, tolerance)) {
        return false;
      }
    }
    return true;
  }
  if (!expected.is_mapping() || !got.is_object()) return false;
  if (expected.entries.size() != got.size()) return false;
  return std::all_of(
      expected.entries.begin(), expected.entries.end(), [&](const contract::YamlEntry& entry) {
        if (!got.contains(entry.key)) return false;
        const Field* field = FindField(type.children, entry.key);
        if (type.kind == TypeKind::kMap) field = &type.children.at(1);
        return field != nullptr &&
               JsonIsExpected(entry.value, got.at(entry.key), field->type, tolerance);
      });
}

// ---- which row came for which ----

class Rows {
 public:
  Rows(const std::vector<ExpectedRow>& expected, const engine::Grid& got,
       const std::string& tolerance)
      : expected_(expected), got_(got), tolerance_(tolerance) {}

  bool SameCell(std::size_t one, std::size_t other, std::size_t column) const {
    const YamlNode* cell = expected_[one][column];
    return cell == nullptr ||
           IsExpected(*cell, got_.rows[other][column], got_.schema[column].type, tolerance_);
  }

  bool Same(std::size_t one, std::size_t other) const {
    for (std::size_t column = 0; column < got_.schema.size(); ++column) {
      if (!SameCell(one, other, column)) return false;
    }
    return true;
  }

  std::size_t CellsAlike(std::size_t one, std::size_t other) const {
    std::size_t alike = 0;
    for (std::size_t column = 0; column < got_.schema.size(); ++column) {
      alike += SameCell(one, other, column) ? 1 : 0;
    }
    return alike;
  }

  std::size_t NumExpected() const { return expected_.size(); }
  std::size_t NumGot() const { return got_.rows.size(); }
  std::size_t NumColumns() const { return got_.schema.size(); }

 private:
  const std::vector<ExpectedRow>& expected_;
  const engine::Grid& got_;
  const std::string& tolerance_;
};

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// As many pairs of equal rows as there can be: with a tolerance, or where some values do not
// matter, a row may be equal to several, and the first is not always the right one.
class Matching {
 public:
  explicit Matching(const Rows& rows)
      : rows_(rows), got_of_(rows.NumExpected(), kNone), expected_of_(rows.NumGot(), kNone) {
    for (std::size_t i = 0; i < std::min(rows.NumExpected(), rows.NumGot()); ++i) {
      if (rows.Same(i, i)) Take(i, i);
    }
    for (std::size_t i = 0; i < rows.NumExpected(); ++i) {
      if (got_of_[i] != kNone) continue;
      std::vector<bool> seen(rows.NumGot(), false);
      Find(i, seen);
    }
  }

  std::vector<std::size_t> RestOfExpected() const { return Rest(got_of_); }
  std::vector<std::size_t> RestOfGot() const { return Rest(expected_of_); }

 private:
  void Take(std::size_t expected, std::size_t got) {
    got_of_[expected] = got;
    expected_of_[got] = expected;
  }

  bool Find(std::size_t expected, std::vector<bool>& seen) {
    for (std::size_t got = 0; got < seen.size(); ++got) {
      if (seen[got] || !rows_.Same(expected, got)) continue;
      seen[got] = true;
      if (expected_of_[got] == kNone || Find(expected_of_[got], seen)) {
        Take(expected, got);
        return true;
      }
    }
    return false;
  }

  static std::vector<std::size_t> Rest(const std::vector<std::size_t>& partners) {
    std::vector<std::size_t> rest;
    for (std::size_t i = 0; i < partners.size(); ++i) {
      if (partners[i] == kNone) rest.push_back(i);
    }
    return rest;
  }

  const Rows& rows_;
  std::vector<std::size_t> got_of_, expected_of_;
};

struct Places {
  std::size_t expected = kNone, got = kNone;
};

// The rows that are left, the most alike side by side.
std::vector<Places> PairRest(const Rows& rows, const std::vector<std::size_t>& expected,
                             std::vector<std::size_t> got) {
  constexpr std::size_t kMostLooks = 200'000;
  struct Likeness {
    std::size_t alike, expected, got;
  };
  std::vector<Likeness> likenesses;
  const bool as_many = expected.size() == got.size();
  const bool few = expected.size() * got.size() <= kMostLooks;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t k = 0; k < got.size(); ++k) {
      if (!few && i != k) continue;
      const std::size_t alike = rows.CellsAlike(expected[i], got[k]);
      if (alike > 0 || as_many) likenesses.push_back({alike, expected[i], got[k]});
    }
  }
  std::stable_sort(likenesses.begin(), likenesses.end(),
                   [](const Likeness& a, const Likeness& b) { return a.alike > b.alike; });
  std::vector<std::size_t> got_of(rows.NumExpected(), kNone);
  std::vector<bool> taken(rows.NumGot(), false);
  for (const Likeness& one : likenesses) {
    if (got_of[one.expected] != kNone || taken[one.got]) continue;
    got_of[one.expected] = one.got;
    taken[one.got] = true;
  }
  std::vector<Places> pairs;
  pairs.reserve(expected.size());
  for (const std::size_t i : expected) pairs.push_back({i, got_of[i]});
  for (const std::size_t k : got) {
    if (!taken[k]) pairs.push_back({kNone, k});
  }
  return pairs;
}

// ---- as a person reads them ----

std::string InQuotes(const std::string& text) { return "\"" + text + "\""; }

std::string TextCell(const std::string& text) {
  const bool plain = contract::CellFormOf(text) == CellForm::kText && text != "null" &&
                     text != "~" && !text.empty() && contract::Trim(text).size() == text.size();
  return plain ? text : InQuotes(text);
}

std::string NestedText(const YamlNode& node) {
  if (node.is_null()) return "null";
  if (node.is_scalar()) {
    return contract::CellFormOf(node) == CellForm::kText ? Json(node.text).dump() : node.text;
  }
  std::string text;
  for (const YamlNode& item : node.items) text += (text.empty() ? "" : ",") + NestedText(item);
  if (node.is_list()) return "[" + text + "]";
  for (const contract::YamlEntry& entry : node.entries) {
    text += (text.empty() ? "" : ",") + Json(entry.key).dump() + ":" + NestedText(entry.value);
  }
  return "{" + text + "}";
}

std::string ExpectedText(const YamlNode* cell) {
  if (cell == nullptr) return "(any)";
  if (cell->is_null()) return "null";
  if (!cell->is_scalar()) return NestedText(*cell);
  return cell->quoted ? TextCell(cell->text) : cell->text;
}

std::string GotText(const std::optional<std::string>& cell, const Type& type) {
  if (!cell) return "null";
  return type.kind == TypeKind::kString ? TextCell(*cell) : *cell;
}

// A window of the text that begins at `begin` and ends at most `kWidest` bytes behind.
std::string Window(const std::string& text, std::size_t begin) {
  constexpr std::size_t kWidest = 60;
  const auto inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  while (begin > 0 && inside(begin)) --begin;
  std::size_t end = std::min(begin + kWidest, text.size());
  while (end > begin && inside(end)) --end;
  return (begin > 0 ? "..." : "") + text.substr(begin, end - begin) +
         (end < text.size() ? "..." : "");
}

// Both values in one line each, cut so that what differs is to be seen.
void Shorten(std::string& one, std::string& other) {
  constexpr std::size_t kBefore = 20, kWide = 60;
  one = contract::Escaped(one);
  other = contract::Escaped(other);
  const auto ends = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
  const auto same = static_cast<std::size_t>(ends.first - one.begin());
  const bool long_texts = std::max(one.size(), other.size()) > kWide;
  const bool differ = same < std::max(one.size(), other.size());
  const std::size_t begin = long_texts && differ && same > kWide / 2 ? same - kBefore : 0;
  one = Window(one, std::min(begin, one.size()));
  other = Window(other, std::min(begin, other.size()));
}

RowPair ShownPair(const Rows& rows, const std::vector<ExpectedRow>& expected,
                  const engine::Grid& got, const Places& at) {
  const bool both = at.expected != kNone && at.got != kNone;
  RowPair pair;
  std::vector<std::string> left, right;
  for (std::size_t column = 0; column < got.schema.size(); ++column) {
    std::string one, other;
    if (at.expected != kNone) one = ExpectedText(expected[at.expected][column]);
    if (at.got != kNone) other = GotText(got.rows[at.got][column], got.schema[column].type);
    if (at.expected == kNone) one = other;
    if (at.got == kNone) other = one;
    Shorten(one, other);
    left.push_back(std::move(one));
    right.push_back(std::move(other));
    if (both) pair.differs.push_back(!rows.SameCell(at.expected, at.got, column));
  }
  if (at.expected != kNone) pair.expected = std::move(left);
  if (at.got != kNone) pair.got = std::move(right);
  return pair;
}

// Rows at the same place side by side.
std::vector<Places> PairInOrder(const Rows& rows) {
  std::vector<Places> pairs;
  for (std::size_t i = 0; i < std::max(rows.NumExpected(), rows.NumGot()); ++i) {
    const Places at{i < rows.NumExpected() ? i : kNone, i < rows.NumGot() ? i : kNone};
    const bool both = at.expected != kNone && at.got != kNone;
    if (!both || !rows.Same(i, i)) pairs.push_back(at);
  }
  return pairs;
}

}  // namespace

bool IsExpected(const YamlNode& expected, const std::optional<std::string>& got, const Type& type,
                const std::string& tolerance) {
  if (expected.is_null() || !got) return expected.is_null() && !got;
  if (!type.children.empty()) {
    const Result<Json> value = ParseJson(*got);
    return value.ok() && JsonIsExpected(expected, *value, type, tolerance);
  }
  return expected.is_scalar() && ScalarIsExpected(expected, *got, type, tolerance);
}

RowDiff CompareRows(const std::vector<ExpectedRow>& expected, const engine::Grid& got,
                    const Comparison& comparison) {
  RowDiff diff;
  diff.columns = FieldNames(got.schema);
  for (const Field& field : got.schema) diff.numbers.push_back(IsNumber(field.type));
  diff.expected_rows = expected.size();
  diff.got_rows = got.rows.size();
  const Rows rows(expected, got, comparison.tolerance);
  const Matching matching(rows);
  const std::vector<std::size_t> rest = matching.RestOfExpected();
  const std::vector<std::size_t> more = matching.RestOfGot();
  const bool same = rest.empty() && more.empty();
  std::vector<Places> pairs;
  if (!same) {
    pairs = comparison.ordered && rest.size() == more.size() ? PairInOrder(rows)
                                                             : PairRest(rows, rest, more);
  } else if (comparison.ordered) {
    pairs = PairInOrder(rows);
    diff.order_alone = !pairs.empty();
  }
  for (const Places& at : pairs) diff.pairs.push_back(ShownPair(rows, expected, got, at));
  return diff;
}

}  // namespace assay::run
