#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include "base/letter_case.h"
#include "contract/utf8.h"
#include "contract/yaml.h"
#include "source/image_header.h"
#include "source/line_reader.h"
#include "source/refusals.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLargestClassFile = 4 << 20;
constexpr std::size_t kLargestYoloImage = std::size_t{1} << 30;

// What follows the places in the table.
enum YoloCell {
  kLabelFile,
  kClassId,
  kClass,
  kXCenter,
  kYCenter,
  kWidth,
  kHeight,
  kConfidence,
  kImage,
  kImageWidth,
  kImageHeight,
  kYoloCells
};
constexpr std::array kYoloColumns = {"file",     "class_id",    "class",       "x_center",
                                     "y_center", "width",       "height",      "confidence",
                                     "image",    "image_width", "image_height"};
static_assert(kYoloColumns.size() == kYoloCells);

enum class YoloPart { kLabels, kClasses, kImage, kOther };

std::string FileNameOf(const std::string& location) {
  return Lower(std::filesystem::path(location).filename().string());
}

YoloPart PartOf(const std::string& location) {
  const std::string name = FileNameOf(location);
  const std::string suffix = std::filesystem::path(name).extension().string();
  if (suffix == ".yaml" || suffix == ".yml" || name == "classes.txt" || suffix == ".names") {
    return YoloPart::kClasses;
  }
  if (suffix == ".txt") return YoloPart::kLabels;
  for (const char* image : {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"}) {
    if (suffix == image) return YoloPart::kImage;
  }
  return YoloPart::kOther;
}

// What a label file and its image have in common: `images/train/a.jpg`, `labels/train/a.txt`.
std::string YoloKey(const std::string& location) {
  std::filesystem::path path(location);
  path.replace_extension();
  std::vector<std::string> parts;
  for (const std::filesystem::path& part : path) parts.push_back(part.string());
  for (std::size_t i = parts.size(); i-- > 0;) {
    if (i + 1 == parts.size() || parts[i] != "images") continue;
    parts[i] = "labels";
    break;
  }
  std::string key;
  for (const std::string& part : parts) key += "/" + part;
  return key;
}

struct YoloImage {
  std::string location;
  std::int64_t width = 0;
  std::int64_t height = 0;
};

struct YoloFiles {
  std::vector<std::size_t> labels;          // numbers among the source's files
  std::map<std::size_t, YoloImage> images;  // of label files that have one
  std::vector<std::string> classes;
  bool has_classes = false;
  bool has_images = false;
};

Error WrongClasses(const SourceFile& file, const std::string& what) {
  return {ErrorCode::kData, file.location + " names no classes: " + what,
          "write `names: [cat, dog]` in it, or `names: {0: cat, 1: dog}`; or one name in each line "
          "of classes.txt"};
}

// `names` of a data.yaml: a list, or a mapping of numbers, which must be all from 0 on.
Result<std::vector<std::string>> ClassesOfYaml(const SourceFile& file, const std::string& text) {
  contract::Diagnostics diagnostics;
  const auto root = contract::ParseYaml(file.location, text, diagnostics);
  if (!root) {
    const Json first = diagnostics.ToJson().at(0);
    const contract::Place place{file.location, first.at("line").get<int>(),
                                first.at("column").get<int>()};
    return Error{ErrorCode::kData,
                 PlaceText(place) + " is not YAML: " + first.at("message").get<std::string>(),
                 first.at("hint").get<std::string>()};
  }
  const contract::YamlNode* names = root->Find("names");
  if (names == nullptr) return WrongClasses(file, "it has no `names`");
  std::vector<std::string> classes;
  for (const contract::YamlNode& item : names->items) {
    if (!item.is_scalar()) return WrongClasses(file, "an item of `names` is no text");
    classes.push_back(item.text);
  }
  classes.resize(classes.size() + names->entries.size());
  std::vector<bool> known(classes.size(), false);
  for (const contract::YamlEntry& entry : names->entries) {
    std::size_t number = 0;
    const char* const end = entry.key.data() + entry.key.size();
    const auto parsed = std::from_chars(entry.key.data(), end, number);
    const bool is_next = parsed.ec == std::errc() && parsed.ptr == end && number < classes.size() &&
                         !known[number] && entry.value.is_scalar();
    if (!is_next) return WrongClasses(file, "its numbers are not 0, 1, 2 and so on: " + entry.key);
    known[number] = true;
    classes[number] = entry.value.text;
  }
  if (classes.empty()) return WrongClasses(file, "its `names` are empty");
  return classes;
}

Result<std::vector<std::string>> ClassesOf(const SourceFile& file) {
  std::string text;
  TRY_ASSIGN(const bool is_whole, ReadWhole(file, kLargestClassFile, text));
  if (!is_whole) return WrongClasses(file, "it is larger than 4 MiB");
  if (contract::FindInvalidUtf8(text) || text.find('\0') != std::string::npos) {
    return WrongClasses(file, "it is no text in UTF-8");
  }
  const std::string name = FileNameOf(file.location);
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return ClassesOfYaml(file, text);
  std::vector<std::string> classes;
  for (const std::string& line : contract::SplitLines(text)) {
    classes.emplace_back(contract::Trim(line));
  }
  while (!classes.empty() && classes.back().empty()) classes.pop_back();
  if (classes.empty()) return WrongClasses(file, "it is empty");
  if (std::ranges::find(classes, "") != classes.end()) {
    return WrongClasses(file, "a line within it is empty");
  }
  return classes;
}

Result<YoloImage> ImageOf(const SourceFile& file) {
  std::string bytes;
  TRY_ASSIGN(const bool is_whole, ReadWhole({file.object, ""}, kLargestYoloImage, bytes));
  constexpr char kHint[] = "copy or write the file again, or take it away";
  if (!is_whole) return Error{ErrorCode::kData, file.location + " is larger than 1 GiB", kHint};
  const auto header = ReadImageHeader(bytes);
  if (!header.ok()) {
    return Error{ErrorCode::kData,
                 file.location + " is no image whose size can be read: " + header.error().message,
                 kHint};
  }
  return YoloImage{file.location, header->width, header->height};
}

// Which image goes with which labels: the one at the same place, else the only one of this name.
Status MatchImages(const std::vector<SourceFile>& files, YoloFiles& found) {
  std::map<std::string, std::vector<std::size_t>> by_key, by_name;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (PartOf(files[i].location) != YoloPart::kImage) continue;
    found.has_images = true;
    by_key[YoloKey(files[i].location)].push_back(i);
    by_name[std::filesystem::path(files[i].location).stem().string()].push_back(i);
  }
  for (const std::size_t label : found.labels) {
    const std::string& location = files[label].location;
    auto image = by_key.find(YoloKey(location));
    if (image == by_key.end()) {
      image = by_name.find(std::filesystem::path(location).stem().string());
      if (image == by_name.end()) continue;
    }
    if (image->second.size() > 1) {
      return Error{ErrorCode::kData,
                   "several images may be that of " + location + ": " +
                       files[image->second[0]].location + ", " + files[image->second[1]].location,
                   "give images and labels the same names in folders `images` and `labels`"};
    }
    TRY_ASSIGN(found.images[label], ImageOf(files[image->second[0]]));
  }
  return {};
}

Result<YoloFiles> SortFiles(const std::vector<SourceFile>& files) {
  YoloFiles found;
  std::string class_file;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const SourceFile& file = files[i];
    switch (PartOf(file.location)) {
      case YoloPart::kLabels:
        found.labels.push_back(i);
        break;
      case YoloPart::kClasses: {
        TRY_ASSIGN(std::vector<std::string> classes, ClassesOf(file));
        if (found.has_classes && classes != found.classes) {
          return Error{ErrorCode::kData,
                       "two files name different classes: " + class_file + ", " + file.location,
                       "leave one of them out"};
        }
        found.classes = std::move(classes);
        found.has_classes = true;
        class_file = file.location;
        break;
      }
      case YoloPart::kImage:
        break;
      case YoloPart::kOther:
        return Error{ErrorCode::kData,
                     file.location +
                         " is neither labels (.txt), nor an image, nor names classes "
                         "(data.yaml, classes.txt)",
                     "leave it out of `files`"};
    }
  }
  if (found.labels.empty()) {
    return Error{ErrorCode::kData, "no file of labels (.txt) is among the files",
                 "add them to `files`, as `labels/*.txt`"};
  }
  TRY(MatchImages(files, found));
  return found;
}

std::string YoloNumber(double number) {
  char buffer[32];
  const auto written = std::to_chars(buffer, buffer + sizeof(buffer), number);
  return {buffer, written.ptr};
}

// A row for each line of the label files.
class YoloRows : public engine::TextRows {
 public:
  YoloRows(std::vector<SourceFile> files, YoloFiles found)
      : files_(std::move(files)), found_(std::move(found)) {}

  Result<bool> Next(Cells& cells) override {
    for (; at_ < found_.labels.size(); ++at_) {
      place_.file = found_.labels[at_];
      if (lines_ == nullptr) {
        TRY_ASSIGN(auto unpacked, UnpackedFile::Open(files_[place_.file]));
        lines_ = std::make_unique<LineReader>(std::move(unpacked));
      }
      for (;;) {
        TRY_ASSIGN(const auto line, lines_->Next());
        if (!line) break;
        if (!line->is_too_long && contract::Trim(line->text).empty()) continue;
        place_.line = line->number;
        place_.column.clear();
        place_.reason.clear();
        values_ = {};
        if (line->is_too_long) {
          Refuse("", "a line of more than 256 MiB");
        } else {
          Take(line->text);
        }
        Put(line->text, cells);
        return true;
      }
      lines_ = nullptr;
    }
    return false;
  }

 private:
  void Refuse(const std::string& column, const std::string& reason) {
    if (!place_.reason.empty()) return;
    place_.column = column;
    place_.reason = reason;
  }

  // `0 0.5 0.5 0.2 0.1`: class, middle and size; behind them may be how sure a model was.
  void Take(std::string_view line) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; at < line.size() && words.size() < 8;) {
      const std::size_t first = line.find_first_not_of(" \t\r", at);
      if (first == std::string_view::npos) break;
      const std::size_t end = std::min(line.find_first_of(" \t\r", first), line.size());
      words.push_back(line.substr(first, end - first));
      at = end;
    }
    if (words.size() != 5 && words.size() != 6) {
      const bool is_polygon = words.size() > 6;
      return Refuse("", is_polygon ? "more than a class, a box and a confidence, as of a polygon"
                                   : "a class and four numbers are expected, and there are " +
                                         std::to_string(words.size()) + " words");
    }
    TakeClass(words[0]);
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t cell = kClass + i;
      double number = 0;
      const char* const end = words[i].data() + words[i].size();
      const auto parsed = std::from_chars(words[i].data(), end, number);
      if (parsed.ec != std::errc() || parsed.ptr != end || !std::isfinite(number)) {
        return Refuse(kYoloColumns[cell], "not a number: " + ShownText(words[i].substr(0, 100)));
      }
      values_[cell] = YoloNumber(number);
    }
  }

  void TakeClass(std::string_view word) {
    // Some programs write all numbers alike: `3.0`.
    const std::string_view whole = word.ends_with(".0") ? word.substr(0, word.size() - 2) : word;
    std::int64_t number = 0;
    const auto parsed = std::from_chars(whole.data(), whole.data() + whole.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != whole.data() + whole.size() || number < 0) {
      return Refuse("class_id", "not the number of a class: " + ShownText(word.substr(0, 100)));
    }
    values_[kClassId] = std::to_string(number);
    if (!found_.has_classes) return;
    if (static_cast<std::uint64_t>(number) >= found_.classes.size()) {
      return Refuse("class_id", "no class has the number " + std::to_string(number));
    }
    values_[kClass] = found_.classes[static_cast<std::size_t>(number)];
  }

  void Put(std::string_view line, Cells& cells) {
    values_[kLabelFile] = files_[place_.file].location;
    if (const auto image = found_.images.find(place_.file); image != found_.images.end()) {
      values_[kImage] = image->second.location;
      values_[kImageWidth] = std::to_string(image->second.width);
      values_[kImageHeight] = std::to_string(image->second.height);
    }
    place_cells_.Put(place_, line, cells);
    for (std::size_t i = 0; i < values_.size(); ++i) {
      cells[kPlaceColumns.size() + i] =
          values_[i] ? std::optional<std::string_view>(*values_[i]) : std::nullopt;
    }
  }

  std::vector<SourceFile> files_;
  YoloFiles found_;
  std::size_t at_ = 0;
  std::unique_ptr<LineReader> lines_;
  RowPlace place_;
  PlaceCells place_cells_;
  std::array<std::optional<std::string>, kYoloCells> values_;
};

Result<SourceRead> Read(const SourceContext& context) {
  TRY_ASSIGN(YoloFiles found, SortFiles(context.files));
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  for (const char* own : kYoloColumns) table.columns.push_back(std::string("y_") + own);
  std::vector<FoundColumn> columns = {{"file", "found.y_file"},
                                      {"class_id", "found.y_class_id::BIGINT"},
                                      {"x_center", "found.y_x_center::DOUBLE"},
                                      {"y_center", "found.y_y_center::DOUBLE"},
                                      {"width", "found.y_width::DOUBLE"},
                                      {"height", "found.y_height::DOUBLE"},
                                      {"confidence", "found.y_confidence::DOUBLE"}};
  if (found.has_classes) {
    columns.insert(columns.begin() + 2, FoundColumn{"class", "found.y_class"});
  }
  if (found.has_images) {
    const auto edge = [](const char* center, const char* size, const char* sign,
                         const char* pixels) {
      return std::string("(found.y_") + center + "::DOUBLE " + sign + " found.y_" + size +
             "::DOUBLE / 2) * found.y_image_" + pixels + "::DOUBLE";
    };
    columns.insert(columns.end(), {{"image", "found.y_image"},
                                   {"image_width", "found.y_image_width::BIGINT"},
                                   {"image_height", "found.y_image_height::BIGINT"},
                                   {"x_min", edge("x_center", "width", "-", "width")},
                                   {"y_min", edge("y_center", "height", "-", "height")},
                                   {"x_max", edge("x_center", "width", "+", "width")},
                                   {"y_max", edge("y_center", "height", "+", "height")}});
  }
  table.open = [files = context.files, found]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(std::make_unique<YoloRows>(files, found));
  };
  SourceRead read =
      ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns, "", false);
  read.refused_hint = "look whether the lines are a class and four numbers";
  return read;
}

}  // namespace

SourceKind yolo_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "yolo",
           .summary = "boxes of objects in images, as YOLO writes them in text files",
           .help =
               "`files` are the label files (`.txt`), and what goes with them: the file that names "
               "the classes (`data.yaml` with `names`, or `classes.txt` or `*.names` with a name "
               "in "
               "each line), and the images, where boxes in pixels are wanted. A row for each line: "
               "`file`, `class_id`, `class` where classes are named, `x_center`, `y_center`, "
               "`width`, `height` as parts of the image's, and `confidence` where a sixth number "
               "stands. With images there are `image`, `image_width`, `image_height`, `x_min`, "
               "`y_min`, `x_max` and `y_max` in pixels, null where labels have no image. An image "
               "is that of the same name in a folder `images` beside `labels`, else the only one "
               "of this name.\n\n"
               "A line that is no class with four or five numbers, or whose class has no name, is "
               "refused with its file, line and reason, and readable as `NAME.refused`. Boxes that "
               "are empty, or reach beyond the image, are rows: that is for a gate to judge.",
           .version = 1,
           .params = {{.name = "files",
                       .type = ParamType::kPaths,
                       .summary = "path or glob, or a list of them: labels, class names, images",
                       .required = true}},
           .refuses = [](const Json&) { return true; },
           .example = "sources:\n  boxes:\n    kind: yolo\n    files: [labels/*.txt, data.yaml, "
                      "images/*.jpg]\n"},
      .read = Read};
}

}  // namespace assay::source
