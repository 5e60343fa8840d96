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

std::string RowIdSql(const std::string& file, const std::string& row) {
  return "(" + file + "::UBIGINT << " + std::to_string(kRowBits) + ") | " + row + "::UBIGINT";
}

std::string PlaceOfIdSql(const std::string& id) {
  return "(" + id + " >> " + std::to_string(kRowBits) + ")::BIGINT AS file_index, (" + id + " & " +
         std::to_string((std::uint64_t{1} << kRowBits) - 1) +
         "::UBIGINT)::BIGINT AS file_row_number";
}

}  // namespace assay::engine
