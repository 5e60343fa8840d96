#include "engine/sql_text.h"
#include "step/column_names.h"
#include "step/step.h"

namespace assay::step {
namespace {

using contract::TextsOf;
using engine::NameList;

// The columns whose values decide, as arguments of a function.
std::string Hashed(const Json& params) {
  return params.contains("by") ? NameList(TextsOf(params, "by")) : "*COLUMNS(*)";
}

std::string Share(const Json& params, const std::string& input, const std::string& seed) {
  return "SELECT * FROM " + input + " WHERE assay_bucket(" + seed + "::UBIGINT, " + Hashed(params) +
         ") < " + std::to_string(params.at("share").get<std::int64_t>());
}

// The rows of a group with the smallest hashes; those that are equal in `by` follow each other by
// the hash of all columns, and rows that still tie are wholly equal.
std::string SomeRows(const Json& params, const std::string& input, const std::string& seed) {
  const std::string hash = "assay_row_hash(" + seed + "::BIGINT, ";
  const bool has_by = params.contains("by");
  const std::string more =
      has_by ? ", assay_row_hash(*COLUMNS(*)) AS _assay_sample_tie" : std::string();
  const std::string per = NameList(TextsOf(params, "per"));
  return "SELECT * EXCLUDE (_assay_sample" + std::string(has_by ? ", _assay_sample_tie" : "") +
         ") FROM (SELECT *, " + hash + Hashed(params) + ") AS _assay_sample" + more + " FROM " +
         input + ") QUALIFY row_number() OVER (" +
         (per.empty() ? "" : "PARTITION BY " + per + " ") + "ORDER BY _assay_sample" +
         (has_by ? ", _assay_sample_tie" : "") +
         ") <= " + std::to_string(params.at("rows").get<std::int64_t>());
}

Result<std::string> Select(const Json& params) {
  const std::string input = engine::QuoteName(params.at("input").get<std::string>());
  const std::string seed = std::to_string(params.value("seed", std::int64_t{0}));
  return params.contains("share") ? Share(params, input, seed) : SomeRows(params, input, seed);
}

Status CheckParams(const Json& params) {
  if (params.contains("share") == params.contains("rows")) {
    return Error{ErrorCode::kUser, "a sample step needs either `share` or `rows`",
                 "write `share: 10 %`, or `rows: 100` with `per: [COLUMN]`"};
  }
  if (params.contains("share") && params.contains("per")) {
    return Error{ErrorCode::kUser, "`per` says nothing beside `share`",
                 "a share by hash is about the same share of every group"};
  }
  if (params.value("share", std::int64_t{1}) == 0 || params.value("rows", std::int64_t{1}) < 1) {
    return Error{ErrorCode::kUser, "a sample step leaves no rows", "write a larger number"};
  }
  if (const std::int64_t seed = params.value("seed", std::int64_t{0}); seed < 0) {
    return Error{ErrorCode::kUser, "a seed is not negative: " + std::to_string(seed), ""};
  }
  TRY(CheckNamedOnce("by", TextsOf(params, "by")));
  return CheckNamedOnce("per", TextsOf(params, "per"));
}

Status Check(const StepContext& context) {
  TRY(CheckColumns(InputOf(context), TextsOf(context.params, "by")));
  return CheckColumns(InputOf(context), TextsOf(context.params, "per"));
}

}  // namespace

StepKind sample_step() {
  using contract::ParamType;
  return {
      .info = {.name = "sample",
               .summary = "takes some of the rows, always the same ones",
               .help =
                   "A hash of the row and the seed decides, so a row that is in stays in when "
                   "more data arrives (a share) and on every machine. `by` names the columns "
                   "that are hashed: rows equal in them are all in or all out of a share, which "
                   "keeps the rows of one customer together. Null is a value like any "
                   "other.\n\n"
                   "`share: 10 %` takes about that share of the rows, and of every group in "
                   "them; the number differs by chance. Wholly equal rows are all in or all "
                   "out. `rows: 100` takes exactly so many, or all where there are fewer; with "
                   "`per`, so many of each group of equal values, which evens classes out. The "
                   "hash is that of the hash split: leave the split's seed and this one "
                   "different, or a sample by the same columns lies in one split alone.",
               .version = 1,
               .params = {{.name = "input",
                           .type = ParamType::kInput,
                           .summary = "the node whose rows are taken",
                           .required = true},
                          {.name = "share",
                           .type = ParamType::kShare,
                           .summary = "about this share of the rows"},
                          {.name = "rows",
                           .type = ParamType::kInteger,
                           .summary = "instead: so many rows"},
                          {.name = "per",
                           .type = ParamType::kColumns,
                           .summary = "with rows: so many for each value of these columns"},
                          {.name = "by",
                           .type = ParamType::kColumns,
                           .summary = "columns whose values decide (default: all)"},
                          {.name = "seed",
                           .type = ParamType::kInteger,
                           .summary = "another seed is another sample",
                           .by_default = 0}},
               .by_select = true,
               .check = CheckParams,
               .example = "steps:\n  some: {kind: sample, input: flights, share: 10 %, seed: 1}\n"},
      .select = Select,
      .check = Check,
      .order_free = true};
}

}  // namespace assay::step
