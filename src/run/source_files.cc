#include "run/source_files.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include "base/nearest.h"
#include "contract/utf8.h"

namespace assay::run {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
// A file changed in the same clock tick in which it was hashed could keep its times.
constexpr std::int64_t kClockTick = 50'000'000;

std::int64_t Nanos(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

contract::Place PlaceOfParam(const contract::Declared& declared, const std::string& param) {
  const auto found = declared.places.find(param);
  return found == declared.places.end() ? declared.place : found->second;
}

// The file beside it whose name is nearest to that of a pattern without wild cards.
std::string NearestBeside(const std::filesystem::path& folder, const std::string& pattern) {
  constexpr std::size_t kMostLookedAt = 2000;
  const std::filesystem::path wanted(pattern);
  std::vector<std::string> names;
  std::error_code error;
  const std::filesystem::path beside = folder / wanted.parent_path();
  for (std::filesystem::directory_iterator at(beside, error), end;
       !error && at != end && names.size() < kMostLookedAt; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!contract::FindInvalidUtf8(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  const std::string nearest = NearestName(wanted.filename().string(), names);
  return nearest.empty() ? "" : (wanted.parent_path() / nearest).string();
}

// Where the example projects get their data from; they are useless without it.
std::string HintFor(const std::filesystem::path& folder, const std::string& pattern) {
  const std::string nearest = NearestBeside(folder, pattern);
  if (!nearest.empty()) return "did you mean " + nearest + "?";
  std::error_code error;
  if (std::filesystem::exists(folder / "demo.sh", error)) {
    return "./dev demo fetches this example's data and works on a copy in build/demo";
  }
  return "put the files there, or mend the pattern";
}

// The project's folder is a name, not a pattern.
std::string Escaped(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (std::string_view("*?[]{}\\~").find(c) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

struct Match {
  std::string path;
  std::string location;  // as a receipt tells it
};

// A location says nothing of where the project lies, since it may be a column of a version: below
// the project's folder it is the path as matched, and where an absolute pattern was written it is
// absolute.
Result<std::vector<Match>> Expand(const std::filesystem::path& folder, const std::string& pattern) {
  if (pattern.find("**") != std::string::npos) {
    return Error{ErrorCode::kUser, "`**` does not look into folders below folders here: " + pattern,
                 "write a pattern for each depth, as [data/*.csv, data/*/*.csv]"};
  }
  const bool absolute = std::filesystem::path(pattern).is_absolute();
  const std::string full = absolute ? pattern : Escaped(folder.string()) + "/" + pattern;
  glob_t found{};
  const int status = glob(full.c_str(), GLOB_BRACE | GLOB_ERR, nullptr, &found);
  std::vector<Match> matches;
  for (std::size_t i = 0; status == 0 && i < found.gl_pathc; ++i) {
    const auto path = std::filesystem::path(found.gl_pathv[i]).lexically_normal();
    matches.push_back(
        {path.string(), (absolute ? path : path.lexically_relative(folder)).string()});
  }
  globfree(&found);
  if (status != 0 && status != GLOB_NOMATCH) {
    return Error{ErrorCode::kIo, "cannot look for files: " + pattern, ""};
  }
  return matches;
}

// Names of files without links. Of thousands of files in one folder, the folder is resolved once.
class RealNames {
 public:
  std::string Of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    struct stat info {};
    if (slash == std::string::npos || lstat(path.c_str(), &info) != 0 || S_ISLNK(info.st_mode)) {
      return Resolve(path);
    }
    const std::string folder = path.substr(0, slash + 1);
    const auto [known, is_new] = folders_.try_emplace(folder);
    if (is_new) known->second = Resolve(folder);
    return (std::filesystem::path(known->second) / path.substr(slash + 1)).string();
  }

 private:
  static std::string Resolve(const std::string& path) {
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(path, error);
    return error ? path : real.string();
  }

  std::map<std::string, std::string> folders_;
};

const char* KindText(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Result<store::Receipt> Look(Session& session, const Match& match,
                            std::vector<store::SeenFile>& hashed) {
  const std::string& path = match.path;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    return Error{ErrorCode::kIo,
                 std::string("cannot read file: ") + std::strerror(errno) + ": " + path, ""};
  }
  // Reading one of the others could wait for ever, or never end.
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kIo, std::string(KindText(info.st_mode)) + ", not a file: " + path,
                 "mend the pattern so that it matches files only, or move this away"};
  }
  store::SeenFile now;
  now.path = match.location;
  now.size = static_cast<std::uint64_t>(info.st_size);
  now.mtime_ns = Nanos(info.st_mtim);
  now.ctime_ns = Nanos(info.st_ctim);
  now.inode = info.st_ino;
  now.seen_at_ns = session.clock().NowMicros() * 1000;
  store::Receipt receipt{now.path, "", now.size, UtcText(now.mtime_ns / 1000)};
  if (session.has_catalog()) {
    TRY_ASSIGN(const auto seen, session.catalog().FindSeenFile(now.path));
    const bool same = seen && seen->size == now.size && seen->mtime_ns == now.mtime_ns &&
                      seen->ctime_ns == now.ctime_ns && seen->inode == now.inode &&
                      seen->seen_at_ns > seen->ctime_ns + kClockTick;
    if (same) {
      receipt.sha256 = seen->sha256;
      return receipt;
    }
  }
  TRY_ASSIGN(const store::FileRef file, store::HashFile(path));
  receipt.sha256 = file.sha256;
  now.sha256 = file.sha256;
  hashed.push_back(now);
  return receipt;
}

}  // namespace

namespace {

Result<SourceFiles> FindFilesOf(Session& session, const std::string& where,
                                const std::vector<std::string>& patterns) {
  SourceFiles files;
  std::vector<Match> matches;
  std::set<std::string> seen;
  RealNames real_names;
  for (const std::string& pattern : patterns) {
    TRY_ASSIGN(auto found, Expand(session.folder(), pattern).While(where));
    if (found.empty()) {
      return Error{ErrorCode::kIo, where + ": no file matches: " + pattern,
                   HintFor(session.folder(), pattern)};
    }
    // A file that several patterns match, or under several names, is read once, under the first.
    for (Match& match : found) {
      if (contract::FindInvalidUtf8(match.location)) {
        return Error{
            ErrorCode::kUser,
            where + ": the name of a file is no UTF-8: " + contract::Escaped(match.location),
            "rename the file"};
      }
      if (seen.insert(real_names.Of(match.path)).second) matches.push_back(std::move(match));
    }
  }
  std::ranges::sort(matches, {}, &Match::location);
  for (const Match& match : matches) {
    TRY_ASSIGN(store::Receipt receipt, Look(session, match, files.hashed).While(where));
    files.receipts.push_back(std::move(receipt));
  }
  return files;
}

// Words of a command that are files of the project, as patterns that match just them.
std::vector<std::string> FilesAmong(const std::filesystem::path& folder,
                                    const std::vector<std::string>& words) {
  std::vector<std::string> files;
  for (const std::string& word : words) {
    std::error_code error;
    const std::filesystem::path path(word);
    if (path.is_absolute() || !std::filesystem::is_regular_file(folder / path, error)) continue;
    files.push_back(Escaped(word));
  }
  return files;
}

}  // namespace

Result<SourceFiles> FindSourceFiles(Session& session, const contract::Declared& source) {
  return FindFilesOf(session,
                     PlaceText(PlaceOfParam(source, "files")) + ": source `" + source.name + "`",
                     contract::TextsOf(source.params, "files"));
}

Result<SourceFiles> FindProgramFiles(Session& session, const contract::Declared& step,
                                     const std::vector<std::string>& words) {
  const std::vector<std::string> reads = contract::TextsOf(step.params, "reads");
  return FindFilesOf(session, PlaceText(PlaceOfParam(step, "reads")) + ": step `" + step.name + "`",
                     reads.empty() ? FilesAmong(session.folder(), words) : reads);
}

}  // namespace assay::run
