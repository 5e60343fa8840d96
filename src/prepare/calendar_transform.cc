#include <array>
#include <limits>

#include "prepare/civil_time.h"
#include "prepare/transform.h"

namespace assay::prepare {
namespace {

// The moment in parts, each made when asked for.
struct Clock {
  std::int64_t days, micros_of_day;
};

struct Part {
  const char* name;
  const char* sql;  // function of the engine
  int (*of)(const Clock& clock);
  bool needs_time;
};

constexpr std::int64_t kMicrosPerHour = 3'600'000'000;

constexpr std::array kParts = {
    Part{"year", "year",
         [](const Clock& c) { return static_cast<int>(CivilFromDays(c.days).year); }, false},
    Part{"quarter", "quarter", [](const Clock& c) { return (CivilFromDays(c.days).month + 2) / 3; },
         false},
    Part{"month", "month", [](const Clock& c) { return CivilFromDays(c.days).month; }, false},
    Part{"week", "week", [](const Clock& c) { return WeekOf(c.days); }, false},
    Part{"day", "day", [](const Clock& c) { return CivilFromDays(c.days).day; }, false},
    Part{"day_of_year", "dayofyear", [](const Clock& c) { return DayOfYear(c.days); }, false},
    Part{"weekday", "isodow", [](const Clock& c) { return WeekdayOf(c.days); }, false},
    Part{"hour", "hour",
         [](const Clock& c) { return static_cast<int>(c.micros_of_day / kMicrosPerHour); }, true},
    Part{"minute", "minute",
         [](const Clock& c) { return static_cast<int>(c.micros_of_day / 60'000'000 % 60); }, true},
};

const Part* FindPart(const std::string& name) {
  for (const Part& part : kParts) {
    if (name == part.name) return &part;
  }
  return nullptr;
}

std::string PartNames() {
  std::string names;
  for (const Part& part : kParts) names += (names.empty() ? "" : ", ") + std::string(part.name);
  return names;
}

class Calendar : public Fitted {
 public:
  Calendar(const TransformContext& context, std::vector<const Part*> parts)
      : type_(context.type), parts_(std::move(parts)) {
    for (const Part* part : parts_) {
      outputs_.push_back({OutputName(context) + "_" + part->name, {TypeKind::kInt32, 0, 0, {}}});
    }
  }

  std::vector<std::string> Sql(const std::string& x) const override {
    const std::string moment =
        type_.kind == TypeKind::kTimestampUtc ? "(" + x + " AT TIME ZONE 'UTC')" : x;
    std::vector<std::string> sql;
    sql.reserve(parts_.size());
    for (const Part* part : parts_) {
      sql.push_back("CAST(" + std::string(part->sql) + "(" + moment + ") AS INTEGER)");
    }
    return sql;
  }

  void Apply(const Cell& x, Cell* outputs) const override {
    Clock clock{};
    const bool known = ClockOf(x, clock);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      outputs[i] = known ? Cell(std::int64_t{parts_[i]->of(clock)}) : Cell();
    }
  }

 private:
  // False for null and for the infinities, which have no parts.
  bool ClockOf(const Cell& x, Clock& clock) const {
    if (IsNull(x)) return false;
    const std::int64_t value = std::get<std::int64_t>(x);
    if (type_.kind == TypeKind::kDate) {
      constexpr std::int64_t kInfinite = std::numeric_limits<std::int32_t>::max();
      clock = {value, 0};
      return value != kInfinite && value != -kInfinite;
    }
    constexpr std::int64_t kInfinite = std::numeric_limits<std::int64_t>::max();
    if (value == kInfinite || value == -kInfinite) return false;
    clock.days = value / kMicrosPerDay - (value % kMicrosPerDay < 0 ? 1 : 0);
    clock.micros_of_day = value - clock.days * kMicrosPerDay;
    return true;
  }

  Type type_;
  std::vector<const Part*> parts_;
};

Result<Needs> WhatItNeeds(const TransformContext& context) {
  if (!IsMoment(context.type)) {
    return Error{
        ErrorCode::kUser,
        "`" + context.column + "` is no date or timestamp, it is " + TypeText(context.type),
        "cast it in a step before"};
  }
  for (const Json& name : context.params["parts"]) {
    const Part* part = FindPart(name);
    if (part == nullptr || !part->needs_time || context.type.kind != TypeKind::kDate) continue;
    return Error{ErrorCode::kUser,
                 "`" + context.column + "` is a date, it has no " + name.get<std::string>(), ""};
  }
  return Needs{};
}

Status KnowsParts(const Json& params) {
  for (const Json& name : params["parts"]) {
    if (FindPart(name) != nullptr) continue;
    return Error{ErrorCode::kUser, "a calendar has no part " + name.get<std::string>(),
                 "its parts are " + PartNames()};
  }
  return {};
}

Result<std::unique_ptr<Fitted>> Make(const TransformContext& context, const Json&) {
  std::vector<const Part*> parts;
  for (const Json& name : context.params["parts"]) {
    const Part* part = name.is_string() ? FindPart(name) : nullptr;
    if (part == nullptr) return Error{ErrorCode::kData, "a calendar with unknown parts", ""};
    parts.push_back(part);
  }
  return std::unique_ptr<Fitted>(std::make_unique<Calendar>(context, std::move(parts)));
}

}  // namespace

TransformKind calendar_transform() {
  using contract::ParamType;
  return {.info = {.name = "calendar",
                   .summary = "parts of a date or timestamp as numbers",
                   .help = "Makes `COLUMN_PART` for each part, in UTC: `year`, `quarter`, `month`, "
                           "`week` (ISO 8601), `day`, `day_of_year`, `weekday` (1 Monday to 7 "
                           "Sunday), `hour`, `minute`. Nothing is learnt. Null gives nulls.",
                   .params = {ColumnParam(),
                              {.name = "parts",
                               .type = ParamType::kNames,
                               .summary = "which parts",
                               .required = true},
                              {.name = "as",
                               .type = ParamType::kString,
                               .summary = "what the names begin with; without it the column's own "
                                          "name"}},
                   .subject = "column",
                   .check = KnowsParts,
                   .example = "- {calendar: date, parts: [month, weekday, hour]}\n"},
          .needs = WhatItNeeds,
          .learn = nullptr,
          .make = Make};
}

}  // namespace assay::prepare
