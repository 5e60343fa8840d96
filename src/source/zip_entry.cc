#include "source/zip_entry.h"

#include <minizip/unzip.h>

#include <algorithm>
#include <fstream>
#include <string_view>
#include <utility>

#include "contract/utf8.h"

namespace assay::source {
namespace {

constexpr std::size_t kMostEntries = 100'000;
constexpr std::size_t kLongestEntryName = 1024;
constexpr char kWriteAgain[] = "copy or write the file again, or take it away";

struct CloseArchive {
  void operator()(void* archive) const { unzClose(archive); }
};
using Archive = std::unique_ptr<void, CloseArchive>;

Error NoArchive(const SourceFile& file) {
  std::ifstream stream(file.object, std::ios::binary);
  if (!stream) return {ErrorCode::kIo, "cannot read file: " + file.location, ""};
  std::string bytes(8, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  if (bytes.empty()) {
    return {ErrorCode::kData, file.location + " is empty, so it is no zip archive", kWriteAgain};
  }
  // Both a workbook with a password and one of before 2007 stand in a container of this mark.
  if (bytes == "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
    return {ErrorCode::kData,
            file.location + " is an old .xls file, or is encrypted with a password",
            "open it and save it as .xlsx without a password"};
  }
  if (!bytes.starts_with("PK")) {
    return {ErrorCode::kData, file.location + " is no zip archive: it does not begin with PK",
            "declare the kind that it is of, or take it away"};
  }
  return {ErrorCode::kData, file.location + " is a damaged zip archive, or one that is cut short",
          kWriteAgain};
}

Result<Archive> OpenArchive(const SourceFile& file) {
  Archive archive(unzOpen64(file.object.c_str()));
  if (archive == nullptr) return NoArchive(file);
  return archive;
}

}  // namespace

Result<std::vector<std::string>> ZipEntryNames(const SourceFile& file) {
  TRY_ASSIGN(const Archive archive, OpenArchive(file));
  std::vector<std::string> names;
  int status = unzGoToFirstFile(archive.get());
  for (; status == UNZ_OK; status = unzGoToNextFile(archive.get())) {
    unz_file_info64 info{};
    std::string name(kLongestEntryName, '\0');
    const int found = unzGetCurrentFileInfo64(archive.get(), &info, name.data(), name.size(),
                                              nullptr, 0, nullptr, 0);
    if (found != UNZ_OK || info.size_filename >= name.size() || names.size() == kMostEntries) break;
    name.resize(info.size_filename);
    names.push_back(std::move(name));
  }
  if (status != UNZ_END_OF_LIST_OF_FILE) {
    return Error{ErrorCode::kData, file.location + " is a damaged zip archive: its list of files",
                 kWriteAgain};
  }
  return names;
}

Result<std::unique_ptr<ZipEntry>> ZipEntry::Open(const SourceFile& file, const std::string& name) {
  std::unique_ptr<ZipEntry> entry(new ZipEntry(file, name));
  TRY_ASSIGN(Archive archive, OpenArchive(file));
  entry->archive_ = archive.release();
  constexpr int kCaseMatters = 1;
  if (unzLocateFile(entry->archive_, name.c_str(), kCaseMatters) != UNZ_OK) {
    return Error{ErrorCode::kData, file.location + " lacks a part: " + contract::Printable(name),
                 kWriteAgain};
  }
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(entry->archive_, &info, nullptr, 0, nullptr, 0, nullptr, 0) !=
      UNZ_OK) {
    return entry->Damaged("is damaged");
  }
  constexpr unsigned kEncrypted = 1;
  if ((info.flag & kEncrypted) != 0) return entry->Damaged("is encrypted");
  if (unzOpenCurrentFile(entry->archive_) != UNZ_OK) {
    return entry->Damaged("is damaged, or packed in a way other than deflate");
  }
  entry->is_open_ = true;
  entry->left_ = info.uncompressed_size;
  return entry;
}

ZipEntry::~ZipEntry() {
  if (is_open_) unzCloseCurrentFile(archive_);
  if (archive_ != nullptr) unzClose(archive_);
}

Error ZipEntry::Damaged(const std::string& what) const {
  return {ErrorCode::kData,
          file_.location + ": its part " + contract::Printable(name_) + " " + what, kWriteAgain};
}

Result<std::size_t> ZipEntry::Read(char* data, std::size_t size) {
  if (!is_open_) return std::size_t{0};
  const std::size_t wanted = std::min({size, std::size_t{1} << 30, left_ + std::size_t{1}});
  const int read = unzReadCurrentFile(archive_, data, static_cast<unsigned>(wanted));
  if (read < 0) return Damaged("is damaged");
  const auto got = static_cast<std::size_t>(read);
  if (got > left_) return Damaged("is longer than the archive says");
  left_ -= got;
  if (got > 0) return got;
  if (left_ > 0) return Damaged("is cut short");
  is_open_ = false;
  if (unzCloseCurrentFile(archive_) == UNZ_CRCERROR) {
    return Damaged("is damaged: its checksum differs");
  }
  return got;
}

}  // namespace assay::source
