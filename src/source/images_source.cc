#include <array>
#include <filesystem>

#include "base/hash.h"
#include "source/image_header.h"
#include "source/refusals.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr std::size_t kLargestImage = std::size_t{1} << 30;

// What follows the places in the table.
enum ImageCell {
  kPath,
  kFolder,
  kName,
  kBytes,
  kSha256,
  kFormat,
  kWidth,
  kHeight,
  kMode,
  kChannels,
  kBitDepth,
  kOrientation,
  kFrames,
  kContent,
  kImageCells
};

// A row for each file.
class ImageRows : public engine::TextRows {
 public:
  ImageRows(std::vector<SourceFile> files, bool with_content)
      : files_(std::move(files)), with_content_(with_content) {}

  Result<bool> Next(Cells& cells) override {
    if (place_.file == files_.size()) return false;
    const SourceFile& file = files_[place_.file];
    place_.line = 1;
    TRY_ASSIGN(place_.reason, Look(file));
    place_cells_.Put(place_, file.location, cells);
    for (int i = 0; i < kImageCells; ++i) {
      const std::optional<std::string>& value = values_[static_cast<std::size_t>(i)];
      auto& cell = cells[kPlaceColumns.size() + static_cast<std::size_t>(i)];
      cell = value ? std::optional<std::string_view>(*value) : std::nullopt;
    }
    ++place_.file;
    return true;
  }

 private:
  // Takes the values of a file; why it is no image, or nothing.
  Result<std::string> Look(const SourceFile& file) {
    values_ = {};
    const std::filesystem::path path(file.location);
    values_[kPath] = file.location;
    values_[kFolder] = path.parent_path().filename().string();
    values_[kName] = path.filename().string();
    // By its own name, so that nothing is unpacked, and with no byte-order mark taken away.
    TRY_ASSIGN(const bool is_whole, ReadBytes(file));
    if (!is_whole) return std::string("larger than 1 GiB");
    const auto header = ReadImageHeader(bytes_);
    if (!header.ok()) return header.error().message;
    values_[kBytes] = std::to_string(bytes_.size());
    values_[kSha256] = Sha256Hex(bytes_);
    values_[kFormat] = header->format;
    values_[kWidth] = std::to_string(header->width);
    values_[kHeight] = std::to_string(header->height);
    if (!header->mode.empty()) values_[kMode] = header->mode;
    PutNumber(kChannels, header->channels);
    PutNumber(kBitDepth, header->bit_depth);
    PutNumber(kOrientation, header->orientation);
    values_[kFrames] = std::to_string(header->frames);
    if (with_content_) values_[kContent] = Hex(bytes_);
    return std::string();
  }

  Result<bool> ReadBytes(const SourceFile& file) {
    TRY_ASSIGN(const auto plain, UnpackedFile::Open({file.object, ""}));
    bytes_.clear();
    for (std::size_t step = 64 * 1024; bytes_.size() <= kLargestImage; step = 1 << 20) {
      const std::size_t before = bytes_.size();
      bytes_.resize(before + step);
      TRY_ASSIGN(const std::size_t size, plain->Read(bytes_.data() + before, step));
      bytes_.resize(before + size);
      if (size == 0) return true;
    }
    return false;
  }

  void PutNumber(ImageCell cell, const std::optional<int>& number) {
    if (number) values_[cell] = std::to_string(*number);
  }

  std::vector<SourceFile> files_;
  bool with_content_;
  RowPlace place_;
  PlaceCells place_cells_;
  std::string bytes_;
  std::array<std::optional<std::string>, kImageCells> values_;
};

Result<SourceRead> Read(const SourceContext& context) {
  const bool with_content = context.params.value("content", false);
  engine::TextTable table;
  table.columns.assign(kPlaceColumns.begin(), kPlaceColumns.end());
  for (const char* own : {"path", "folder", "name", "bytes", "sha256", "format", "width", "height",
                          "mode", "channels", "bit_depth", "orientation", "frames", "content"}) {
    table.columns.emplace_back(own);
  }
  table.open = [files = context.files,
                with_content]() -> Result<std::unique_ptr<engine::TextRows>> {
    return std::unique_ptr<engine::TextRows>(std::make_unique<ImageRows>(files, with_content));
  };
  std::vector<FoundColumn> columns = {{"file", "found.path"},
                                      {"folder", "found.folder"},
                                      {"name", "found.name"},
                                      {"bytes", "found.bytes::BIGINT"},
                                      {"sha256", "found.sha256"},
                                      {"format", "found.format"},
                                      {"width", "found.width::BIGINT"},
                                      {"height", "found.height::BIGINT"},
                                      {"mode", "found.mode"},
                                      {"channels", "found.channels::BIGINT"},
                                      {"bit_depth", "found.bit_depth::BIGINT"},
                                      {"orientation", "found.orientation::BIGINT"},
                                      {"frames", "found.frames::BIGINT"}};
  if (with_content) columns.push_back({"content", "unhex(found.content)"});
  SourceRead read =
      ReadFoundRows(context, context.engine.AddTextTable(std::move(table)), columns, "", false);
  read.refused_hint = "look at the files: none is a whole image of a known format";
  return read;
}

}  // namespace

SourceKind images_source() {
  using contract::ParamType;
  return {
      .info =
          {.name = "images",
           .summary = "image files, a row for each",
           .help =
               "Columns are `file`, the path in the project; `folder`, the name of the folder that "
               "the file is in, and `name`, that of the file; `bytes` and `sha256` of it; and what "
               "its header tells: `format` (`png`, `jpeg`, `gif`, `bmp`, `webp`, `tiff`), `width` "
               "and `height` in pixels, `mode` (`gray`, `gray_alpha`, `palette`, `rgb`, `rgba`, "
               "`cmyk`), `channels`, `bit_depth` of a channel, `orientation` and `frames`. With "
               "`content: true` the column `content` has the bytes themselves.\n\n"
               "Width and height are as stored; an `orientation` of 5 to 8 (EXIF) means that a "
               "viewer shows the image on its side. No pixel is decoded: that the parts of a file "
               "are whole is told from their sizes, marks and, in a PNG, checksums. A file that is "
               "no image, is cut short or damaged, or larger than 1 GiB is refused with the "
               "reason, and readable as `NAME.refused`.",
           .version = 1,
           .params = {{.name = "files",
                       .type = ParamType::kPaths,
                       .summary = "path or glob, or a list of them",
                       .required = true},
                      {.name = "content",
                       .type = ParamType::kBool,
                       .summary = "adds a column with the bytes of each file",
                       .by_default = false}},
           .refuses = [](const Json&) { return true; },
           .suffixes = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"},
           .example = "sources:\n  photos: {files: photos/*/*.jpg}\n"},
      .read = Read};
}

}  // namespace assay::source
