#include "contract/type_name.h"
#include "contract/utf8.h"
#include "source/json_rows.h"
#include "source/line_reader.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

// Lines that are not blank.
class LineItems : public JsonItems {
 public:
  explicit LineItems(std::unique_ptr<UnpackedFile> file) : lines_(std::move(file)) {}

  Result<std::optional<JsonItem>> Next() override {
    for (;;) {
      TRY_ASSIGN(const auto line, lines_.Next());
      if (!line) return std::optional<JsonItem>();
      if (line->is_too_long) {
        return std::optional<JsonItem>(
            {line->number, line->text,
             "longer than " + std::to_string(kLongestText >> 20) + " MiB"});
      }
      if (contract::Trim(line->text).empty()) continue;
      return std::optional<JsonItem>({line->number, line->text, ""});
    }
  }

 private:
  LineReader lines_;
};

Result<std::unique_ptr<JsonItems>> OpenLines(const SourceFile& file) {
  TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
  return std::unique_ptr<JsonItems>(std::make_unique<LineItems>(std::move(unpacked)));
}

Result<SourceRead> Read(const SourceContext& context) { return ReadJsonRows(context, OpenLines); }

}  // namespace

SourceKind jsonl_source() {
  return {
      .info = {.name = "jsonl",
               .summary = "JSON lines, one object in each line",
               .help = "Blank lines are skipped. One line at a time is in memory, whatever the "
                       "file's size; a line is at most 256 MiB. " +
                       JsonColumnsHelp(),
               .version = 1,
               .params = JsonParams(),
               .refuses = [](const Json&) { return true; },
               .check = contract::CheckDeclaredTypes,
               .suffixes = WithPacked({".jsonl", ".ndjson"}),
               .example = "sources:\n  events:\n    files: data/events-*.jsonl.gz\n"
                          "    columns: {at: \"timestamp[us,utc]\", price: \"decimal(10,2)\"}\n"},
      .read = Read};
}

}  // namespace assay::source
