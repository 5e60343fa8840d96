/// Runs the cases of a project: each step and gate by the code that a run uses, over rows in the
/// engine's memory. No store is opened, and nothing is written.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "contract/cases.h"
#include "contract/diagnostic.h"
#include "engine/engine.h"
#include "run/case_diff.h"
#include "run/case_table.h"
#include "run/execute.h"
#include "run/prepared.h"
#include "step/step.h"

namespace assay::run {

/// The folder of a project that its cases are in.
inline constexpr const char* kCasesFolder = "tests";

/// One thing that is not as the case expects.
struct CaseFinding {
  contract::Place place;
  std::string message;  ///< may have several lines
  std::string hint;     ///< may be empty
  std::optional<RowDiff> diff;
};

struct CaseOutcome {
  std::string name, node;
  contract::Place place;
  std::vector<CaseFinding> findings;  ///< none: passed
  bool could_not_run = false;         ///< nothing came that could be compared
  double seconds = 0;

  bool passed() const { return findings.empty(); }
};

/// The cases of all `tests/**/*.yaml` (and `.yml`), by file. What is wrong with them goes to
/// `diagnostics`.
std::vector<contract::Case> FindCases(const std::filesystem::path& folder,
                                      contract::Diagnostics& diagnostics);

/// Reports what the cases name and the project does not have, and values of no type; also of cases
/// that were read with mistakes.
void CheckCases(const std::vector<contract::Case>& cases, const Prepared& prepared,
                contract::Diagnostics& diagnostics);

/// Which cases are wanted; nothing: all. What is given unites.
struct CaseSelection {
  std::vector<std::string> names;   ///< of files, folders, nodes or cases
  std::vector<std::string> labels;  ///< `tag:nightly`, of their nodes
};

/// A name that fits no case is kUser, with the nearest that does.
Result<std::vector<contract::Case>> SelectCases(const std::vector<contract::Case>& cases,
                                                const CaseSelection& selection,
                                                const plan::Graph& graph);

class CaseRunner {
 public:
  /// All must outlive it. `memory_bytes` as engine::Options has it.
  CaseRunner(const Prepared& prepared, const Clock& clock, std::uint64_t memory_bytes)
      : prepared_(prepared), clock_(clock), memory_bytes_(memory_bytes) {}

  /// Opens the engine.
  Status Open();
  /// An error is our bug, or the environment's; all else is in the outcome. Of a case that
  /// `CheckCases` found good.
  Result<CaseOutcome> Run(const contract::Case& test);

 private:
  /// What a node made of the rows of a case.
  struct Made {
    engine::Grid rows;
    /// The last column has the names of the checks, of a step why it refuses the row.
    std::optional<engine::Grid> refused;
    std::string verdict, verdict_reasons;
  };
  /// What is found out once of a step over inputs of these types.
  struct StepFacts {
    bool ordered = false;  ///< the answer depends on the order of rows
    Schema columns;        ///< of the SQL; none where the engine cannot describe it
    std::optional<engine::Trace> join;
    Once once;
  };

  std::filesystem::path folder() const { return prepared_.project.folder; }
  Result<Made> Make(const contract::Case& test, std::vector<CaseFinding>& mistakes);
  Result<std::vector<step::StepInput>> GivenTables(const contract::Case& test,
                                                   const plan::Node& node,
                                                   std::vector<CaseFinding>& mistakes);
  Result<Made> MakeStep(const contract::Declared& step, std::vector<step::StepInput> inputs);
  Result<engine::Grid> RefusedBy(const step::StepKind& kind, const contract::Declared& step,
                                 const std::vector<step::StepInput>& inputs);
  Result<engine::Grid> RowsOfSelect(const step::StepKind& kind, const contract::Declared& step,
                                    std::vector<step::StepInput> inputs);
  Result<StepFacts> FactsOf(const step::StepKind& kind, const contract::Declared& step,
                            const std::string& query, const std::vector<step::StepInput>& inputs);
  Result<Made> MakeGate(const contract::Case& test, const contract::Gate& gate,
                        const std::vector<step::StepInput>& inputs);
  Result<engine::Grid> RowsOf(const std::string& query, const Schema& schema);
  Result<step::StepInput> Sorted(const step::StepInput& input);
  Status ShowAsViews(const std::vector<step::StepInput>& inputs);
  Status Compare(const contract::Case& test, const Made& made, CaseOutcome& outcome);

  const Prepared& prepared_;
  const Clock& clock_;
  const std::uint64_t memory_bytes_;
  std::unique_ptr<engine::Engine> engine_;
  std::map<std::string, std::string> views_;  ///< name -> what it was made of
  std::map<std::string, StepFacts> facts_;
};

}  // namespace assay::run
