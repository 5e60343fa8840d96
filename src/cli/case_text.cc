#include "cli/case_text.h"

#include <algorithm>

namespace assay::cli {
namespace {

using run::CaseFinding;
using run::CaseOutcome;
using run::RowDiff;
using run::RowPair;

// Which columns are shown: all where they fit, else those that differ and the first.
std::vector<std::size_t> ShownColumns(const RowDiff& diff, std::size_t pairs) {
  constexpr std::size_t kAllOf = 12, kFirst = 4;
  std::vector<bool> shown(diff.columns.size(), diff.columns.size() <= kAllOf);
  for (std::size_t i = 0; i < std::min(kFirst, shown.size()); ++i) shown[i] = true;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::vector<bool>& differs = diff.pairs[i].differs;
    for (std::size_t column = 0; column < differs.size(); ++column) {
      if (differs[column]) shown[column] = true;
    }
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (shown[i]) columns.push_back(i);
  }
  return columns;
}

void AddRow(const Terminal& terminal, const char* sign, Tone tone, const RowPair& pair,
            const std::vector<std::string>& cells, const std::vector<std::size_t>& columns,
            TextTable& table) {
  std::vector<std::string> row = {terminal.Paint(sign, tone, false)};
  for (const std::size_t column : columns) {
    const bool marked = pair.differs.empty() || pair.differs[column];
    row.push_back(terminal.Paint(cells[column], marked ? tone : Tone::kPlain, false));
  }
  table.Add(std::move(row));
}

// The line of marks below a pair of rows.
void AddMarks(const RowPair& pair, const std::vector<std::size_t>& columns, TextTable& table) {
  if (pair.differs.empty()) return;
  std::vector<std::string> marks = {""};
  for (const std::size_t column : columns) {
    const std::size_t width =
        std::max(TextWidth((*pair.expected)[column]), TextWidth((*pair.got)[column]));
    marks.push_back(pair.differs[column] ? std::string(width, '^') : "");
  }
  table.Add(std::move(marks));
}

std::string WithIndent(const std::string& text, const std::string& indent) {
  std::string indented;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    indented += (begin > 0 ? "\n" + indent : "") + text.substr(begin, end - begin);
    begin = end + 1;
  }
  return indented;
}

Json PairJson(const RowDiff& diff, const RowPair& pair) {
  const auto row = [&](const std::vector<std::string>& cells) {
    Json object = Json::object();
    for (std::size_t i = 0; i < cells.size(); ++i) object[diff.columns[i]] = cells[i];
    return object;
  };
  Json json = Json::object();
  if (pair.expected) json["expected"] = row(*pair.expected);
  if (pair.got) json["got"] = row(*pair.got);
  Json differs = Json::array();
  for (std::size_t i = 0; i < pair.differs.size(); ++i) {
    if (pair.differs[i]) differs.push_back(diff.columns[i]);
  }
  if (!pair.differs.empty()) json["differs"] = std::move(differs);
  return json;
}

Json FindingJson(const CaseFinding& finding) {
  Json json{{"file", finding.place.file},
            {"line", finding.place.line},
            {"column", finding.place.column},
            {"message", finding.message}};
  if (!finding.hint.empty()) json["hint"] = finding.hint;
  if (finding.diff) {
    json["expected_rows"] = finding.diff->expected_rows;
    json["got_rows"] = finding.diff->got_rows;
    json["rows"] = Json::array();
    for (const RowPair& pair : finding.diff->pairs) {
      json["rows"].push_back(PairJson(*finding.diff, pair));
    }
  }
  return json;
}

std::size_t NumPassed(const std::vector<CaseOutcome>& outcomes) {
  return static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(),
                    [](const CaseOutcome& outcome) { return outcome.passed(); }));
}

const char* ResultText(const CaseOutcome& outcome) {
  return outcome.passed() ? "passed" : outcome.could_not_run ? "error" : "failed";
}

}  // namespace

std::string DiffText(const Terminal& terminal, const RowDiff& diff, std::size_t limit,
                     const std::string& indent) {
  const std::size_t pairs = limit == 0 ? diff.pairs.size() : std::min(limit, diff.pairs.size());
  const std::vector<std::size_t> columns = ShownColumns(diff, pairs);
  std::vector<std::string> header = {""};
  std::vector<std::size_t> right;
  for (const std::size_t column : columns) {
    if (diff.numbers[column]) right.push_back(header.size());
    header.push_back(diff.columns[column]);
  }
  TextTable table(std::move(header), right);
  for (std::size_t i = 0; i < pairs; ++i) {
    const RowPair& pair = diff.pairs[i];
    if (pair.expected) AddRow(terminal, "-", Tone::kGood, pair, *pair.expected, columns, table);
    if (pair.got) AddRow(terminal, "+", Tone::kBad, pair, *pair.got, columns, table);
    AddMarks(pair, columns, table);
  }
  std::string text = table.Text(indent);
  if (columns.size() < diff.columns.size()) {
    text += "\n" + indent + "(" + std::to_string(diff.columns.size() - columns.size()) +
            " more columns)";
  }
  const std::size_t more = diff.pairs.size() - pairs;
  if (more > 0) {
    text += "\n" + indent + "(" + Rows(more) + " more; --limit 0 shows all)";
  }
  return text;
}

std::string FailureText(const Terminal& terminal, const CaseOutcome& outcome, std::size_t limit) {
  std::string text = terminal.Paint(outcome.could_not_run ? "ERROR" : "FAILED", Tone::kBad, false) +
                     " " + PlaceText(outcome.place) + "  " +
                     terminal.Paint(outcome.name, Tone::kBold, false) + "  (" + outcome.node + ")";
  for (const CaseFinding& finding : outcome.findings) {
    const std::string place = PlaceText(finding.place);
    text += "\n  " + (place == PlaceText(outcome.place) ? "" : place + ": ") +
            WithIndent(finding.message, "    ");
    if (finding.diff) {
      text += " (- expected, + got)\n" + DiffText(terminal, *finding.diff, limit, "    ");
    }
    if (!finding.hint.empty()) {
      text += "\n    " + terminal.Paint("hint: ", Tone::kBold, false) + finding.hint;
    }
  }
  return text;
}

std::string SummaryText(const std::vector<CaseOutcome>& outcomes) {
  const std::size_t passed = NumPassed(outcomes);
  const std::size_t failed = outcomes.size() - passed;
  return std::to_string(passed) + " passed" +
         (failed > 0 ? ", " + std::to_string(failed) + " failed" : "");
}

Json OutcomesJson(const std::vector<CaseOutcome>& outcomes) {
  Json cases = Json::array();
  for (const CaseOutcome& outcome : outcomes) {
    Json json{{"file", outcome.place.file},     {"line", outcome.place.line},
              {"column", outcome.place.column}, {"name", outcome.name},
              {"node", outcome.node},           {"result", ResultText(outcome)},
              {"seconds", outcome.seconds},     {"findings", Json::array()}};
    for (const CaseFinding& finding : outcome.findings) {
      json["findings"].push_back(FindingJson(finding));
    }
    cases.push_back(std::move(json));
  }
  const std::size_t passed = NumPassed(outcomes);
  return Json{
      {"passed", passed}, {"failed", outcomes.size() - passed}, {"cases", std::move(cases)}};
}

}  // namespace assay::cli
