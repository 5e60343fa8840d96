#include "run/init_project.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "contract/utf8.h"
#include "run/kinds.h"
#include "run/scratch.h"
#include "store/file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

constexpr char kIgnored[] = ".gitignore";
constexpr char kSamplePath[] = "data/rides.csv";
constexpr char kSample[] =
    "ride,day,station,minutes,member\n"
    "1,2026-03-02,Harbour,12,true\n"
    "2,2026-03-02,Market,31,false\n"
    "3,2026-03-03,Harbour,8,true\n"
    "4,2026-03-04,Museum,45,false\n"
    "5,2026-03-05,Market,7,true\n"
    "6,2026-03-07,Harbour,26,false\n"
    "7,2026-03-08,Museum,10,true\n"
    "8,2026-03-09,Market,17,true\n"
    "9,2026-03-10,Harbour,9,true\n"
    "10,2026-03-14,Museum,52,false\n"
    "11,2026-03-16,Market,14,true\n"
    "12,2026-03-17,Harbour,11,true\n"
    "13,2026-03-18,Museum,38,false\n"
    "14,2026-03-19,Market,22,false\n"
    "15,2026-03-21,Harbour,6,true\n"
    "16,2026-03-22,Museum,41,false\n";

Status CheckHasNoProject(const fs::path& folder) {
  std::error_code error;
  const fs::path file = folder / "assay.yaml";
  if (fs::exists(fs::symlink_status(file, error))) {
    return Error{ErrorCode::kUser, "there is a project already: " + file.string(),
                 "name another folder, as in `assay init NEW --from FILE`, or add the source to "
                 "that file"};
  }
  const fs::file_status status = fs::status(folder, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return Error{ErrorCode::kUser, "a project is a folder, and this is a file: " + folder.string(),
                 "assay init DIR --from FILE"};
  }
  return {};
}

// Files and folders that were made, taken away again unless all went well.
class Undo {
 public:
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    std::error_code ignored;
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) fs::remove(*made, ignored);
  }

  Status MakeFolder(const fs::path& folder) {
    std::error_code error;
    if (folder.empty() || fs::is_directory(folder, error)) return {};
    TRY(MakeFolder(folder.parent_path()));
    if (!fs::create_directory(folder, error)) {
      return store::SystemError(error ? error.value() : EEXIST, "make", folder);
    }
    made_.push_back(folder);
    return {};
  }

  Status WriteFile(const fs::path& file, const std::string& text) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "wxb"),
                                                           std::fclose);
    if (stream == nullptr && errno == EEXIST) {
      return Error{ErrorCode::kUser, "there is such a file already: " + file.string(),
                   "move it away, or name another folder for the project"};
    }
    if (stream == nullptr) return store::SystemError(errno, "write", file);
    made_.push_back(file);
    const bool is_written = std::fwrite(text.data(), 1, text.size(), stream.get()) == text.size();
    if (!is_written || std::fflush(stream.get()) != 0) {
      return store::SystemError(errno, "write", file);
    }
    return {};
  }

  void Keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;
};

std::string NameOfProject(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const bool is_name = !contract::Trim(name).empty() && !contract::FindInvalidUtf8(name);
  return is_name ? name : "project";
}

// Who has data here forgot to name it; a sample beside it would only be in the way. A text is
// seldom data, so it does not count.
Status CheckHasNoData(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool is_data = contract::FindKindOfPath(AllKinds().sources, name) != nullptr &&
                         !name.starts_with('.') && entry.path().extension() != ".txt";
    if (!is_data || !entry.is_regular_file(error)) continue;
    return Error{
        ErrorCode::kUser, "there is data here: " + contract::Printable(name),
        "write `assay init --from FILE` to begin with it, or `assay init NEW` for a sample "
        "in a folder of its own"};
  }
  return {};
}

// Looks at the sample as if it lay in the project.
Result<Seen> LookAtSample(const LookRequest& request) {
  TRY(CheckHasNoData(request.folder));
  TRY_ASSIGN(const auto scratch, Scratch::Make());
  TRY(WriteNewFiles(scratch->path(), {{kSamplePath, kSample}}));
  LookRequest sample = request;
  sample.folder = scratch->path();
  sample.from = {(scratch->path() / kSamplePath).string()};
  return LookAtFiles(sample);
}

}  // namespace

Status WriteNewFiles(const fs::path& folder, const std::map<std::string, std::string>& files) {
  Undo undo;
  // Backwards: the project file is written when what it names is there.
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    TRY(undo.MakeFolder((folder / file->first).parent_path()));
    TRY(undo.WriteFile(folder / file->first, file->second));
  }
  undo.Keep();
  return {};
}

Result<Begun> BeginProject(const LookRequest& request) {
  TRY(CheckHasNoProject(request.folder));
  const bool is_sample = request.from.empty();
  Begun begun;
  TRY_ASSIGN(begun.seen, is_sample ? LookAtSample(request) : LookAtFiles(request));
  TRY_ASSIGN(begun.project, WriteProject(NameOfProject(request.folder), begun.seen));
  if (is_sample) begun.project.files[kSamplePath] = kSample;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(request.folder / kIgnored, error))) {
    begun.project.files[kIgnored] = "# what `assay run` stores\n/.assay/\n";
  }
  TRY(WriteNewFiles(request.folder, begun.project.files));
  return begun;
}

}  // namespace assay::run
