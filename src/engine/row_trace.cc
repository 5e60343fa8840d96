#include "engine/row_trace.h"

namespace assay::engine {

std::string TraceKindName(Trace::Kind kind) {
  switch (kind) {
    case Trace::Kind::kRowLocal:
      return "row-local";
    case Trace::Kind::kJoin:
      return "join";
    case Trace::Kind::kExpanding:
      return "expanding";
    case Trace::Kind::kUnion:
      return "union";
    case Trace::Kind::kAggregate:
      return "aggregate";
    case Trace::Kind::kNone:
      break;
  }
  return "none";
}

}  // namespace assay::engine
