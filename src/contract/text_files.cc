#include "contract/text_files.h"

#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/nearest.h"
#include "contract/yaml.h"

namespace assay::contract {
namespace {

namespace fs = std::filesystem;

// Enough to find a mistyped name; a project folder may hold millions of data files.
constexpr int kMostListed = 2000;
constexpr int kListedDepth = 3;

bool LeavesProject(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return normal.is_absolute() || (!normal.empty() && *normal.begin() == "..");
}

// The listed file that is most likely meant: the same file name elsewhere, or a near path.
std::string NearestFile(const std::string& path, const std::vector<std::string>& files) {
  const fs::path name = fs::path(path).filename();
  for (const std::string& file : files) {
    if (fs::path(file).filename() == name) return file;
  }
  return NearestName(path, files);
}

// The same of a pattern: a near path, else one in its folder or in the nearest one.
std::string NearestToPattern(const std::string& pattern, const std::vector<std::string>& files) {
  const std::string near = NearestName(pattern, files);
  if (!near.empty()) return near;
  const std::string folder = fs::path(pattern).parent_path().string();
  std::vector<std::string> folders;
  folders.reserve(files.size());
  for (const std::string& file : files) folders.push_back(fs::path(file).parent_path().string());
  const std::string nearest = NearestName(folder, folders);
  const auto found = std::find(folders.begin(), folders.end(), nearest);
  const bool is_top = nearest.empty();
  return is_top || found == folders.end()
             ? ""
             : files[static_cast<std::size_t>(found - folders.begin())];
}

Error NoFile(const std::string& message, const std::string& nearest) {
  return Error{ErrorCode::kIo, message,
               nearest.empty() ? "paths are relative to the project folder"
                               : "did you mean " + nearest + "?"};
}

bool IsPattern(const std::string& path) { return path.find_first_of("*?[") != std::string::npos; }

bool IsInside(const fs::path& path, const fs::path& folder) {
  const auto ends = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return ends.first == folder.end();
}

}  // namespace

std::string TextFiles::Normal(const std::string& path) {
  return fs::path(path).lexically_normal().generic_string();
}

Result<std::string> TextFiles::Read(const std::string& path) {
  const std::string normal = Normal(path);
  const std::string hint = "name a file inside the project folder, relative to it";
  if (normal.empty() || normal == ".") {
    return Error{ErrorCode::kUser, "file name is empty", hint};
  }
  if (LeavesProject(path)) {
    return Error{ErrorCode::kUser, "path leaves the project folder: " + path, hint};
  }
  std::string text;
  switch (Load(normal, text)) {
    case State::kRead:
      read_[normal] = text;
      return text;
    case State::kOutside:
      return Error{ErrorCode::kUser, "link leads out of the project folder: " + path, hint};
    case State::kNoFile:
      return Error{ErrorCode::kUser, "not a file: " + path, hint};
    case State::kTooLarge:
      return Error{ErrorCode::kUser, "file is larger than 4 MB: " + path,
                   "only files that people write are read here"};
    case State::kUnreadable:
      return Error{ErrorCode::kIo, "file cannot be read: " + path, "check its permissions"};
    case State::kMissing:
      break;
  }
  return NoFile("no such file: " + path, NearestFile(normal, List()));
}

Result<std::vector<std::string>> TextFiles::Match(const std::string& pattern) {
  const std::string normal = Normal(pattern);
  if (LeavesProject(pattern) || !IsPattern(normal)) return std::vector<std::string>{pattern};
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(normal)) parts.push_back(part.string());
  std::vector<std::string> matches;
  MatchIn("", parts, 0, matches);
  std::sort(matches.begin(), matches.end());
  if (matches.empty()) {
    return NoFile("no file matches: " + pattern, NearestToPattern(normal, List()));
  }
  return matches;
}

void TextFiles::MatchIn(const std::string& folder, const std::vector<std::string>& parts,
                        std::size_t part, std::vector<std::string>& matches) {
  const bool is_last = part + 1 == parts.size();
  for (const Entry& entry : EntriesOf(folder)) {
    if (entry.is_file != is_last) continue;
    if (fnmatch(parts[part].c_str(), entry.name.c_str(), FNM_PERIOD) != 0) continue;
    const std::string path = folder.empty() ? entry.name : folder + "/" + entry.name;
    if (is_last) {
      matches.push_back(path);
    } else {
      MatchIn(path, parts, part + 1, matches);
    }
  }
}

std::vector<std::string> TextFiles::FilesOf(const std::string& folder) {
  std::vector<std::string> names;
  for (const Entry& entry : EntriesOf(folder)) {
    if (entry.is_file) names.push_back(entry.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TextFiles::State MapFiles::Load(const std::string& path, std::string& text) {
  const auto found = files_.find(path);
  if (found == files_.end()) return State::kMissing;
  if (found->second.size() > kMaxTextBytes) return State::kTooLarge;
  text = found->second;
  return State::kRead;
}

std::vector<std::string> MapFiles::List() {
  std::vector<std::string> names;
  names.reserve(files_.size());
  for (const auto& [name, text] : files_) names.push_back(name);
  return names;
}

std::vector<TextFiles::Entry> MapFiles::EntriesOf(const std::string& folder) {
  const std::string before = folder.empty() ? "" : folder + "/";
  std::vector<Entry> entries;
  for (const auto& [path, text] : files_) {
    if (!path.starts_with(before)) continue;
    const std::string rest = path.substr(before.size());
    const std::size_t slash = rest.find('/');
    const Entry entry{rest.substr(0, slash), slash == std::string::npos};
    if (entries.empty() || entries.back().name != entry.name) entries.push_back(entry);
  }
  return entries;
}

TextFiles::State FolderFiles::Load(const std::string& path, std::string& text) {
  std::error_code error;
  const fs::path folder = fs::canonical(folder_, error);
  if (error) return State::kMissing;
  const fs::path file = fs::canonical(folder / path, error);
  if (error) {
    const bool missing =
        error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    return missing ? State::kMissing : State::kUnreadable;
  }
  if (!IsInside(file, folder)) return State::kOutside;
  if (!fs::is_regular_file(file, error)) return State::kNoFile;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) return State::kUnreadable;
  if (size > kMaxTextBytes) return State::kTooLarge;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return State::kUnreadable;
  text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  return stream.bad() ? State::kUnreadable : State::kRead;
}

std::vector<TextFiles::Entry> FolderFiles::EntriesOf(const std::string& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  const fs::path top = fs::canonical(folder_, error);
  if (error) return entries;
  const fs::path path = fs::canonical(top / folder, error);
  if (error || !IsInside(path, top)) return entries;
  fs::directory_iterator it(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    const bool is_file = it->is_regular_file(ignored);
    if (!is_file && !it->is_directory(ignored)) continue;
    entries.push_back({it->path().filename().string(), is_file});
  }
  return entries;
}

std::vector<std::string> FolderFiles::List() {
  std::vector<std::string> names;
  std::error_code error;
  std::error_code ignored;
  fs::recursive_directory_iterator it(folder_, fs::directory_options::skip_permission_denied,
                                      error);
  for (int seen = 0; !error && it != fs::recursive_directory_iterator() && seen < kMostListed;
       it.increment(error), ++seen) {
    const bool hidden = it->path().filename().string().starts_with('.');
    if (hidden || it.depth() >= kListedDepth) it.disable_recursion_pending();
    if (hidden || !it->is_regular_file(ignored)) continue;
    names.push_back(it->path().lexically_relative(folder_).generic_string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace assay::contract
