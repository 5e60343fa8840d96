#include "run/prepare_version.h"

#include <map>

#include "gate/verdict.h"
#include "prepare/fit.h"
#include "prepare/parity.h"
#include "run/table_sql.h"
#include "run/version_ref.h"
#include "run/write_split.h"

namespace assay::run {
namespace {

constexpr const char* kTrain = "train";

std::vector<prepare::Declaration> DeclarationsOf(const contract::Dataset& dataset) {
  std::vector<prepare::Declaration> declared;
  declared.reserve(dataset.prepare.size());
  for (const contract::TransformDecl& transform : dataset.prepare) {
    declared.push_back({transform.kind, transform.column, transform.params, transform.keep});
  }
  return declared;
}

Result<const store::SplitTable*> TrainOf(const contract::Dataset& dataset,
                                         const store::Commit& commit) {
  std::string names;
  for (const store::SplitTable& split : commit.tables) {
    if (split.name == kTrain) return &split;
    names += (names.empty() ? "" : ", ") + split.name;
  }
  return Error{ErrorCode::kUser,
               PlaceText(dataset.split_place) +
                   ": a preparation learns from the split `train`, the splits are: " + names,
               "give the split a `train`"};
}

// One check for each step; its name is unique.
gate::Verdict ParityVerdict(const contract::Dataset& dataset,
                            const prepare::Preparation& preparation,
                            const prepare::ParityReport& report) {
  gate::Verdict verdict;
  verdict.gate = dataset.name + ".parity";
  verdict.owner = dataset.owner;
  verdict.rows = report.rows;
  verdict.bad_rows = contract::BadRows::kKeep;
  std::map<std::string, int> names;
  for (const prepare::StepParity& parity : report.steps) {
    const prepare::Declaration& declared = preparation.steps()[parity.step].declared;
    gate::CheckFinding finding;
    finding.name = declared.kind + "_" + declared.column;
    if (const int seen = ++names[finding.name]; seen > 1) {
      finding.name += "_" + std::to_string(seen);
    }
    finding.kind = "parity";
    finding.column = declared.column;
    finding.dimension = "consistency";
    finding.severity = "error";
    finding.expected = "the same bits in SQL and for one row";
    finding.observed = parity.different == 0 ? "the same" : parity.example;
    finding.owner = dataset.owner;
    finding.bad = parity.different;
    finding.place = PlaceText(dataset.prepare[parity.step].place);
    if (parity.different > 0) {
      finding.verdict = gate::VerdictKind::kFail;
      verdict.verdict = gate::VerdictKind::kFail;
      verdict.faulty = std::max(verdict.faulty, parity.different);
    }
    verdict.checks.push_back(std::move(finding));
  }
  return verdict;
}

}  // namespace

Result<bool> PrepareVersion(Workspace& workspace, const contract::Dataset& dataset,
                            BuiltVersion& built, std::vector<std::string>& warnings) {
  if (dataset.prepare.empty()) return false;
  store::Commit& commit = built.commit;
  TRY_ASSIGN(const store::SplitTable* train, TrainOf(dataset, commit));
  TRY_ASSIGN(engine::Engine * engine, workspace.Engine());
  const std::string table = TableSql(workspace.objects(), SplitAsTable(commit, *train));
  std::vector<std::string> places;
  places.reserve(dataset.prepare.size());
  for (const contract::TransformDecl& transform : dataset.prepare) {
    places.push_back(PlaceText(transform.place));
  }
  TRY_ASSIGN(prepare::FitResult fit,
             prepare::Fit(*engine, DeclarationsOf(dataset), places,
                          {table, commit.schema, {kTrain, train->rows, train->digest}}));
  for (std::string& warning : fit.warnings) warnings.push_back(std::move(warning));
  const prepare::Preparation& preparation = fit.preparation;
  TRY_ASSIGN(const prepare::ParityReport parity,
             prepare::CheckParity(*engine, preparation, table, train->rows));
  const gate::Verdict verdict = ParityVerdict(dataset, preparation, parity);
  built.verdicts.push_back(VerdictJson(verdict));
  if (verdict.verdict == gate::VerdictKind::kFail) return true;

  TRY_ASSIGN(const std::string text, preparation.Text());
  TRY_ASSIGN(commit.preparation, workspace.objects().Put(text));
  for (const store::SplitTable& split : commit.tables) {
    const std::string from = TableSql(workspace.objects(), SplitAsTable(commit, split));
    TRY_ASSIGN(store::SplitTable prepared,
               WriteSplit(workspace, *engine, preparation.Sql(from), split.name));
    commit.prepared.push_back(std::move(prepared));
  }
  return false;
}

Result<prepare::Preparation> ReadPreparation(const store::ObjectStore& objects,
                                             const store::Commit& commit) {
  if (commit.preparation.empty()) {
    return Error{ErrorCode::kUser, "this version has no preparation: " + commit.dataset,
                 "declare `prepare:` in the dataset and run again"};
  }
  TRY_ASSIGN(const std::string text, objects.Get(commit.preparation));
  return prepare::Preparation::Parse(text);
}

Result<store::Commit> AsPrepared(const store::ObjectStore& objects, const store::Commit& commit) {
  TRY_ASSIGN(const prepare::Preparation preparation, ReadPreparation(objects, commit));
  store::Commit prepared = commit;
  prepared.schema = preparation.output();
  prepared.tables = commit.prepared;
  return prepared;
}

}  // namespace assay::run
