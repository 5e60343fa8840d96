/// The texts a project is made of, read by their path in the project; nothing outside is reached.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace assay::contract {

class TextFiles {
 public:
  virtual ~TextFiles() = default;

  /// The text of `path`, which may not leave the project. A missing file names the nearest one.
  Result<std::string> Read(const std::string& path);
  /// `sql/./joined.sql` as `sql/joined.sql`: the name under which the file is known.
  static std::string Normal(const std::string& path);
  /// The files that a path with `*`, `?` or `[...]` names, each within one folder's name, sorted;
  /// names that begin with a dot only where the pattern does. A path without is itself. No match
  /// names the nearest file.
  Result<std::vector<std::string>> Match(const std::string& pattern);
  /// Names of the files of a folder, sorted; none where there is no such folder.
  std::vector<std::string> FilesOf(const std::string& folder);
  /// All that was read so far.
  const std::map<std::string, std::string>& all_read() const { return read_; }

 protected:
  enum class State { kMissing, kOutside, kNoFile, kTooLarge, kUnreadable, kRead };
  virtual State Load(const std::string& path, std::string& text) = 0;
  struct Entry {
    std::string name;
    bool is_file = false;  ///< else a folder
  };
  /// What lies in a folder of the project; empty for the project's own.
  virtual std::vector<Entry> EntriesOf(const std::string& folder) = 0;
  /// Files of the project, for the hint about a missing one; not necessarily all.
  virtual std::vector<std::string> List() = 0;

 private:
  /// Adds what the parts of a pattern from `part` on match in `folder`.
  void MatchIn(const std::string& folder, const std::vector<std::string>& parts, std::size_t part,
               std::vector<std::string>& matches);

  std::map<std::string, std::string> read_;
};

/// Texts in memory, for tests and fuzzing.
class MapFiles : public TextFiles {
 public:
  explicit MapFiles(const std::map<std::string, std::string>& files) : files_(files) {}

 protected:
  State Load(const std::string& path, std::string& text) override;
  std::vector<Entry> EntriesOf(const std::string& folder) override;
  std::vector<std::string> List() override;

 private:
  const std::map<std::string, std::string>& files_;
};

/// The files of a folder; links that lead out of it are not followed.
class FolderFiles : public TextFiles {
 public:
  explicit FolderFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

 protected:
  State Load(const std::string& path, std::string& text) override;
  std::vector<Entry> EntriesOf(const std::string& folder) override;
  std::vector<std::string> List() override;

 private:
  std::filesystem::path folder_;
};

}  // namespace assay::contract
