#include "run/user_name.h"

#include <pwd.h>
#include <unistd.h>

namespace assay::run {

std::string UserName() {
  const passwd* entry = getpwuid(geteuid());
  return entry == nullptr ? std::to_string(geteuid()) : entry->pw_name;
}

}  // namespace assay::run
