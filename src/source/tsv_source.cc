#include "source/delimited_text.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

Result<SourceRead> ReadTabbed(const SourceContext& context) {
  Json params = context.params;
  if (!params.contains("delimiter")) params["delimiter"] = "\\t";
  return ReadDelimited({context.engine, params, context.files});
}

}  // namespace

SourceKind tsv_source() {
  return {
      .info = {.name = "tsv",
               .summary = "text files with a tab between cells",
               .help = "`csv` with a tab as its delimiter; all that is said there holds here too. "
                       "Files that know no quotes, where a cell may begin with one, are read "
                       "with `quote: none`.",
               .version = 2,
               .params = DelimitedParams("\\t"),
               .refuses = [](const Json&) { return true; },
               .ledger = contract::Ledger::kAlways,
               .check = CheckDelimited,
               .suffixes = WithPacked({".tsv", ".tab"}),
               .example = "sources:\n  words: {files: data/words.tsv, quote: none}\n"},
      .read = ReadTabbed};
}

}  // namespace assay::source
