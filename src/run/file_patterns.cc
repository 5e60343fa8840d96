#include "run/file_patterns.h"

#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <set>

#include "contract/project.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

std::string EscapedPattern(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (std::string_view("*?[]{}\\~").find(c) != std::string_view::npos) escaped.push_back('\\');
    escaped.push_back(c);
  }
  return escaped;
}

std::string FolderOf(const std::string& path) { return fs::path(path).parent_path().string(); }
std::string FileOf(const std::string& path) { return fs::path(path).filename().string(); }

std::string InFolder(const std::string& folder, const std::string& name) {
  if (folder.empty()) return name;
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

// Names begin with it, in whole characters.
std::string CommonStart(const std::vector<std::string>& names) {
  std::string start = names.at(0);
  for (const std::string& name : names) {
    const auto differs = std::mismatch(start.begin(), start.end(), name.begin(), name.end()).first;
    start.erase(differs, start.end());
  }
  while (!start.empty() && (static_cast<unsigned char>(start.back()) & 0xc0U) == 0x80U) {
    start.pop_back();
  }
  if (!start.empty() && static_cast<unsigned char>(start.back()) >= 0xc0U) start.pop_back();
  return start;
}

// `flights-20` as `flights-`: digits at the end are a part of what changes.
std::string WithoutDigits(std::string start) {
  while (!start.empty() && std::isdigit(static_cast<unsigned char>(start.back())) != 0) {
    start.pop_back();
  }
  return start;
}

// Everything from the first point on that no name begins with: `.csv.gz`.
std::string SuffixOf(const std::string& name) {
  const std::size_t point = name.find('.', 1);
  return point == std::string::npos ? "" : name.substr(point);
}

std::string CommonEnd(const std::vector<std::string>& names) {
  std::string end = SuffixOf(names.at(0));
  for (const std::string& name : names) {
    while (!name.ends_with(end)) {
      const std::size_t point = end.find('.', 1);
      end = point == std::string::npos ? "" : end.substr(point);
    }
  }
  return end;
}

bool MatchesJust(const std::string& pattern, const std::set<std::string>& wanted,
                 const std::vector<std::string>& all) {
  std::size_t found = 0;
  for (const std::string& path : all) {
    if (fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME | FNM_PERIOD) != 0) continue;
    if (!wanted.contains(path)) return false;
    ++found;
  }
  return found == wanted.size();
}

// Patterns for the names of a series, the narrowest first.
std::vector<std::string> NamePatterns(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  names.reserve(paths.size());
  std::transform(paths.begin(), paths.end(), std::back_inserter(names), FileOf);
  if (std::all_of(names.begin(), names.end(),
                  [&](const std::string& n) { return n == names[0]; })) {
    return {EscapedPattern(names[0])};
  }
  const std::string end = EscapedPattern(CommonEnd(names));
  const std::string start = WithoutDigits(CommonStart(names));
  std::vector<std::string> patterns;
  constexpr std::size_t kTelling = 3;  // fewer letters are in common by chance
  if (start.size() >= kTelling) patterns.push_back(EscapedPattern(start) + "*" + end);
  patterns.push_back("*" + end);
  return patterns;
}

// The folders with a star where they differ, when all are equally deep; else nothing.
std::string FolderPattern(const std::set<std::string>& folders) {
  std::vector<std::string> parts;
  for (const std::string& folder : folders) {
    std::vector<std::string> own;
    for (const fs::path& part : fs::path(folder)) own.push_back(EscapedPattern(part.string()));
    if (parts.empty()) parts = own;
    if (parts.size() != own.size()) return "";
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i] != own[i]) parts[i] = "*";
    }
  }
  std::string pattern;
  for (const std::string& part : parts) pattern = InFolder(pattern, part);
  return pattern;
}

// The folder that all of them lie in.
fs::path SharedFolder(const std::vector<std::string>& paths) {
  fs::path common = FolderOf(paths.at(0));
  for (const std::string& path : paths) {
    const fs::path folder = FolderOf(path);
    fs::path shared;
    auto other = folder.begin();
    for (const fs::path& part : common) {
      if (other == folder.end() || *other != part) break;
      shared /= part;
      ++other;
    }
    common = shared;
  }
  return common;
}

}  // namespace

std::vector<std::string> PatternsFor(const std::vector<std::string>& wanted,
                                     const std::vector<std::string>& all) {
  std::map<std::string, std::vector<std::string>> by_folder;
  for (const std::string& path : wanted) by_folder[FolderOf(path)].push_back(path);
  const std::set<std::string> all_wanted(wanted.begin(), wanted.end());
  if (by_folder.size() > 1) {
    std::set<std::string> folders;
    for (const auto& [folder, paths] : by_folder) folders.insert(folder);
    const std::string folder = FolderPattern(folders);
    for (const std::string& name : NamePatterns(wanted)) {
      const std::string pattern = InFolder(folder, name);
      if (!folder.empty() && MatchesJust(pattern, all_wanted, all)) return {pattern};
    }
  }
  std::vector<std::string> patterns;
  for (const auto& [folder, paths] : by_folder) {
    const std::set<std::string> here(paths.begin(), paths.end());
    const std::size_t before = patterns.size();
    for (const std::string& name : NamePatterns(paths)) {
      const std::string pattern = InFolder(EscapedPattern(folder), name);
      if (!MatchesJust(pattern, here, all)) continue;
      patterns.push_back(pattern);
      break;
    }
    if (patterns.size() > before) continue;
    for (const std::string& path : here) patterns.push_back(EscapedPattern(path));
  }
  return patterns;
}

std::string SourceNameOf(const std::vector<std::string>& paths) {
  constexpr std::size_t kLongest = 48;
  std::vector<std::string> stems;
  for (const std::string& path : paths) {
    const std::string file = FileOf(path);
    stems.push_back(file.substr(0, file.size() - SuffixOf(file).size()));
  }
  const bool is_series = paths.size() > 1;
  const std::string text = is_series ? WithoutDigits(CommonStart(stems)) : stems[0];
  std::string name = contract::AsNodeName(text);
  const bool is_telling = is_series ? name.size() > 1 : !name.empty();
  if (!is_telling && !is_series) name = contract::AsNodeName("data " + text);
  if (!is_telling && (name.empty() || name == "data" || is_series)) {
    const std::string folder = contract::AsNodeName(SharedFolder(paths).filename().string());
    name = folder.empty() ? "data" : folder;
  }
  if (name.size() > kLongest) name = contract::AsNodeName(name.substr(0, kLongest));
  return name;
}

}  // namespace assay::run
