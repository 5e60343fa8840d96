/// A small table of kinds for tests and fuzzing; the program's own come from the rooms above.
#pragma once

#include "contract/kind_info.h"

namespace assay::contract {

inline Param SampleParam(const std::string& name, ParamType type, bool required) {
  Param param;
  param.name = name;
  param.type = type;
  param.summary = "the " + name;
  param.required = required;
  return param;
}

inline KindInfo SampleKind(const std::string& name, std::vector<Param> params,
                           const std::string& subject = "",
                           std::vector<std::string> suffixes = {}) {
  KindInfo kind;
  kind.name = name;
  kind.summary = "What " + name + " does";
  kind.params = std::move(params);
  kind.subject = subject;
  kind.suffixes = std::move(suffixes);
  return kind;
}

inline Param SampleDefault(Param param, Json by_default) {
  param.by_default = std::move(by_default);
  return param;
}

inline Param SampleChoice(const std::string& name, std::vector<std::string> choices) {
  Param param = SampleParam(name, ParamType::kChoice, true);
  param.choices = std::move(choices);
  return param;
}

inline KindTables SampleKinds() {
  using enum ParamType;
  const auto p = [](const std::string& name, ParamType type, bool required = false) {
    return SampleParam(name, type, required);
  };
  KindTables kinds;
  kinds.sources = {
      SampleKind("parquet", {p("files", kPaths, true)}, "", {".parquet", ".pq"}),
      SampleKind(
          "csv",
          {p("files", kPaths, true), SampleDefault(p("header", kBool), true), p("types", kMapping)},
          "", {".csv", ".csv.gz"}),
  };
  kinds.steps = {
      SampleKind("sql", {p("sql", kText, true), p("inputs", kInputs)}),
      SampleKind("dedup", {p("input", kInput, true), SampleChoice("rows", {"whole", "key"}),
                           p("order_by", kColumns)}),
      // One parameter of each type that no other kind here has.
      SampleKind("every", {p("word", kString), p("count", kInteger), p("factor", kNumber),
                           p("names", kNames), p("path", kPath), p("share", kShare),
                           p("since", kTime), p("value", kScalar)}),
  };
  kinds.splits = {
      SampleKind("time", {p("time", kColumn, true), p("validation_from", kTime, true),
                          p("test_from", kTime, true)}),
      SampleKind("hash",
                 {p("hash", kColumns, true), p("train", kShare, true), p("validation", kShare),
                  p("test", kShare), SampleDefault(p("seed", kInteger), 0)}),
  };
  const auto subject = [&](const std::string& name, ParamType type) { return p(name, type, true); };
  const Param between = p("between", kRange, true);
  kinds.checks = {
      SampleKind("not_null", {subject("column", kColumn), p("also", kScalars)}, "column"),
      SampleKind("unique", {subject("columns", kColumns)}, "columns"),
      SampleKind("type", {subject("column", kColumn), p("is", kString, true)}, "column"),
      SampleKind("range",
                 {subject("column", kColumn), p("min", kScalar), p("max", kScalar),
                  p("above", kScalar), p("below", kScalar)},
                 "column"),
      SampleKind("accepted", {subject("column", kColumn), p("values", kScalars, true)}, "column"),
      SampleKind("pattern", {subject("column", kColumn), p("regex", kString, true)}, "column"),
      SampleKind("row_count", {subject("between", kRange)}, "between"),
      SampleKind("share", {subject("column", kColumn), p("of", kScalar, true), between}, "column"),
      SampleKind("rule", {subject("predicate", kText)}, "predicate"),
      SampleKind("aggregate", {subject("expression", kText), between}, "expression"),
      SampleKind("query", {subject("sql", kText), between}, "sql"),
  };
  Param monitor = p("monitor", kString, true);
  monitor.names_one_of = "monitors";
  Param stream = p("stream", kString, true);
  stream.names_one_of = "feedback";
  Param age = p("age", kString, true);
  kinds.signals = {
      SampleKind("drift", {monitor}, "monitor"),
      SampleKind(
          "metric",
          {SampleChoice("metric", {"log_loss", "accuracy"}), stream, p("worse_by", kNumber, true)},
          "metric"),
      SampleKind("age", {age}, "age"),
      SampleKind("new_rows", {p("rows", kInteger, true)}, "rows"),
  };
  kinds.metrics = {"log_loss", "accuracy"};
  return kinds;
}

}  // namespace assay::contract
