#include "engine/extension.h"

#include <algorithm>
#include <cstdlib>

#include "engine/program_folder.h"

namespace assay::engine {
namespace {

constexpr const char* kVariable = "ASSAY_EXTENSIONS";

// `duckdb-extension-postgres-scanner`
std::string PackageOf(const std::string& name) {
  std::string package = "duckdb-extension-" + name;
  std::ranges::replace(package, '_', '-');
  return package;
}

}  // namespace

std::vector<std::filesystem::path> ExtensionFolders() {
  std::vector<std::filesystem::path> folders;
  const char* named = std::getenv(kVariable);
  if (named != nullptr && *named != '\0') folders.emplace_back(named);
  const std::filesystem::path program = ProgramFolder();
  folders.push_back(program / "extensions");
  folders.push_back((program / "../lib/assay/extensions").lexically_normal());
  return folders;
}

Result<std::filesystem::path> FindExtension(const std::string& name) {
  std::error_code error;
  for (const auto& folder : ExtensionFolders()) {
    const auto file = folder / (name + ".duckdb_extension");
    if (std::filesystem::is_regular_file(file, error)) return std::filesystem::absolute(file);
  }
  return Error{ErrorCode::kIo, "the engine's extension is not there: " + name,
               HowToGetExtension(name)};
}

std::string HowToGetExtension(const std::string& name) {
  const std::string package = PackageOf(name);
  std::string wheel = package;
  std::ranges::replace(wheel, '-', '_');
  return "pip download --no-deps " + package + "==" + std::string(kExtensionVersion) +
         " && unzip -j " + wheel + "-*.whl '*.duckdb_extension' -d FOLDER, then set " + kVariable +
         "=FOLDER";
}

}  // namespace assay::engine
