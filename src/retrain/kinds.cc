#include "retrain/kinds.h"

#include "feedback/metrics.h"
#include "monitor/drift_rule.h"
#include "retrain/signal.h"
#include "run/kinds.h"

namespace assay::retrain {

const contract::KindTables& AllKinds() {
  static const contract::KindTables kTables = [] {
    contract::KindTables tables = run::AllKinds();
    for (const SignalKind& kind : AllSignals()) tables.signals.push_back(kind.info);
    tables.drift_methods = monitor::MethodNames();
    for (const feedback::MetricInfo& metric : feedback::AllMetrics()) {
      tables.metrics.push_back(metric.name);
    }
    return tables;
  }();
  return kTables;
}

}  // namespace assay::retrain
