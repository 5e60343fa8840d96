#include "engine/program_folder.h"

#include <dlfcn.h>
#include <link.h>

namespace assay::engine {

std::filesystem::path ProgramFolder() {
  Dl_info where{};
  void* entry = nullptr;
  auto* code = reinterpret_cast<void*>(&ProgramFolder);
  std::error_code error;
  if (dladdr1(code, &where, &entry, RTLD_DL_LINKMAP) != 0 && entry != nullptr) {
    // The loader keeps no name for the program itself.
    const char* name = static_cast<const link_map*>(entry)->l_name;
    if (name != nullptr && *name != '\0') {
      return std::filesystem::canonical(name, error).parent_path();
    }
  }
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace assay::engine
