#include "run/source_refusals.h"

namespace assay::run {
namespace {

constexpr char kUnparsed[] = "does not parse";
constexpr char kUndeclared[] = "is not as declared";

std::string NoteText(const SourceRefusals& refusals) {
  if (refusals.undeclared == 0) return "rows that did not parse";
  return refusals.unparsed == 0 ? "rows that are not as declared"
                                : "rows that did not parse or are not as declared";
}

}  // namespace

void PutSourceRefusals(const std::string& source, const SourceRefusals& refusals, Executed& done) {
  if (refusals.all() == 0) return;
  done.output.verdict = Json{{"gate", source},          {"verdict", "warn"},
                             {"rows", done.rows_in},    {"refused", refusals.all()},
                             {"checks", Json::array()}, {"note", NoteText(refusals)}};
  if (refusals.undeclared > 0) done.output.verdict["undeclared"] = refusals.undeclared;
  done.quarantine = store::QuarantineRow{};
  done.quarantine->gate = source;
  done.quarantine->rows = refusals.all();
  done.quarantine->table = TableJson(done.output.outputs.at("refused"));
  done.quarantine->reasons = Json::object();
  if (refusals.unparsed > 0) done.quarantine->reasons[kUnparsed] = refusals.unparsed;
  if (refusals.undeclared > 0) done.quarantine->reasons[kUndeclared] = refusals.undeclared;
}

SourceRefusals SourceRefusalsOf(const Json& verdict) {
  if (!verdict.is_object()) return {};
  SourceRefusals refusals;
  refusals.undeclared = verdict.value("undeclared", std::uint64_t{0});
  refusals.unparsed = verdict.value("refused", std::uint64_t{0}) - refusals.undeclared;
  return refusals;
}

std::vector<std::string> SourceRefusalWarnings(const std::string& source,
                                               const SourceRefusals& refusals) {
  std::vector<std::string> warnings;
  const auto add = [&](std::uint64_t rows, const char* one, const char* many) {
    if (rows == 0) return;
    warnings.push_back(std::to_string(rows) + (rows == 1 ? one : many) +
                       "; `assay quarantine show " + source + "` shows them");
  };
  add(refusals.unparsed, " row did not parse", " rows did not parse");
  add(refusals.undeclared, " row is not as declared", " rows are not as declared");
  return warnings;
}

}  // namespace assay::run
