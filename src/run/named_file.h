/// A file outside the store that a person names: where it is, and a copy where the engine may read.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "run/session.h"
#include "store/staged_file.h"

namespace assay::run {

/// Held as long as the copy is read. What is read is then what was hashed, whoever writes to the
/// file meanwhile.
class NamedFile {
 public:
  /// Copies `file` into the staging folder, under its own suffix. A file that cannot be read is
  /// kIo, with `hint` where it is no file at all; a name that is no UTF-8 is kUser.
  static Result<std::unique_ptr<NamedFile>> Copy(Session& session,
                                                 const std::filesystem::path& file,
                                                 const std::string& hint);

  const std::filesystem::path& copy() const { return copy_.path(); }
  /// Path in the project, or the whole path of a file elsewhere.
  const std::string& location() const { return location_; }

 private:
  NamedFile(std::filesystem::path copy, std::string location)
      : copy_(std::move(copy)), location_(std::move(location)) {}

  store::StagedFile copy_;
  std::string location_;
};

}  // namespace assay::run
