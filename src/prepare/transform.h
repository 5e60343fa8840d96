/// Kinds of transforms: what a preparation makes of a column. One kind is one file,
/// `*_transform.cc`. What is learnt from the training split becomes a small state; from it the
/// transform works as SQL over a table and as C++ over one value, with the same bits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "contract/kind_info.h"
#include "prepare/cell.h"

namespace assay::prepare {

struct TransformContext {
  const Json& params;
  const std::string& column;  ///< name of its input
  const Type& type;           ///< of its input: one that `IsCellType`
};

/// What a transform wants to know of its column in the training split.
struct Needs {
  bool moments = false;        ///< mean, deviation, low, high
  bool values = false;         ///< every value with its number of rows
  std::vector<double> shares;  ///< quantiles at these shares, 0 to 1

  bool nothing() const { return !moments && !values && shares.empty(); }
};

/// Of the rows where the column is not missing (null, or NaN).
struct Statistics {
  std::uint64_t rows = 0, missing = 0;
  double mean = 0, deviation = 0, low = 0, high = 0;
  /// As `CellText`; ascending by value (numbers, false before true, bytes of a text).
  std::vector<std::pair<std::string, std::uint64_t>> values;
  /// In the order of `shares`; between two values linearly (Hyndman and Fan 1996, definition 7).
  std::vector<double> quantiles;
};

/// A transform with its state. Its outputs have the same bits both ways.
class Fitted {
 public:
  virtual ~Fitted() = default;
  /// Names and types of what it makes.
  const Schema& outputs() const { return outputs_; }
  /// SQL of what all outputs are worked out from, made once for each row; `x` is the input. Where
  /// it is not the input itself, no output reads the input.
  virtual std::string Shared(const std::string& x) const { return x; }
  /// One SQL expression for each output; `x` is the value of `Shared`.
  virtual std::vector<std::string> Sql(const std::string& x) const = 0;
  /// Writes one cell for each output.
  virtual void Apply(const Cell& x, Cell* outputs) const = 0;
  /// Values at which the transform could go wrong, beside those of the type.
  virtual std::vector<Cell> Borders() const { return {}; }

 protected:
  Schema outputs_;
};

struct TransformKind {
  contract::KindInfo info;
  /// Checks the type of the input.
  Result<Needs> (*needs)(const TransformContext& context) = nullptr;
  /// The state, as canonical JSON; not called where nothing is needed.
  Result<Json> (*learn)(const TransformContext& context, const Statistics& statistics) = nullptr;
  /// Makes it work; `state` may come from a file that is damaged.
  Result<std::unique_ptr<Fitted>> (*make)(const TransformContext& context,
                                          const Json& state) = nullptr;
  /// Set for what puts one value, `value` of its state, where one is missing: the type of its
  /// output. What stands behind it need not wait for it to be fitted.
  Type (*filled_type)(const TransformContext& context) = nullptr;
};

// One declaration for each *_transform.cc, generated from the file names.
#include "prepare/all_transforms_declared.inc"

const std::vector<TransformKind>& AllTransforms();
const TransformKind* FindTransform(const std::string& name);

/// An error that names the column, where the type is no number (or boolean).
Status NeedsNumber(const TransformContext& context);
/// The name of the output: `as`, else the column's own.
std::string OutputName(const TransformContext& context);

/// SQL of `x` as a double; null where it is missing.
std::string NumberSql(const std::string& x, const Type& type);
/// The same number of a cell; false where it is missing.
bool NumberOf(const Cell& x, const Type& type, double& number);

/// Number literal with all its bits.
std::string DoubleSql(double value);
/// A number in a state: the shortest text that reads back to the same bits.
Result<double> StateNumber(const Json& state, const char* name);
/// A list of texts in a state.
Result<std::vector<std::string>> StateTexts(const Json& state, const char* name);

/// The parameters that every transform has.
contract::Param ColumnParam();
contract::Param AsParam();

}  // namespace assay::prepare
