/// Kinds of steps: how a table is made of tables. One kind is one file, `*_step.cc`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/type.h"
#include "contract/kind_info.h"

namespace assay::step {

struct StepInput {
  std::string name;  ///< as the project writes it; a view of this name exists while the step runs
  Schema schema;
  std::string table;  ///< table expression with the hidden columns `file_index`, `file_row_number`
};

struct StepContext {
  const Json& params;
  const std::vector<StepInput>& inputs;
};

/// A kind makes rows (`select` or `to_sql`), takes rows out (`dropped`), or starts a program
/// (`program`).
struct StepKind {
  contract::KindInfo info;
  /// The SELECT of the step's rows by its parameters alone, over its inputs by name. All else
  /// follows from the text as of a sql step: inputs, parts, fusing, fingerprint. The kind has
  /// `info.by_select`.
  Result<std::string> (*select)(const Json& params) = nullptr;
  /// The SELECT of the step's rows where it cannot be written without the inputs' columns and
  /// types. Errors name a column that is not there, or is of a type that the step cannot use.
  Result<std::string> (*to_sql)(const StepContext& context) = nullptr;
  /// Beside `select`: such errors, before anything runs. May be nullptr.
  Status (*check)(const StepContext& context) = nullptr;
  /// The SELECT of the rows of its first input that are refused: all columns, `file_index`,
  /// `file_row_number` and `reason`, a text that names the column: `delay: no int32`. The step's
  /// own SELECT leaves them out. Of kinds with `info.refuses`.
  Result<std::string> (*refusals)(const StepContext& context) = nullptr;
  /// The SELECT of what it does to the values of its first input: `column`, `change`, `spelling`
  /// and `became` where that is known, in how many `cells`, `of` all with a value in that column.
  /// Of kinds with `info.ledger`. It is a pass of its own.
  Result<std::string> (*ledger)(const StepContext& context) = nullptr;
  /// Each row of the input is one row of the answer or a refused one: where as many come out as
  /// went in, nothing was refused, and refusals need not be looked for.
  bool row_for_row = false;
  /// The SELECT of the rows of its input that are not the step's: all columns, then `file_index`
  /// and `file_row_number`. Of a kind that only takes rows out.
  Result<std::string> (*dropped)(const StepContext& context) = nullptr;
  /// The words of a program that makes the step's rows.
  std::vector<std::string> (*program)(const Json& params) = nullptr;
  /// Inputs of which no row may come up twice in the answer, by name: the declared cardinality of a
  /// join. An error tells of a row that does.
  std::vector<std::string> (*once)(const Json& params) = nullptr;
  /// True where windows and aggregates of its SQL are of a total order (`TotalOrder`) or of none.
  /// False: people wrote parts of it, and whether the order of rows decides is looked for.
  bool order_free = false;
};

// One declaration for each *_step.cc, generated from the file names.
#include "step/all_steps_declared.inc"

const std::vector<StepKind>& AllSteps();
const StepKind* FindStep(const std::string& name);

/// The text that tells what a step computes without its inputs' columns: of `sql`, or of a kind
/// with `select`; empty for others.
Result<std::string> TextOf(const StepKind& kind, const Json& params);

/// The SELECT of a step's rows, its inputs' columns checked.
Result<std::string> StepSql(const StepKind& kind, const StepContext& context);

// ---- for the kinds ----

/// The input that a parameter names.
const StepInput& InputOf(const StepContext& context, const std::string& param = "input");

/// The column of an input, or an error with the nearest name.
Result<Field> ColumnOf(const StepInput& input, const std::string& column);
/// An error where one is not there.
Status CheckColumns(const StepInput& input, const std::vector<std::string>& columns);

/// `"a" NULLS LAST, "b" NULLS LAST, …`: the given columns, then all others of the input, so that
/// rows that still tie are wholly equal and no order of input matters.
std::string TotalOrder(const StepInput& input, const std::vector<std::string>& first,
                       bool descending = false);

}  // namespace assay::step
