#include "run/found_files.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <system_error>

#include "base/letter_case.h"
#include "contract/mapping.h"
#include "contract/utf8.h"
#include "run/kinds.h"
#include "store/file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

const source::SourceKind* KindOfFile(const std::string& name) {
  const contract::KindInfo* info = contract::FindKindOfPath(AllKinds().sources, name);
  return info == nullptr ? nullptr : source::FindSource(info->name);
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

std::string UnknownSuffixHint(const fs::path& path) {
  static const std::set<std::string> kArchives = {".zip", ".7z",  ".rar", ".tar",
                                                  ".tgz", ".bz2", ".xz"};
  const std::string suffixes = contract::SuffixesText(AllKinds().sources);
  const bool is_tar = path.stem().extension() == ".tar";
  if (is_tar || kArchives.contains(Lower(path.extension().string()))) {
    return "unpack it, and begin with the file in it, or with their folder";
  }
  if (path.extension().empty()) {
    return "give it the suffix of what it is, which tells the kind: " + suffixes;
  }
  return "where it is one of these by another name, rename it; else export it as one: " + suffixes;
}

// Collects what `from` says, one after the other.
class FileFinder {
 public:
  explicit FileFinder(fs::path folder) : folder_(std::move(folder)) {}

  Status Add(const std::string& from) {
    is_absolute_ = fs::path(from).is_absolute();
    std::error_code error;
    const fs::path real = fs::canonical(from, error);
    if (error && error.value() == ENOENT) {
      return Error{ErrorCode::kIo, "no such file or folder: " + from,
                   "what stands behind --from are data files; the project's folder stands before "
                   "it: assay init DIR --from FILE"};
    }
    if (error) return store::SystemError(error.value(), "read", from);
    const fs::file_status status = fs::status(real, error);
    if (fs::is_directory(status)) return AddFolder(real, from);
    if (!fs::is_regular_file(status)) {
      return Error{ErrorCode::kIo, "neither a file nor a folder: " + from, ""};
    }
    // Its own name, where it is a link: the suffix tells the kind.
    const fs::path parent = fs::canonical(fs::absolute(from).parent_path(), error);
    return AddNamed(error ? real : parent / fs::path(from).filename(), from);
  }

  FoundFiles Finish() && {
    const auto by_location = [](const FoundFile& a, const FoundFile& b) {
      return a.location < b.location;
    };
    std::sort(found_.files.begin(), found_.files.end(), by_location);
    found_.neighbours.assign(neighbours_.begin(), neighbours_.end());
    return std::move(found_);
  }

 private:
  std::string LocationOf(const fs::path& path) const {
    const fs::path below = path.lexically_relative(folder_);
    const bool is_outside = below.empty() || *below.begin() == "..";
    return is_outside && (is_absolute_ || below.empty()) ? path.string() : below.string();
  }

  Status AddNamed(const fs::path& path, const std::string& from) {
    const source::SourceKind* kind = KindOfFile(path.filename().string());
    if (kind == nullptr) {
      return Error{ErrorCode::kUser, "the suffix tells no kind of source: " + from,
                   UnknownSuffixHint(path)};
    }
    TRY(AddFile(path, from, kind, true));
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path.parent_path(), error)) {
      std::error_code unread;
      if (!IsHidden(entry.path()) && entry.is_regular_file(unread)) {
        neighbours_.insert(LocationOf(entry.path()));
      }
    }
    return {};
  }

  Status AddFolder(const fs::path& folder, const std::string& from) {
    const std::size_t before = found_.files.size();
    const auto options = fs::directory_options::skip_permission_denied;
    std::error_code error;
    fs::recursive_directory_iterator at(folder, options, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      std::error_code unread;
      if (IsHidden(at->path())) {
        if (at->is_directory(unread)) at.disable_recursion_pending();
        continue;
      }
      if (!at->is_regular_file(unread)) continue;
      const source::SourceKind* kind = KindOfFile(at->path().filename().string());
      neighbours_.insert(LocationOf(at->path()));
      if (kind == nullptr) {
        ++found_.others[at->path().extension().string()];
        continue;
      }
      TRY(AddFile(at->path(), fs::path(from) / at->path().lexically_relative(folder), kind, false));
    }
    if (error) return store::SystemError(error.value(), "read", from);
    if (found_.files.size() > before) return {};
    std::vector<std::string> suffixes;
    suffixes.reserve(found_.others.size());
    for (const auto& [suffix, files] : found_.others) {
      if (!suffix.empty()) suffixes.push_back(suffix);
    }
    const bool has_bare = suffixes.size() < found_.others.size();
    return Error{ErrorCode::kUser, "no file in this folder that a source reads: " + from,
                 found_.others.empty() ? "name the folder or the file with the data"
                 : suffixes.empty()
                     ? "its files have no suffix, which tells the kind: give them one of " +
                           contract::SuffixesText(AllKinds().sources)
                     : "its files end in " + contract::Join(suffixes) +
                           (has_bare ? ", or have no suffix" : "") +
                           "; `assay kinds` says what is read"};
  }

  Status AddFile(const fs::path& path, const fs::path& written, const source::SourceKind* kind,
                 bool is_named) {
    const std::string location = LocationOf(path);
    if (contract::FindInvalidUtf8(location)) {
      return Error{ErrorCode::kUser,
                   "the name of a file is no UTF-8: " + contract::Escaped(location),
                   "rename the file"};
    }
    neighbours_.insert(location);
    if (seen_.insert(path.string()).second) {
      found_.files.push_back({path, location, written.lexically_normal().string(), kind, is_named});
    }
    return {};
  }

  fs::path folder_;
  bool is_absolute_ = false;  // what is being added was written so
  FoundFiles found_;
  std::set<std::string> seen_;
  std::set<std::string> neighbours_;
};

}  // namespace

Result<FoundFiles> FindDataFiles(const fs::path& folder, const std::vector<std::string>& from) {
  FileFinder finder(folder);
  for (const std::string& each : from) TRY(finder.Add(each));
  return std::move(finder).Finish();
}

}  // namespace assay::run
