#include "run/work_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "store/file.h"

namespace assay::run {

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<std::filesystem::path> WorkFolder::Make(const std::string& name) const {
  std::error_code error;
  std::filesystem::create_directories(path_ / name, error);
  if (!error) return path_ / name;
  return Error{ErrorCode::kIo, "cannot write " + path_.string() + ": " + error.message(), ""};
}

std::string LogTail(const std::filesystem::path& log) {
  constexpr std::int64_t kBytes = 4096;
  constexpr std::ptrdiff_t kLines = 20;
  auto file = store::File::Open(log, O_RDONLY);
  if (!file.ok()) return "";
  const auto stat = file->Stat();
  if (!stat.ok()) return "";
  ::lseek(file->descriptor(), std::max<std::int64_t>(0, stat->st_size - kBytes), SEEK_SET);
  std::string text(kBytes, '\0');
  const auto count = file->Read(text.data(), text.size());
  text.resize(count.ok() ? *count : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  while (std::count(text.begin(), text.end(), '\n') >= kLines) text.erase(0, text.find('\n') + 1);
  return text;
}

}  // namespace assay::run
