#include <algorithm>

#include "contract/type_name.h"
#include "contract/utf8.h"
#include "source/json_rows.h"
#include "source/json_text.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

// A document is in memory as a whole.
constexpr std::size_t kLargestDocument = std::size_t{1} << 30;

std::string PlaceIn(const SourceFile& file, std::string_view text, std::size_t offset) {
  const contract::LineColumn place = contract::LineColumnOf(text, offset);
  return file.location + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

std::size_t OffsetIn(std::string_view text, std::string_view part) {
  return static_cast<std::size_t>(part.data() - text.data());
}

// The parts of a JSON Pointer (RFC 6901).
Result<std::vector<std::string>> PointerParts(const std::string& pointer) {
  std::vector<std::string> parts;
  if (pointer.empty()) return parts;
  const Error wrong{ErrorCode::kUser, "not a JSON Pointer: " + pointer,
                    "write the keys from the outermost on, each behind a slash: /data/rows; a "
                    "slash in a key is ~1, a tilde ~0"};
  if (pointer[0] != '/') return wrong;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      parts.emplace_back();
      continue;
    }
    if (pointer[i] != '~') {
      parts.back() += pointer[i];
      continue;
    }
    const char escaped = i + 1 < pointer.size() ? pointer[++i] : ' ';
    if (escaped != '0' && escaped != '1') return wrong;
    parts.back() += escaped == '0' ? '~' : '/';
  }
  return parts;
}

std::optional<JsonValue> StepInto(const JsonValue& value, const std::string& part) {
  if (value.form == JsonForm::kList) {
    const std::vector<JsonValue> items = ItemsOf(value);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (std::to_string(i) == part) return items[i];
    }
    return std::nullopt;
  }
  if (value.form != JsonForm::kObject) return std::nullopt;
  for (const JsonMember& member : MembersOf(value)) {
    std::string key;
    AppendDecoded(member.key, key);
    if (key == part) return member.value;
  }
  return std::nullopt;
}

// The objects of a document, and the lines on which they begin.
class DocumentItems : public JsonItems {
 public:
  Status Load(const SourceFile& file, const std::string& records) {
    TRY_ASSIGN(const bool is_whole, ReadWhole(file, kLargestDocument, text_));
    if (!is_whole) {
      return Error{ErrorCode::kData,
                   file.location + " is larger than 1 GiB, which is the most of one JSON document",
                   "write JSON lines, which are read one by one"};
    }
    JsonValue value;
    if (const auto fault = ScanJson(text_, value)) {
      return Error{ErrorCode::kData,
                   PlaceIn(file, text_, fault->offset) + " is not JSON: " + fault->reason,
                   "mend the file; for one object in each line write `kind: jsonl`"};
    }
    TRY_ASSIGN(const std::vector<std::string> parts, PointerParts(records));
    for (const std::string& part : parts) {
      const std::optional<JsonValue> inner = StepInto(value, part);
      if (!inner) {
        return Error{ErrorCode::kData, file.location + " has nothing at `records`: " + records,
                     "`" + part + "` is not in the value at " +
                         PlaceIn(file, text_, OffsetIn(text_, value.text))};
      }
      value = *inner;
    }
    if (value.form == JsonForm::kObject) {
      items_ = {value};
    } else if (value.form == JsonForm::kList) {
      items_ = ItemsOf(value);
    } else {
      return Error{ErrorCode::kData,
                   PlaceIn(file, text_, OffsetIn(text_, value.text)) +
                       " is neither an object nor a list of objects",
                   "say where the rows are, as `records: /data/rows`"};
    }
    return {};
  }

  Result<std::optional<JsonItem>> Next() override {
    if (next_ == items_.size()) return std::optional<JsonItem>();
    const std::string_view text = items_[next_++].text;
    const std::size_t offset = OffsetIn(text_, text);
    line_ += std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_),
                        text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    counted_ = offset;
    return std::optional<JsonItem>({line_, text, ""});
  }

 private:
  std::string text_;
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
                       "1 GiB. " +
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
