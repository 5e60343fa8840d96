#include "cli/verdict_text.h"

namespace assay::cli {
namespace {

// `50,222 of 502,228 rows (10 %)` for counted rows, `0.02 % of 452,006 rows` for a number.
std::string Observed(const Json& check, const Json& slice) {
  const std::string observed = MemberText(slice, "observed");
  const std::string rows = Rows(MemberCount(slice, "rows"));
  const std::string kind = MemberText(check, "kind");
  if (kind == "share") return observed + " of " + rows;
  const std::uint64_t bad = MemberCount(slice, "bad");
  if (bad > 0 && kind != "type") return Grouped(bad) + " of " + rows + " (" + observed + ")";
  return observed + " over " + rows;
}

void AddFinding(const Terminal& terminal, const Json& check, const Json& slice,
                const std::string& owner, TextTable& table) {
  const std::string expected = MemberText(check, "expected");
  std::string rule = MemberText(check, "column");
  rule += (rule.empty() ? "" : " ") + expected;
  table.Add({PaintVerdict(terminal, MemberText(slice, "verdict"), false), MemberText(check, "name"),
             MemberText(slice, "slice").empty() ? "all rows" : MemberText(slice, "slice"),
             Observed(check, slice), "expected: " + rule, owner});
}

}  // namespace

std::string OwnerOf(const Json& json) {
  const std::string name = MemberText(json, "name");
  const std::string email = MemberText(json, "email");
  if (email.empty()) return name;
  return name.empty() ? email : name + " <" + email + ">";
}

std::string PaintVerdict(const Terminal& terminal, const std::string& verdict, bool to_stderr) {
  Tone tone = Tone::kPlain;
  if (verdict == "pass") tone = Tone::kGood;
  if (verdict == "warn") tone = Tone::kWarning;
  if (verdict == "fail") tone = Tone::kBad;
  return terminal.Paint(verdict, tone, to_stderr);
}

std::string FindingsText(const Terminal& terminal, const Json& verdict, const std::string& indent) {
  TextTable table({});
  bool any = false;
  const std::string gate_owner = OwnerOf(verdict.value("owner", Json::object()));
  for (const char* wanted : {"fail", "warn"}) {
    for (const Json& check : verdict.value("checks", Json::array())) {
      if (MemberText(check, "verdict") != wanted) continue;
      const std::string own = OwnerOf(check.value("owner", Json::object()));
      const std::string owner = own.empty() ? gate_owner : own;
      bool in_slice = false;
      for (const Json& slice : check.value("slices", Json::array())) {
        if (MemberText(slice, "verdict") != wanted) continue;
        AddFinding(terminal, check, slice, owner, table);
        in_slice = any = true;
      }
      if (in_slice) continue;
      // Only the whole of the rows says so.
      Json total = check;
      total["slice"] = "";
      total["rows"] = MemberCount(verdict, "rows");
      AddFinding(terminal, check, total, owner, table);
      any = true;
    }
  }
  std::string text = any ? table.Text(indent) : "";
  if (const std::string note = MemberText(verdict, "note"); !note.empty()) {
    text += (text.empty() ? "" : "\n") + indent + note;
  }
  return text;
}

}  // namespace assay::cli
