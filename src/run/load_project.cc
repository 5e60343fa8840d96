// Apart from the rest of the session: the Python package reads no project, and so no YAML and no
// kinds.
#include "run/kinds.h"
#include "run/session.h"

namespace assay::run {

const contract::KindTables& Session::kinds() const {
  return options_.kinds == nullptr ? AllKinds() : *options_.kinds;
}

std::optional<contract::Project> Session::LoadProject(contract::Diagnostics& diagnostics) const {
  return contract::LoadProject(folder(), kinds(), diagnostics, options_.environment);
}

}  // namespace assay::run
