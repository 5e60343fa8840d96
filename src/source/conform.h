/// Rows of a source that are held to the columns it is declared to have (`contract`,
/// `schema_mode`), whatever its kind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/source_schema.h"
#include "source/source.h"

namespace assay::source {

/// Where the columns of the files are not as declared, and what comes of it.
struct Departure {
  std::string column;
  std::string declared;      ///< type; empty where no such column is declared
  std::string found;         ///< type; empty where the files have none
  std::string lacking;       ///< the first file without it; empty: all have it, or none
  std::uint64_t values = 0;  ///< that are not of the type, or stand in a column too many
  contract::SchemaMode mode = contract::SchemaMode::kEvolve;

  bool operator==(const Departure&) const = default;
};

struct Conformed {
  SourceRead read;
  std::vector<Departure> departures;  ///< in the order of the columns, those that are missing last
  std::uint64_t refused_rows = 0;     ///< because of them
};

/// Reads the files and holds them to `schema`.
///
/// Columns that are declared get the declared type, whatever the files say: a value that is none of
/// it, or would lose something by it, is what the mode of the types speaks of. Where all values of
/// a column fit, nothing is told. Names are told apart as in SQL, without case, and are written as
/// declared. A declared column that the files lack is null in each row, an error where it is
/// `required` or the mode is `freeze`. Files that have not the same columns are united by name.
///
/// With `freeze` anything that is not as declared is kData, with the first place of it.
Result<Conformed> ReadHeld(const SourceKind& kind, const SourceContext& context,
                           const contract::SourceSchema& schema);

/// `carrier is new (string)`, `gate is missing, and null in each row`, `delay has 3 values that are
/// not of type int32, whose rows are refused`; the first ten, and how many more there are.
std::string DeparturesText(const std::vector<Departure>& departures);
/// `[{"column", "before", "after", "mode", "values"}]`; what was declared is `before`.
Json DeparturesJson(const std::vector<Departure>& departures);

}  // namespace assay::source
