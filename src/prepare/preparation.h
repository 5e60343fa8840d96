/// A fitted preparation: what was learnt, and what it makes of tables and of single rows. It knows
/// no store; its text is what a version id holds (docs/design/0003, section 1).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "prepare/transform.h"

namespace assay::prepare {

/// A transform as it was declared.
struct Declaration {
  std::string kind;
  std::string column;
  Json params = Json::object();
  bool keep = false;  ///< the column stays before what is made of it
};

/// Where the rows come from that it learnt from.
struct FittedOn {
  std::string split;
  std::uint64_t rows = 0;
  std::string digest;
};

class Preparation {
 public:
  /// One transform with its state. Slots number the values of a row: the input's columns first,
  /// then the outputs of each step in order.
  struct Step {
    Declaration declared;
    int version = 1;
    Json state;
    std::size_t input_slot = 0, first_output_slot = 0;
    Type input_type;
    std::unique_ptr<Fitted> fitted;
  };
  struct Output {
    Field field;
    std::size_t slot = 0;
  };

  /// The state that a commit names; an error (kData) when it is damaged or of a later program.
  static Result<Preparation> Parse(const std::string& text);
  /// `assay.preparation/1`.
  Result<std::string> Text() const;

  const Schema& input() const { return input_; }
  Schema output() const;
  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<Output>& outputs() const { return outputs_; }
  const FittedOn& fitted_on() const { return fitted_on_; }
  std::size_t slots() const { return slots_; }
  /// Columns of the input that a step reads, in schema order.
  std::vector<std::size_t> ColumnsRead() const;

  /// SELECT of the prepared rows, in the order of the table.
  std::string Sql(const std::string& table) const;
  /// The same of slots that are asked for, each under its own name, and before them `first`, an
  /// expression over the table's columns, where it is not empty. Columns of the input that nothing
  /// asks for or reads need not be there.
  std::string Sql(const std::string& table, const std::vector<Output>& wanted,
                  const std::string& first = "") const;
  /// Fills the slots behind the input's.
  void Apply(std::vector<Cell>& slots) const;

  /// A JSON object of fields to one of prepared fields. Every column that a step reads must be
  /// there (null may stand for a missing value); others pass, also when they are left out.
  Result<Json> Transform(const Json& row) const;

 private:
  friend class Fitter;
  /// Appends a step whose state is known and gives its outputs their places.
  Status Append(Declaration declared, Json state);
  /// The slot that stands under this name in the output so far, or an error with the nearest name.
  Result<std::size_t> FindOutput(const std::string& name) const;
  void Begin(const Schema& input);

  Schema input_;
  std::vector<Step> steps_;
  std::vector<Output> outputs_;
  std::size_t slots_ = 0;
  FittedOn fitted_on_;
};

}  // namespace assay::prepare
