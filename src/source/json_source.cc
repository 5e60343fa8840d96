#include <algorithm>

#include "contract/type_name.h"
#include "source/json_document.h"
#include "source/json_rows.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

// The objects of a document, and the lines on which they begin.
class DocumentItems : public JsonItems {
 public:
  Status Load(const SourceFile& file, const std::string& records) {
    TRY(document_.Load(file));
    TRY_ASSIGN(items_, document_.ItemsAt(records));
    return {};
  }

  Result<std::optional<JsonItem>> Next() override {
    if (next_ == items_.size()) return std::optional<JsonItem>();
    const std::string_view text = items_[next_++].text;
    const std::string_view all = document_.text();
    const auto offset = static_cast<std::size_t>(text.data() - all.data());
    const std::string_view between = all.substr(counted_, offset - counted_);
    line_ += std::count(between.begin(), between.end(), '\n');
    counted_ = offset;
    return std::optional<JsonItem>({line_, text, ""});
  }

 private:
  JsonDocument document_;
  std::vector<JsonValue> items_;
  std::size_t next_ = 0;
  std::size_t counted_ = 0;  // bytes whose lines are counted
  std::int64_t line_ = 1;
};

Result<SourceRead> Read(const SourceContext& context) {
  const std::string records = context.params.value("records", "");
  return ReadJsonRows(context,
                      [records](const SourceFile& file) -> Result<std::unique_ptr<JsonItems>> {
                        auto items = std::make_unique<DocumentItems>();
                        TRY(items->Load(file, records));
                        return std::unique_ptr<JsonItems>(std::move(items));
                      });
}

Status Check(const Json& params) {
  TRY(PointerParts(params.value("records", "")));
  return contract::CheckDeclaredTypes(params);
}

}  // namespace

SourceKind json_source() {
  using contract::ParamType;
  std::vector<contract::Param> params = JsonParams();
  params.insert(params.begin() + 1, {.name = "records",
                                     .type = ParamType::kString,
                                     .summary = "where in the document the rows are, as a JSON "
                                                "Pointer: `/data/rows`"});
  return {
      .info = {.name = "json",
               .summary = "JSON documents that hold a list of objects, or one",
               .help = "A document is a list of objects, which are the rows, or one object, "
                       "which is a row; `records` says where in the document the list or the "
                       "object stands. A document that is no JSON is an error that names line "
                       "and column; an item that is no object is refused. A document is at most "
                       "1 GiB, and is in memory as a whole, one at a time. " +
                       JsonColumnsHelp(),
               .version = 1,
               .params = std::move(params),
               .refuses = [](const Json&) { return true; },
               .check = Check,
               .suffixes = WithPacked({".json"}),
               .example = "sources:\n  answers: {files: data/answers.json, records: "
                          "/data/rows}\n"},
      .read = Read};
}

}  // namespace assay::source
