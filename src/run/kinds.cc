#include "run/kinds.h"

#include "export/export.h"
#include "gate/check.h"
#include "prepare/transform.h"
#include "source/source.h"
#include "step/split.h"
#include "step/step.h"

namespace assay::run {
namespace {

template <typename Kind>
std::vector<contract::KindInfo> Infos(const std::vector<Kind>& kinds) {
  std::vector<contract::KindInfo> infos;
  infos.reserve(kinds.size());
  for (const Kind& kind : kinds) infos.push_back(kind.info);
  return infos;
}

}  // namespace

const contract::KindTables& AllKinds() {
  static const contract::KindTables kTables = {
      .sources = Infos(source::AllSources()),
      .steps = Infos(step::AllSteps()),
      .splits = Infos(step::AllSplits()),
      .checks = Infos(gate::AllChecks()),
      .exports = Infos(exports::AllExports()),
      .transforms = Infos(prepare::AllTransforms()),
  };
  return kTables;
}

}  // namespace assay::run
