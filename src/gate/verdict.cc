#include "gate/verdict.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "contract/number_text.h"

namespace assay::gate {
namespace {

using contract::BoundOp;
using contract::CheckSeverity;

// One side of a bound. For shares a plain number is a fraction.
struct Side {
  std::string number;
  bool percent = false;
};

Result<Side> ParseSide(const std::string& text, bool share, bool percent_unit) {
  bool percent = false;
  if (text == "true" || text == "false") return Side{text == "true" ? "1" : "0", false};
  if (!contract::IsNumberOrPercent(text, percent)) {
    return Error{ErrorCode::kUser, "not a number to compare with: " + text, ""};
  }
  if (percent && !share) {
    return Error{ErrorCode::kUser, "a percentage where a plain number is expected: " + text,
                 "write it without %"};
  }
  const std::string number = percent ? text.substr(0, text.find_first_of(" %")) : text;
  if (share && !percent && !percent_unit && contract::CompareNumbers(number, "1") > 0) {
    return Error{ErrorCode::kUser, "a share is at most 1, or 100 %: " + text,
                 "write " + text + " % if a percentage is meant"};
  }
  return Side{number, percent || percent_unit};
}

// Negative, zero or positive as the observed number lies below, at or above the side. A share is
// compared without a division: count * 100 with percent * rows.
int Compare(const std::string& number, const Side& side, std::optional<std::int64_t> share_of) {
  if (!share_of) return contract::CompareNumbers(number, side.number);
  return contract::CompareNumbers(contract::MultiplyNumber(number, side.percent ? 100 : 1),
                                  contract::MultiplyNumber(side.number, *share_of));
}

std::string PercentText(long double share) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4Lg %%", share * 100);
  return buffer;
}

VerdictKind Worse(VerdictKind a, VerdictKind b) { return std::max(a, b); }

// One check in one slice.
class CheckJudge {
 public:
  CheckJudge(const JudgedCheck& check, const Thresholds& thresholds)
      : check_(check),
        warn_above_(check.decl.warn_above.value_or(thresholds.warn_above)),
        fail_above_(check.decl.fail_above.value_or(thresholds.fail_above)),
        min_rows_(thresholds.min_rows) {}

  Result<SliceFinding> Slice(const SliceCounts& counts, std::size_t index) const {
    SliceFinding finding;
    finding.slice = counts.slice;
    finding.rows = counts.rows;
    if (!check_.finding.empty()) {
      finding.observed = check_.finding;
      finding.bad = counts.rows;
      finding.verdict = Failed();
      return finding;
    }
    if (check_.is_number) {
      TRY(Number(counts, index, finding));
    } else {
      finding.bad = counts.bad[index];
      finding.observed = PercentText(counts.rows == 0 ? 0
                                                      : static_cast<long double>(finding.bad) /
                                                            static_cast<long double>(counts.rows));
      if (fail_above_.IsExceeded(finding.bad, counts.rows)) {
        finding.verdict = Failed();
      } else if (warn_above_.IsExceeded(finding.bad, counts.rows)) {
        finding.verdict = VerdictKind::kWarn;
      }
    }
    if (!counts.is_total && counts.rows < min_rows_) {
      finding.judged = false;
      finding.verdict = VerdictKind::kPass;
    }
    return finding;
  }

 private:
  VerdictKind Failed() const {
    return check_.decl.severity == CheckSeverity::kError ? VerdictKind::kFail : VerdictKind::kWarn;
  }

  Status Number(const SliceCounts& counts, std::size_t index, SliceFinding& finding) const {
    const std::int64_t rows = check_.over_all_rows ? counts.rows : counts.passed;
    finding.rows = rows;
    const auto& text = counts.numbers[index];
    if (check_.age && text) return Age(*text, finding);
    if (!check_.bound && !check_.age) {
      return Error{ErrorCode::kInternal, "no bound for check: " + check_.decl.name, ""};
    }
    if (check_.is_share && rows == 0) {
      finding.judged = false;
      finding.observed = "no rows";
      return {};
    }
    const std::string words = index < counts.words.size() ? counts.words[index] : "";
    if (!text) {
      finding.observed = words.empty() ? "null" : words;
      finding.judged = rows > 0;
      finding.verdict = finding.judged ? Failed() : VerdictKind::kPass;
      return {};
    }
    finding.observed = *text;
    std::optional<std::int64_t> share_of;
    if (check_.is_share) {
      share_of = rows;
      finding.observed =
          PercentText(std::strtold(text->c_str(), nullptr) / static_cast<long double>(rows));
    }
    if (!words.empty()) finding.observed = words;
    TRY_ASSIGN(const bool holds, Holds(*check_.bound, *text, share_of));
    if (!holds) finding.verdict = Failed();
    return {};
  }

  Status Age(const std::string& number, SliceFinding& finding) const {
    finding.newest = std::strtoll(number.c_str(), nullptr, 10);
    finding.observed = AgeWords(*check_.age, *finding.newest);
    if (IsTooOld(*check_.age, *finding.newest)) finding.verdict = Failed();
    return {};
  }

  const JudgedCheck& check_;
  contract::Threshold warn_above_, fail_above_;
  std::int64_t min_rows_;
};

CheckFinding Describe(const JudgedCheck& check) {
  CheckFinding finding;
  finding.name = check.decl.name;
  finding.kind = check.decl.kind;
  finding.column = check.column;
  finding.dimension = check.decl.dimension;
  finding.severity = check.decl.severity == CheckSeverity::kError ? "error" : "warning";
  finding.place = PlaceText(check.decl.place);
  finding.expected = check.expected;
  if (check.decl.owner) finding.owner = *check.decl.owner;
  finding.age = check.age;
  if (check.bound && check.over_all_rows) {
    finding.expected += "; bad rows " + BoundText(*check.bound);
  } else if (check.bound) {
    finding.expected += (finding.expected.empty() ? "" : " ") + BoundText(*check.bound);
  }
  return finding;
}

// The union of bad rows is judged like a check of its own, by the gate's thresholds. A check that
// has thresholds of its own goes by those alone.
SliceFinding JudgeUnion(const SliceCounts& counts, const Thresholds& thresholds) {
  SliceFinding finding;
  finding.slice = counts.slice;
  finding.rows = counts.rows;
  finding.bad = counts.fail_union;
  if (thresholds.fail_above.IsExceeded(counts.fail_union, counts.rows)) {
    finding.verdict = VerdictKind::kFail;
  } else if (thresholds.warn_above.IsExceeded(counts.warn_union, counts.rows)) {
    finding.verdict = VerdictKind::kWarn;
  }
  if (!counts.is_total && counts.rows < thresholds.min_rows) {
    finding.judged = false;
    finding.verdict = VerdictKind::kPass;
  }
  return finding;
}

VerdictKind ParseVerdict(const std::string& text) {
  if (text == "pass") return VerdictKind::kPass;
  return text == "warn" ? VerdictKind::kWarn : VerdictKind::kFail;
}

Json SlicesJson(const std::vector<SliceFinding>& slices) {
  Json json = Json::array();
  for (const SliceFinding& slice : slices) {
    json.push_back(Json{{"slice", slice.slice},
                        {"rows", slice.rows},
                        {"bad", slice.bad},
                        {"observed", slice.observed},
                        {"verdict", VerdictText(slice.verdict)},
                        {"judged", slice.judged}});
  }
  return json;
}

}  // namespace

std::string VerdictText(VerdictKind verdict) {
  switch (verdict) {
    case VerdictKind::kPass:
      return "pass";
    case VerdictKind::kWarn:
      return "warn";
    case VerdictKind::kFail:
      break;
  }
  return "fail";
}

Result<bool> Holds(const contract::Bound& bound, const std::string& number,
                   std::optional<std::int64_t> share_of) {
  std::vector<std::optional<Side>> sides;
  for (const std::string& text : bound.values) {
    if (text.empty()) {
      sides.emplace_back(std::nullopt);
      continue;
    }
    TRY_ASSIGN(Side side, ParseSide(text, share_of.has_value(), bound.percent));
    sides.emplace_back(std::move(side));
  }
  const bool two = bound.op == BoundOp::kBetween || bound.op == BoundOp::kNotBetween;
  if (sides.size() != (two ? 2U : 1U) || (!two && !sides[0])) {
    return Error{ErrorCode::kInternal, "a bound with the wrong number of values", ""};
  }
  // NaN and the infinities of an average are no place on the line that a bound could mean.
  if (!contract::IsNumber(number)) {
    return bound.op == BoundOp::kNotEqual || bound.op == BoundOp::kNotBetween;
  }
  const auto order = [&](std::size_t side) { return Compare(number, *sides[side], share_of); };
  const auto inside = [&] { return (!sides[0] || order(0) >= 0) && (!sides[1] || order(1) <= 0); };
  switch (bound.op) {
    case BoundOp::kEqual:
      return order(0) == 0;
    case BoundOp::kNotEqual:
      return order(0) != 0;
    case BoundOp::kGreater:
      return order(0) > 0;
    case BoundOp::kGreaterOrEqual:
      return order(0) >= 0;
    case BoundOp::kLess:
      return order(0) < 0;
    case BoundOp::kLessOrEqual:
      return order(0) <= 0;
    case BoundOp::kBetween:
      return inside();
    case BoundOp::kNotBetween:
      break;
  }
  return !inside();
}

Result<Verdict> JudgeCounts(const std::vector<JudgedCheck>& checks, const Thresholds& thresholds,
                            const std::vector<SliceCounts>& counts) {
  Verdict verdict;
  const auto ages = [](const JudgedCheck& check) { return check.age && !check.age->is_fixed; };
  if (std::any_of(checks.begin(), checks.end(), ages)) verdict.without_age = VerdictKind::kPass;
  const auto worsen = [&](VerdictKind kind, bool is_age) {
    verdict.verdict = Worse(verdict.verdict, kind);
    if (verdict.without_age && !is_age) verdict.without_age = Worse(*verdict.without_age, kind);
  };
  for (const SliceCounts& slice : counts) {
    const SliceFinding finding = JudgeUnion(slice, thresholds);
    worsen(finding.verdict, false);
    if (slice.is_total) {
      verdict.rows = slice.rows;
      verdict.refused = slice.refused;
      verdict.faulty = slice.faulty;
    } else {
      verdict.slices.push_back(finding);
    }
  }
  for (std::size_t i = 0; i < checks.size(); ++i) {
    CheckFinding finding = Describe(checks[i]);
    const CheckJudge judge(checks[i], thresholds);
    for (const SliceCounts& slice : counts) {
      if (checks[i].total_only && !slice.is_total) continue;
      TRY_ASSIGN(SliceFinding judged,
                 judge.Slice(slice, i).While(finding.place + ": check " + finding.name));
      finding.verdict = Worse(finding.verdict, judged.verdict);
      if (slice.is_total) {
        finding.bad = judged.bad;
        finding.observed = judged.observed;
        finding.newest = judged.newest;
      } else {
        finding.slices.push_back(std::move(judged));
      }
    }
    worsen(finding.verdict, ages(checks[i]));
    verdict.checks.push_back(std::move(finding));
  }
  if (verdict.rows == 0 && verdict.verdict == VerdictKind::kPass) {
    worsen(VerdictKind::kWarn, false);
    verdict.note = "no rows to judge";
  }
  return verdict;
}

Json CountsJson(const std::vector<SliceCounts>& counts) {
  Json list = Json::array();
  for (const SliceCounts& slice : counts) {
    list.push_back(Json{{"slice", slice.slice},
                        {"total", slice.is_total},
                        {"rows", slice.rows},
                        {"passed", slice.passed},
                        {"refused", slice.refused},
                        {"faulty", slice.faulty},
                        {"fail_union", slice.fail_union},
                        {"warn_union", slice.warn_union},
                        {"bad", slice.bad}});
  }
  return list;
}

Result<std::vector<SliceCounts>> ParseCounts(const Json& json) {
  const Error wrong{ErrorCode::kData, "not the counts of a part of a gate's input",
                    "run the gate anew with --force"};
  if (!json.is_array() || json.empty()) return wrong;
  std::vector<SliceCounts> counts;
  try {
    for (const Json& slice : json) {
      SliceCounts& one = counts.emplace_back();
      slice.at("slice").get_to(one.slice);
      slice.at("total").get_to(one.is_total);
      slice.at("rows").get_to(one.rows);
      slice.at("passed").get_to(one.passed);
      slice.at("refused").get_to(one.refused);
      slice.at("faulty").get_to(one.faulty);
      slice.at("fail_union").get_to(one.fail_union);
      slice.at("warn_union").get_to(one.warn_union);
      slice.at("bad").get_to(one.bad);
      one.numbers.resize(one.bad.size());
      one.words.resize(one.bad.size());
    }
  } catch (const Json::exception&) {
    return wrong;
  }
  return counts;
}

Json VerdictJson(const Verdict& verdict) {
  Json checks = Json::array();
  for (const CheckFinding& check : verdict.checks) {
    Json json{{"name", check.name},
              {"kind", check.kind},
              {"expected", check.expected},
              {"observed", check.observed},
              {"severity", check.severity},
              {"verdict", VerdictText(check.verdict)},
              {"bad", check.bad},
              {"place", check.place},
              {"slices", SlicesJson(check.slices)}};
    if (check.newest) json["newest"] = std::to_string(*check.newest);
    if (check.age && !check.age->is_fixed) json["at_most"] = check.age->at_most;
    if (!check.column.empty()) json["column"] = check.column;
    if (!check.dimension.empty()) json["dimension"] = check.dimension;
    if (!check.owner.empty()) json["owner"] = OwnerJson(check.owner);
    checks.push_back(std::move(json));
  }
  Json json{{"gate", verdict.gate},
            {"owner", OwnerJson(verdict.owner)},
            {"verdict", VerdictText(verdict.verdict)},
            {"rows", verdict.rows},
            {"refused", verdict.refused},
            {"faulty", verdict.faulty},
            {"bad_rows", contract::BadRowsText(verdict.bad_rows)},
            {"checks", std::move(checks)}};
  if (!verdict.by.empty()) {
    json["by"] = verdict.by;
    json["slices"] = SlicesJson(verdict.slices);
  }
  if (!verdict.note.empty()) json["note"] = verdict.note;
  if (verdict.without_age) json["without_age"] = VerdictText(*verdict.without_age);
  return json;
}

bool JudgeAgesAgain(Json& verdict, std::int64_t now_micros) {
  if (!verdict.is_object() || !verdict.contains("without_age")) return false;
  VerdictKind whole = ParseVerdict(verdict.value("without_age", ""));
  for (Json& check : verdict["checks"]) {
    if (!check.contains("at_most")) continue;
    const auto micros = ParseAge(check.value("at_most", ""));
    VerdictKind kind = ParseVerdict(check.value("verdict", ""));
    // Without a moment there is nothing that could grow older.
    if (micros.ok() && check.contains("newest")) {
      const AgeLimit limit{*micros, check.value("at_most", ""), now_micros, false};
      const std::int64_t newest = std::strtoll(check.value("newest", "").c_str(), nullptr, 10);
      const bool is_error = check.value("severity", "") == "error";
      kind = !IsTooOld(limit, newest) ? VerdictKind::kPass
             : is_error               ? VerdictKind::kFail
                                      : VerdictKind::kWarn;
      check["observed"] = AgeWords(limit, newest);
      check["verdict"] = VerdictText(kind);
    }
    whole = Worse(whole, kind);
  }
  const bool changed = verdict.value("verdict", "") != VerdictText(whole);
  verdict["verdict"] = VerdictText(whole);
  return changed;
}

}  // namespace assay::gate
