#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "contract/utf8.h"
#include "source/json_text.h"
#include "source/refusals.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLargestAnnotations = std::size_t{1} << 30;  // in memory as a whole

// What follows the places in the table.
enum CocoCell {
  kImage,
  kImageWidth,
  kImageHeight,
  kCategory,
  kXMin,
  kYMin,
  kXMax,
  kYMax,
  kArea,
  kIsCrowd,
  kImageId,
  kAnnotationId,
  kCategoryId,
  kCocoCells
};
constexpr std::array kCocoColumns = {
    "image", "image_width", "image_height", "category", "x_min",         "y_min",      "x_max",
    "y_max", "area",        "iscrowd",      "image_id", "annotation_id", "category_id"};
static_assert(kCocoColumns.size() == kCocoCells);

using CocoCells = std::array<std::optional<std::string>, kCocoCells>;

struct CocoImage {
  std::string file_name;
  std::optional<std::string> width, height;
};

// The value of a member; the last one where a key comes twice is not ours to choose: none is.
std::optional<JsonValue> MemberNamed(const std::vector<JsonMember>& members, std::string_view key,
                                     bool& is_twice) {
  std::optional<JsonValue> found;
  for (const JsonMember& member : members) {
    std::string own;
    AppendDecoded(member.key, own);
    if (own != key) continue;
    is_twice = is_twice || found.has_value();
    found = member.value;
  }
  return found;
}

std::string TextOf(const JsonValue& value) {
  if (value.form != JsonForm::kString) return std::string(value.text);
  std::string text;
  AppendDecoded(value.text, text);
  return text;
}

bool IsWholeText(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

std::optional<double> FiniteNumber(const JsonValue& value) {
  if (value.form != JsonForm::kNumber) return std::nullopt;
  double number = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto parsed = std::from_chars(value.text.data(), end, number);
  const bool is_number = parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

std::string DoubleText(double number) {
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), number);
  return {buffer, written.ptr};
}

// The members of an object by name, one after the other; the first thing wrong with them.
class ObjectMembers {
 public:
  explicit ObjectMembers(const JsonValue& value) {
    if (value.form == JsonForm::kObject) {
      members_ = MembersOf(value);
    } else {
      Refuse("", "no object");
    }
  }

  std::optional<JsonValue> Find(const char* key) {
    bool is_twice = false;
    const auto found = MemberNamed(members_, key, is_twice);
    if (is_twice) Refuse(key, std::string("`") + key + "` comes twice");
    if (!found || found->form == JsonForm::kNull) return std::nullopt;
    return found;
  }
  // A number or a text, which must be there.
  std::string Id(const char* key) {
    const auto value = Find(key);
    if (!value) return Refuse(key, std::string("no `") + key + "`"), "";
    if (value->form != JsonForm::kNumber && value->form != JsonForm::kString) {
      Refuse(key, std::string("`") + key + "` is neither a number nor a text");
    }
    return TextOf(*value);
  }
  std::string Text(const char* key) {
    const auto value = Find(key);
    if (!value) return Refuse(key, std::string("no `") + key + "`"), "";
    if (value->form != JsonForm::kString) Refuse(key, std::string("`") + key + "` is no text");
    std::string text = TextOf(*value);
    if (text.find('\0') != std::string::npos) {
      Refuse(key, std::string("`") + key + "` has a zero character");
    }
    return text;
  }
  std::optional<std::string> Whole(const char* key) {
    const auto value = Find(key);
    if (!value) return std::nullopt;
    if (value->form != JsonForm::kNumber || !IsWholeText(value->text)) {
      Refuse(key, std::string("`") + key + "` is no whole number");
    }
    return std::string(value->text);
  }
  std::optional<std::string> Number(const char* key) {
    const auto value = Find(key);
    if (!value) return std::nullopt;
    if (!FiniteNumber(*value)) Refuse(key, std::string("`") + key + "` is no number");
    return std::string(value->text);
  }

  void Refuse(const std::string& column, const std::string& reason) {
    if (!reason_.empty()) return;
    column_ = column;
    reason_ = reason;
  }
  const std::string& column() const { return column_; }
  const std::string& reason() const { return reason_; }

 private:
  std::vector<JsonMember> members_;
  std::string column_, reason_;
};

// One file: its annotations, and the images and categories that they name.
class CocoDocument {
 public:
  Status Load(const SourceFile& file) {
    file_ = file;
    TRY_ASSIGN(const bool is_whole, ReadWhole(file, kLargestAnnotations, text_));
    if (!is_whole) {
      return Error{ErrorCode::kData, file.location + " is larger than 1 GiB",
                   "cut it into several files"};
    }
    JsonValue value;
    if (const auto fault = ScanJson(text_, value)) {
      return Error{ErrorCode::kData, PlaceOf(fault->offset) + " is not JSON: " + fault->reason,
                   "mend the file, or take it away"};
    }
    if (value.form != JsonForm::kObject) {
      return Error{ErrorCode::kData,
                   file.location + " is no object with `images`, `annotations` and `categories`",
                   "look whether it has annotations as COCO writes them"};
    }
    const std::vector<JsonMember> members = MembersOf(value);
    TRY_ASSIGN(const std::vector<JsonValue> images, ListNamed(members, "images"));
    TRY_ASSIGN(const std::vector<JsonValue> categories, ListNamed(members, "categories"));
    TRY_ASSIGN(annotations_, ListNamed(members, "annotations"));
    for (const JsonValue& image : images) TRY(AddImage(image));
    for (const JsonValue& category : categories) TRY(AddCategory(category));
    return {};
  }

  // The next annotation as cells; false behind the last. What is wrong with it stands in `place`.
  bool Next(RowPlace& place, std::string_view& shown, CocoCells& cells) {
    if (next_ == annotations_.size()) return false;
    const JsonValue& annotation = annotations_[next_++];
    shown = annotation.text;
    place.line = LineOf(annotation);
    cells = {};
    ObjectMembers members(annotation);
    Put(members, cells);
    place.column = members.column();
    place.reason = members.reason();
    return true;
  }

 private:
  std::string PlaceOf(std::size_t offset) const {
    const contract::LineColumn place = contract::LineColumnOf(text_, offset);
    return file_.location + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  }
  std::string PlaceOf(const JsonValue& value) const {
    return PlaceOf(static_cast<std::size_t>(value.text.data() - text_.data()));
  }

  std::int64_t LineOf(const JsonValue& value) {
    const auto offset = value.text.data() - text_.data();
    line_ += std::count(text_.begin() + counted_, text_.begin() + offset, '\n');
    counted_ = offset;
    return line_;
  }

  Result<std::vector<JsonValue>> ListNamed(const std::vector<JsonMember>& members,
                                           const char* key) const {
    bool is_twice = false;
    const auto found = MemberNamed(members, key, is_twice);
    if (found && found->form == JsonForm::kList && !is_twice) return ItemsOf(*found);
    return Error{ErrorCode::kData,
                 file_.location + (is_twice ? " has twice" : " has no list") + " `" + key + "`",
                 "look whether it has annotations as COCO writes them"};
  }

  Status CheckEntry(const ObjectMembers& members, const JsonValue& value, bool is_new,
                    const char* what, const std::string& id) const {
    constexpr char kMend[] = "mend the file: all that name it would be in doubt";
    if (!members.reason().empty()) {
      return Error{ErrorCode::kData,
                   PlaceOf(value) + ": " + what + " cannot be read: " + members.reason(), kMend};
    }
    if (is_new) return {};
    return Error{ErrorCode::kData,
                 PlaceOf(value) + ": " + what + " has an id that another has: " + id, kMend};
  }

  Status AddImage(const JsonValue& value) {
    ObjectMembers members(value);
    const std::string id = members.Id("id");
    CocoImage image{members.Text("file_name"), members.Whole("width"), members.Whole("height")};
    const bool is_new = images_.emplace(id, std::move(image)).second;
    return CheckEntry(members, value, is_new, "an image", id);
  }

  Status AddCategory(const JsonValue& value) {
    ObjectMembers members(value);
    const std::string id = members.Id("id");
    const bool is_new = categories_.emplace(id, members.Text("name")).second;
    return CheckEntry(members, value, is_new, "a category", id);
  }

  void Put(ObjectMembers& members, CocoCells& cells) const {
    if (!members.reason().empty()) return;
    cells[kAnnotationId] = members.Id("id");
    cells[kImageId] = members.Id("image_id");
    cells[kCategoryId] = members.Id("category_id");
    const auto image = images_.find(*cells[kImageId]);
    const auto category = categories_.find(*cells[kCategoryId]);
    if (image == images_.end()) {
      members.Refuse("image_id", "no image has the id " + *cells[kImageId]);
    } else {
      cells[kImage] = image->second.file_name;
      cells[kImageWidth] = image->second.width;
      cells[kImageHeight] = image->second.height;
    }
    if (category == categories_.end()) {
      members.Refuse("category_id", "no category has the id " + *cells[kCategoryId]);
    } else {
      cells[kCategory] = category->second;
    }
    PutBox(members, cells);
    cells[kArea] = members.Number("area");
    if (const auto crowd = members.Find("iscrowd")) {
      const std::string text(crowd->text);
      if (text != "0" && text != "1" && text != "true" && text != "false") {
        members.Refuse("iscrowd", "`iscrowd` is neither 0 nor 1");
      }
      cells[kIsCrowd] = text == "1" || text == "true" ? "true" : "false";
    }
  }

  static void PutBox(ObjectMembers& members, CocoCells& cells) {
    const auto box = members.Find("bbox");
    if (!box) return members.Refuse("bbox", "no `bbox`");
    std::vector<double> sides;
    if (box->form == JsonForm::kList) {
      for (const JsonValue& item : ItemsOf(*box)) {
        const auto number = FiniteNumber(item);
        if (!number) break;
        sides.push_back(*number);
      }
      if (sides.size() != ItemsOf(*box).size()) sides.clear();
    }
    if (sides.size() != 4) return members.Refuse("bbox", "`bbox` is no list of four numbers");
    cells[kXMin] = DoubleText(sides[0]);
    cells[kYMin] = DoubleText(sides[1]);
    cells[kXMax] = DoubleText(sides[0] + sides[2]);
    cells[kYMax] = DoubleText(sides[1] + sides[3]);
  }

  SourceFile file_;
  std::string text_;
  std::unordered_map<std::string, CocoImage> images_;
  std::unordered_map<std::string, std::string> categories_;
  std::vector<JsonValue> annotations_;
  std::size_t next_ = 0;
  std::ptrdiff_t counted_ = 0;  // bytes whose lines are counted
  std::int64_t line_ = 1;
};

// All annotations of the files, as text.
class CocoRows : public engine::TextRows {
 public:
  explicit CocoRows(std::vector<SourceFile> files) : files_(std::move(files)) {}

  Result<bool> Next(Cells& cells) override {
    for (; place_.file < files_.size(); ++place_.file) {
      if (document_ == nullptr) {
        document_ = std::make_unique<CocoDocument>();
        TRY(document_->Load(files_[place_.file]));
      }
      std::string_view shown;
      if (document_->Next(place_, shown, values_)) {
        place_cells_.Put(place_, shown, cells);
        // What is known of a refused row is none of the column's values.
        if (!place_.reason.empty()) values_ = {};
        for (std::size_t i = 0; i < values_.size(); ++i) {
          cells[kPlaceColumns.size() + i] =
              values_[i] ? std::optional<std::string_view>(*values_[i]) : std::nullopt;
        }
        return true;
      }
      document_ = nullptr;
    }
    return false;
  }

  const CocoCells& values() const { return values_; }
  const RowPlace& place() const { return place_; }

 private:
  std::vector<SourceFile> files_;
  std::unique_ptr<CocoDocument> document_;
  RowPlace place_;
  PlaceCells place_cells_;
  CocoCells values_;
};

// Which of the ids are whole numbers in all rows: the others are texts.
Result<std::array<bool, kCocoCells>> WholeIds(const std::vector<SourceFile>& files) {
  std::array<bool, kCocoCells> whole;
  whole.fill(true);
  CocoRows rows(files);
  engine::TextRows::Cells cells(kPlaceColumns.size() + kCocoCells);
  for (;;) {
    TRY_ASSIGN(const bool is_row, rows.Next(cells));
    if (!is_row) return whole;
    if (!rows.place().reason.empty()) continue;
    for (std::size_t i = kImageId; i < kCocoCells; ++i) {
      whole[i] = whole[i] && IsWholeText(*rows.values()[i]);
    }
  }
}

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(const auto whole, WholeIds(context.files));
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  std::vector<FoundColumn> columns;
  for (std::size_t i = 0; i < kCocoCells; ++i) {
    const std::string name = kCocoColumns[i];
    table.columns.push_back(name);
    std::string sql = "found." + name;
    if (i == kImageWidth || i == kImageHeight || (i >= kImageId && whole[i])) sql += "::BIGINT";
    if (i >= kXMin && i <= kArea) sql += "::DOUBLE";
    if (i == kIsCrowd) sql += "::BOOLEAN";
    columns.push_back({name, sql});
  }
  table.open = [files = context.files]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(std::make_unique<CocoRows>(files));
  };
  SourceRead read = ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns,
                                  context.params.value("file_column", ""), false);
  read.refused_hint = "look whether the annotations name images and categories of the same file";
  return read;
}

}  // namespace

SourceKind coco_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "coco",
           .summary = "boxes of objects in images, as COCO writes them in JSON",
           .help =
               "A row for each of the `annotations`, with the image and the category that it "
               "names: "
               "`image` (the file's name), `image_width`, `image_height`, `category`, `x_min`, "
               "`y_min`, `x_max`, `y_max` in pixels, `area`, `iscrowd`, `image_id`, "
               "`annotation_id` and `category_id`, which are numbers where all of them are. Images "
               "without a box make no row; the kind `images` lists files.\n\n"
               "An annotation that names no image or category of its file, or whose box is no "
               "list of four numbers, is refused with its line and reason, and readable as "
               "`NAME.refused`. Boxes that are empty, or reach beyond the image, are rows: that is "
               "for a gate to judge. A file is at most 1 GiB; one that is no JSON, or gives two "
               "images or categories one id, is an error. Files whose name ends in `.gz` or `.zst` "
               "are unpacked as they are read.",
           .version = 1,
           .params = {{.name = "files",
                       .type = ParamType::kPaths,
                       .summary = "path or glob, or a list of them",
                       .required = true},
                      {.name = "file_column",
                       .type = ParamType::kString,
                       .summary = "name of a column that gets the name of each row's file of "
                                  "annotations"}},
           .refuses = [](const Json&) { return true; },
           .example = "sources:\n  boxes:\n    kind: coco\n    files: "
                      "annotations/instances_*.json\n"},
      .read = Read};
}

}  // namespace assay::source
