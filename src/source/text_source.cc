#include <filesystem>

#include "contract/utf8.h"
#include "source/line_reader.h"
#include "source/refusals.h"
#include "source/text_encoding.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr char kDetect[] = "detect";

struct TextOptions {
  bool whole_files = false;
  bool detects = false;
  Encoding encoding = Encoding::kUtf8;
};

TextOptions OptionsOf(const Json& params) {
  TextOptions options;
  options.whole_files = params.value("rows", "lines") == "files";
  const std::string encoding = params.value("encoding", "utf-8");
  options.detects = encoding == kDetect;
  for (const Encoding each : {Encoding::kLatin1, Encoding::kWindows1252}) {
    if (encoding == EncodingName(each)) options.encoding = each;
  }
  return options;
}

// One encoding for all of a file: a line of ASCII tells nothing.
Result<Encoding> DetectEncoding(const SourceFile& file) {
  TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
  LineReader lines(std::move(unpacked));
  for (;;) {
    TRY_ASSIGN(const auto line, lines.Next());
    if (!line) return Encoding::kUtf8;
    if (!line->is_too_long && contract::FindInvalidUtf8(line->text)) return Encoding::kWindows1252;
  }
}

std::string TooLong() { return "longer than " + std::to_string(kLongestText >> 20) + " MiB"; }

// Lines or whole files, as text.
class PlainTextRows : public engine::TextRows {
 public:
  PlainTextRows(std::vector<SourceFile> files, const TextOptions& options)
      : files_(std::move(files)), options_(options), encoding_(options.encoding) {}

  Result<bool> Next(Cells& cells) override {
    return options_.whole_files ? NextFile(cells) : NextLine(cells);
  }

 private:
  Result<bool> NextFile(Cells& cells) {
    if (place_.file == files_.size()) return false;
    const SourceFile& file = files_[place_.file];
    TakeNames(file);
    TRY_ASSIGN(const bool is_whole, ReadWhole(file, kLongestText, bytes_));
    if (options_.detects) {
      const bool is_utf8 = !contract::FindInvalidUtf8(bytes_);
      encoding_ = is_utf8 ? Encoding::kUtf8 : Encoding::kWindows1252;
    }
    place_.line = 1;
    Put(bytes_, !is_whole, cells);
    ++place_.file;
    return true;
  }

  Result<bool> NextLine(Cells& cells) {
    for (; place_.file < files_.size(); ++place_.file) {
      if (lines_ == nullptr) TRY(BeginFile(files_[place_.file]));
      TRY_ASSIGN(const auto line, lines_->Next());
      if (line) {
        place_.line = line->number;
        Put(line->text, line->is_too_long, cells);
        return true;
      }
      lines_ = nullptr;
    }
    return false;
  }

  void TakeNames(const SourceFile& file) {
    const std::filesystem::path path(file.location);
    folder_ = path.parent_path().filename().string();
    name_ = path.filename().string();
  }

  Status BeginFile(const SourceFile& file) {
    TakeNames(file);
    if (options_.detects) {
      TRY_ASSIGN(encoding_, DetectEncoding(file));
    }
    TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
    lines_ = std::make_unique<LineReader>(std::move(unpacked));
    return {};
  }

  void Put(std::string_view bytes, bool is_too_long, Cells& cells) {
    place_.reason = is_too_long ? TooLong() : Fault(bytes);
    place_.column = place_.reason.empty() ? "" : "text";
    std::string_view text = bytes;
    if (place_.reason.empty() && encoding_ != Encoding::kUtf8) {
      decoded_.clear();
      AppendInUtf8(bytes, encoding_, decoded_);
      text = decoded_;
    }
    place_cells_.Put(place_, text, cells);
    const std::size_t own = kPlaceColumns.size();
    cells[own] = place_.reason.empty() ? std::optional<std::string_view>(text) : std::nullopt;
    cells[own + 1] = files_[place_.file].location;
    cells[own + 2] = folder_;
    cells[own + 3] = name_;
    cells[own + 4] = EncodingName(encoding_);
  }

  // Why bytes are no text of the encoding.
  std::string Fault(std::string_view bytes) const {
    const auto place = [&](std::size_t offset) {
      const std::string_view before = bytes.substr(0, offset);
      if (!options_.whole_files) {
        return " as character " + std::to_string(contract::CountCharacters(before) + 1);
      }
      const contract::LineColumn found = contract::LineColumnOf(bytes, offset);
      return " in line " + std::to_string(found.line) + " as character " +
             std::to_string(found.column);
    };
    if (encoding_ == Encoding::kUtf8) {
      if (const auto invalid = contract::FindInvalidUtf8(bytes)) {
        return "not UTF-8: the byte " +
               std::to_string(static_cast<unsigned char>(bytes[*invalid])) + place(*invalid);
      }
    }
    const std::size_t zero = bytes.find('\0');
    return zero == std::string_view::npos ? "" : "no text: a zero byte" + place(zero);
  }

  std::vector<SourceFile> files_;
  TextOptions options_;
  Encoding encoding_;
  std::unique_ptr<LineReader> lines_;
  RowPlace place_;
  PlaceCells place_cells_;
  std::string bytes_, decoded_, folder_, name_;
};

Result<SourceRead> Read(const SourceContext& context) {
  const TextOptions options = OptionsOf(context.params);
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  for (const char* own : {"body", "path", "folder", "name", "encoding"}) {
    table.columns.emplace_back(own);
  }
  table.open = [files = context.files, options]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(std::make_unique<PlainTextRows>(files, options));
  };
  std::vector<FoundColumn> columns = {{"text", "found.body"}};
  if (!options.whole_files) columns.push_back({"line", "found.line::BIGINT"});
  columns.insert(columns.end(),
                 {{"file", "found.path"}, {"folder", "found.folder"}, {"name", "found.name"}});
  if (options.detects) columns.push_back({"encoding", "found.encoding"});
  SourceRead read =
      ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns, "", false);
  read.refused_hint =
      "look at the encoding; `encoding: detect` takes what is not UTF-8 for "
      "windows-1252";
  return read;
}

}  // namespace

SourceKind text_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "text",
           .summary = "text files, a row for each line or for each file",
           .help =
               "Columns are `text`; `line`, its number from 1, where rows are lines; `file`, the "
               "path in the project; `folder`, the name of the folder that the file is in; "
               "`name`, that of the file. A line ends with a line feed, or carriage return and "
               "line feed; a byte-order mark is left out, and all else stays as it is.\n\n"
               "With `encoding: utf-8` a row that is not UTF-8 is refused, with the byte and its "
               "place, and readable as `NAME.refused`. `latin-1` and `windows-1252` give every "
               "byte a meaning. `detect` takes a file that is UTF-8 for that and any other for "
               "windows-1252, and the column `encoding` says which. A row with a zero byte is "
               "refused in every encoding: that is no text (UTF-16, for one), and so is one of "
               "more "
               "than 256 MiB. Files whose name ends in `.gz` or `.zst` are unpacked as they are "
               "read.",
           .version = 1,
           .params = {{.name = "files",
                       .type = ParamType::kPaths,
                       .summary = "path or glob, or a list of them",
                       .required = true},
                      {.name = "rows",
                       .type = ParamType::kChoice,
                       .summary = "what becomes a row",
                       .by_default = "lines",
                       .choices = {"lines", "files"}},
                      {.name = "encoding",
                       .type = ParamType::kChoice,
                       .summary = "how characters are written in bytes",
                       .by_default = "utf-8",
                       .choices = {"utf-8", "latin-1", "windows-1252", kDetect}}},
           .refuses = [](const Json&) { return true; },
           .suffixes = WithPacked({".txt"}),
           .example = "sources:\n  mails:\n    kind: text\n    files: [mails/ham/*, mails/spam/*]\n"
                      "    rows: files\n    encoding: detect\n"},
      .read = Read};
}

}  // namespace assay::source
