// Apart from the rest of the session: the Python package reads no project, and so no YAML.
#include "run/session.h"

namespace assay::run {

std::optional<contract::Project> Session::LoadProject(contract::Diagnostics& diagnostics) const {
  return contract::LoadProject(folder(), kinds(), diagnostics, options_.environment);
}

}  // namespace assay::run
