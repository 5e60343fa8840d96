#include "monitor/drift.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "base/nearest.h"
#include "monitor/column_pair.h"

namespace assay::monitor {
namespace {

// Values that a profile does not name may be this share of a side before the rows are read.
constexpr double kMostUnnamed = 0.01;

// Columns of both sides with one type, in the reference's order.
std::vector<Field> CommonColumns(const DriftSide& reference, const DriftSide& current) {
  std::vector<Field> common;
  for (const Field& field : reference.schema) {
    const Field* other = FindField(current.schema, field.name);
    if (other != nullptr && other->type == field.type) common.push_back(field);
  }
  return common;
}

std::vector<SchemaChange> SchemaChanges(const DriftSide& reference, const DriftSide& current) {
  std::vector<SchemaChange> changes;
  for (const Field& field : reference.schema) {
    const Field* other = FindField(current.schema, field.name);
    if (other == nullptr || other->type != field.type) {
      changes.push_back(
          {field.name, TypeText(field.type), other == nullptr ? "" : TypeText(other->type)});
    }
  }
  for (const Field& field : current.schema) {
    if (FindField(reference.schema, field.name) == nullptr) {
      changes.push_back({field.name, "", TypeText(field.type)});
    }
  }
  return changes;
}

Status CheckColumnIsThere(const DriftSide& reference, const DriftSide& current,
                          const std::string& name) {
  if (FindField(reference.schema, name) != nullptr || FindField(current.schema, name) != nullptr) {
    return {};
  }
  const std::string nearest = NearestName(name, FieldNames(reference.schema));
  std::string hint = "its columns are ";
  for (const Field& field : reference.schema) {
    hint += (hint.ends_with("are ") ? "" : ", ") + field.name;
  }
  if (!nearest.empty()) hint = "did you mean " + nearest + "?";
  return Error{ErrorCode::kUser, "no such column in " + reference.name + ": " + name, hint};
}

Status CheckOptions(const DriftSide& reference, const DriftSide& current,
                    const DriftOptions& options) {
  for (const std::string& name : options.columns) {
    TRY(CheckColumnIsThere(reference, current, name));
  }
  for (const auto& [name, method] : options.methods) {
    TRY(CheckColumnIsThere(reference, current, name));
    const Field* field = FindField(reference.schema, name);
    if (field != nullptr) TRY(CheckMethodFits(method, *field));
  }
  for (const auto& [name, threshold] : options.thresholds) {
    TRY(CheckColumnIsThere(reference, current, name));
    if (!std::isfinite(threshold) || threshold < 0) {
      return Error{ErrorCode::kUser, "a threshold is a number from 0 on: " + name, ""};
    }
  }
  if (!(options.drift_share > 0 && options.drift_share <= 1)) {
    return Error{ErrorCode::kUser, "a share of drifted columns is above 0 and at most 1", ""};
  }
  return {};
}

std::string PercentText(double share) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g %%", share * 100);
  return buffer;
}

// Compares one column; everything but what it says about drift stays as `FindDrift` filled it.
class ColumnComparison {
 public:
  ColumnComparison(const DriftSide& reference, const DriftSide& current,
                   const DriftOptions& options, const EngineSource& engine, const Field& field)
      : reference_(reference),
        current_(current),
        options_(options),
        engine_(engine),
        field_(field) {}

  Result<ColumnDrift> Run() {
    result_.column = field_.name;
    if (field_.type.kind == TypeKind::kBytes || field_.type.kind >= TypeKind::kList) {
      result_.note = "columns of type " + TypeText(field_.type) + " are not compared";
      return std::move(result_);
    }
    const auto wanted = options_.methods.find(field_.name);
    if (wanted != options_.methods.end()) method_ = wanted->second;
    if (options_.from != DriftFrom::kData) TakeProfile();
    if (result_.from.empty() && options_.from == DriftFrom::kProfile) {
      ColumnFacts facts;
      facts.type = field_.type;
      facts.distinct = std::numeric_limits<std::uint64_t>::max();  // not known
      result_.kind = KindOf(facts);
      result_.note = "the profiles have too little of it; --from data compares it";
      return std::move(result_);
    }
    if (result_.from.empty()) {
      TRY_ASSIGN(engine::Engine * engine, engine_());
      TRY_ASSIGN(const ColumnPair pair, ReadColumn(*engine, reference_, current_, field_));
      Take(pair, "data");
    }
    return std::move(result_);
  }

 private:
  std::optional<DriftMethod> MethodFor(const ColumnPair& pair) const {
    return method_ ? method_ : ChooseMethod(KindOf(pair.facts), pair.facts);
  }

  bool ProfileWillDo(const ColumnPair& pair) const {
    const auto method = MethodFor(pair);
    // Of times a profile has no numbers; when they are not compared, there are none to miss.
    if (KindOf(pair.facts) == ColumnKind::kTime && method) return false;
    if (options_.from == DriftFrom::kProfile || IsExact(pair)) return true;
    return !method || (!GivesP(*method) && pair.unnamed <= kMostUnnamed);
  }

  void TakeProfile() {
    const auto pair = ProfiledColumn(reference_, current_, field_);
    if (pair && ProfileWillDo(*pair)) Take(*pair, "profile");
  }

  void Take(const ColumnPair& pair, const std::string& from) {
    result_.kind = KindOf(pair.facts);
    result_.from = from;
    result_.reference = pair.reference;
    result_.current = pair.current;
    if (pair.facts.reference_rows == 0 || pair.facts.current_rows == 0) return TakeEmpty(pair);
    result_.bins = BinsOf(pair);
    const auto method = MethodFor(pair);
    if (!method) return TakeUncompared();
    const auto threshold = options_.thresholds.find(field_.name);
    result_.method = method;
    result_.threshold =
        threshold != options_.thresholds.end() ? threshold->second : DefaultThreshold(*method);
    const Measured measured = Measure(pair, *method);
    result_.statistic = measured.statistic;
    if (measured.statistic) {
      result_.drifted = SaysDrift(*method, *measured.statistic, *result_.threshold);
    }
    AddNote(measured.note);
    if (pair.unnamed > 0) {
      AddNote("up to " + PercentText(pair.unnamed) +
              " of the rows have values that a profile does not name");
    } else if (from == "profile" && !IsExact(pair)) {
      AddNote("estimated from percentiles");
    }
    const std::uint64_t odd = pair.reference.not_finite + pair.current.not_finite;
    if (odd > 0) AddNote("NaN and infinities left out");
  }

  // No value on one side or both.
  void TakeEmpty(const ColumnPair& pair) {
    const bool no_reference = pair.facts.reference_rows == 0;
    const bool no_current = pair.facts.current_rows == 0;
    if (reference_.rows == 0 || current_.rows == 0) {
      result_.note =
          std::string(reference_.rows == 0 ? "the reference" : "the current side") + " has no rows";
    } else if (no_reference && no_current) {
      result_.note = "no value on either side";
    } else {
      result_.drifted = true;
      result_.note = std::string("no value is left ") +
                     (no_reference ? "in the reference" : "on the current side");
    }
  }

  void TakeUncompared() {
    result_.note = result_.kind == ColumnKind::kTime
                       ? "times move by nature; a method of its own compares them"
                       : "nearly every value is its own; a method of its own compares them";
  }

  void AddNote(const std::string& note) {
    if (note.empty()) return;
    result_.note += (result_.note.empty() ? "" : "; ") + note;
  }

  const DriftSide& reference_;
  const DriftSide& current_;
  const DriftOptions& options_;
  const EngineSource& engine_;
  const Field& field_;
  std::optional<DriftMethod> method_;
  ColumnDrift result_;
};

}  // namespace

std::size_t DriftReport::judged_columns() const {
  return static_cast<std::size_t>(std::count_if(
      columns.begin(), columns.end(), [](const ColumnDrift& column) { return column.judged(); }));
}

std::size_t DriftReport::drifted_columns() const {
  return static_cast<std::size_t>(std::count_if(
      columns.begin(), columns.end(), [](const ColumnDrift& column) { return column.drifted; }));
}

bool DriftReport::data_drift() const {
  const std::size_t judged = judged_columns();
  return judged > 0 &&
         static_cast<double>(drifted_columns()) >= drift_share * static_cast<double>(judged);
}

Result<DriftReport> FindDrift(const DriftSide& reference, const DriftSide& current,
                              const DriftOptions& options, const EngineSource& engine) {
  TRY(CheckOptions(reference, current, options));
  DriftReport report;
  report.reference = reference.name;
  report.current = current.name;
  report.reference_version = reference.version;
  report.current_version = current.version;
  report.reference_rows = reference.rows;
  report.current_rows = current.rows;
  report.drift_share = options.drift_share;
  report.schema = SchemaChanges(reference, current);
  const auto is_wanted = [&](const std::string& name) {
    return options.columns.empty() ||
           std::find(options.columns.begin(), options.columns.end(), name) != options.columns.end();
  };
  std::erase_if(report.schema,
                [&](const SchemaChange& change) { return !is_wanted(change.column); });
  for (const Field& field : CommonColumns(reference, current)) {
    if (!is_wanted(field.name)) continue;
    TRY_ASSIGN(ColumnDrift column, ColumnComparison(reference, current, options, engine, field)
                                       .Run()
                                       .While("comparing `" + field.name + "`"));
    if (field.name == reference.label) {
      report.label = std::move(column);
    } else {
      report.columns.push_back(std::move(column));
    }
  }
  return report;
}

}  // namespace assay::monitor
