#include "prepare/parity.h"

#include <cmath>
#include <limits>

#include "engine/sql_text.h"
#include "prepare/civil_time.h"

namespace assay::prepare {
namespace {

constexpr std::uint64_t kRowsAtEachEnd = 500;

template <typename Integer>
std::vector<Cell> BordersOf() {
  return {Cell(static_cast<std::int64_t>(std::numeric_limits<Integer>::min())),
          Cell(static_cast<std::int64_t>(std::numeric_limits<Integer>::max()))};
}

std::vector<Cell> IntegerBorders(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInt8:
      return BordersOf<std::int8_t>();
    case TypeKind::kInt16:
      return BordersOf<std::int16_t>();
    case TypeKind::kInt32:
      return BordersOf<std::int32_t>();
    case TypeKind::kUint8:
      return BordersOf<std::uint8_t>();
    case TypeKind::kUint16:
      return BordersOf<std::uint16_t>();
    case TypeKind::kUint32:
      return BordersOf<std::uint32_t>();
    default:
      return BordersOf<std::int64_t>();
  }
}

template <typename Real>
std::vector<Cell> RealBorders() {
  using Limits = std::numeric_limits<Real>;
  std::vector<Cell> cells;
  for (const Real value : {Real{0}, -Real{0}, Real{1} / 3, -Real{1} / 3, Limits::max(),
                           Limits::lowest(), Limits::min(), Limits::denorm_min(), Limits::epsilon(),
                           Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
    cells.emplace_back(static_cast<double>(value));
  }
  return cells;
}

std::vector<std::int64_t> BorderDays() {
  std::vector<std::int64_t> days = {0, -1, 1, -719'468};
  for (const CivilDate& date :
       {CivilDate{2000, 2, 29}, CivilDate{2001, 2, 28}, CivilDate{2001, 3, 1},
        CivilDate{1900, 2, 28}, CivilDate{2004, 12, 31}, CivilDate{2005, 1, 1},
        CivilDate{2005, 1, 2}, CivilDate{2009, 12, 31}, CivilDate{2010, 1, 3},
        CivilDate{2010, 1, 4}, CivilDate{9999, 12, 31}, CivilDate{1, 1, 1},
        CivilDate{1582, 10, 15}}) {
    days.push_back(DaysFromCivil(date));
  }
  return days;
}

std::vector<Cell> MomentBorders(const Type& type) {
  std::vector<Cell> cells;
  for (const std::int64_t day : BorderDays()) {
    if (type.kind == TypeKind::kDate) {
      cells.emplace_back(day);
      continue;
    }
    const std::int64_t start = day * kMicrosPerDay;
    for (const std::int64_t micros : {start, start + kMicrosPerDay - 1, start + 45'296'789'012}) {
      cells.emplace_back(micros);
    }
  }
  return cells;
}

// Columns that are read, and what both ways are compared in.
struct Frame {
  std::vector<std::size_t> columns;
  std::vector<Preparation::Output> wanted;  // the columns, then all slots of all steps
  std::string names;
};

Frame FrameOf(const Preparation& preparation) {
  Frame frame;
  frame.columns = preparation.ColumnsRead();
  for (const std::size_t column : frame.columns) {
    const Field& field = preparation.input()[column];
    frame.wanted.push_back({{"_assay_c" + std::to_string(column), field.type}, column});
    frame.names += (frame.names.empty() ? "" : ", ") + engine::QuoteName(field.name);
  }
  for (const Preparation::Step& step : preparation.steps()) {
    std::size_t slot = step.first_output_slot;
    for (const Field& field : step.fitted->outputs()) {
      frame.wanted.push_back({{"_assay_s" + std::to_string(slot), field.type}, slot});
      ++slot;
    }
  }
  return frame;
}

// A row for each border of each column; the other columns as in `base`.
std::string BorderRows(const Preparation& preparation, const Frame& frame,
                       const std::vector<Cell>& base) {
  std::string rows;
  const auto add = [&](std::size_t at, const Cell& cell) {
    std::string row;
    for (std::size_t i = 0; i < frame.columns.size(); ++i) {
      const Type& type = preparation.input()[frame.columns[i]].type;
      row += (i == 0 ? "" : ", ") + CellSql(i == at ? cell : base[i], type);
    }
    rows += (rows.empty() ? "(" : ", (") + row + ")";
  };
  for (std::size_t i = 0; i < frame.columns.size(); ++i) {
    for (const Cell& cell : BorderCells(preparation.input()[frame.columns[i]].type)) add(i, cell);
    for (const Preparation::Step& step : preparation.steps()) {
      if (step.input_slot != frame.columns[i]) continue;
      for (const Cell& cell : step.fitted->Borders()) add(i, cell);
    }
  }
  return rows;
}

class Comparison {
 public:
  Comparison(const Preparation& preparation, const Frame& frame)
      : preparation_(preparation), frame_(frame), slots_(preparation.slots()) {
    report_.steps.reserve(preparation.steps().size());
    for (std::size_t i = 0; i < preparation.steps().size(); ++i) {
      report_.steps.push_back({i, 0, ""});
    }
  }

  Status Take(std::string_view row) {
    ++report_.rows;
    for (std::size_t i = 0; i < frame_.columns.size(); ++i) {
      TRY_ASSIGN(slots_[frame_.columns[i]], TakeCell(row, frame_.wanted[i].field.type));
    }
    preparation_.Apply(slots_);
    bool differed = false;
    for (std::size_t i = 0; i < preparation_.steps().size(); ++i) {
      const Preparation::Step& step = preparation_.steps()[i];
      bool step_differs = false;
      std::size_t slot = step.first_output_slot;
      for (const Field& field : step.fitted->outputs()) {
        TRY_ASSIGN(const Cell by_sql, TakeCell(row, field.type));
        const Cell& by_row = slots_[slot++];
        if (Same(by_sql, by_row, field.type)) continue;
        step_differs = true;
        // What stands behind a step that differs says nothing new.
        if (differed || !report_.steps[i].example.empty()) continue;
        report_.steps[i].example = "`" + field.name + "` of " +
                                   CellText(slots_[step.input_slot], step.input_type) + " is " +
                                   CellText(by_sql, field.type) + " in SQL and " +
                                   CellText(by_row, field.type) + " for one row";
      }
      if (step_differs) ++report_.steps[i].different;
      differed = differed || step_differs;
    }
    return {};
  }

  ParityReport Finish() { return std::move(report_); }

 private:
  bool Same(const Cell& a, const Cell& b, const Type& type) {
    one_.clear();
    other_.clear();
    AppendCell(one_, a, type);
    AppendCell(other_, b, type);
    return one_ == other_;
  }

  const Preparation& preparation_;
  const Frame& frame_;
  std::vector<Cell> slots_;
  std::string one_, other_;
  ParityReport report_;
};

template <typename Take>
Status EachRow(engine::Engine& engine, const std::string& query, Take take) {
  return engine.ReadRows(query, [&](const engine::EncodedRows& rows) -> Status {
    std::size_t start = 0;
    for (const std::size_t end : rows.ends) {
      TRY(take(rows.bytes.substr(start, end - start)));
      start = end;
    }
    return {};
  });
}

}  // namespace

std::vector<Cell> BorderCells(const Type& type) {
  std::vector<Cell> cells;
  if (type.kind == TypeKind::kFloat32) {
    cells = RealBorders<float>();
  } else if (type.kind == TypeKind::kFloat64) {
    cells = RealBorders<double>();
  } else if (type.kind == TypeKind::kBool) {
    cells = {Cell(std::int64_t{0}), Cell(std::int64_t{1})};
  } else if (type.kind == TypeKind::kString) {
    cells = {Cell(std::string()), Cell(std::string("\xC3\xA9'\"\n"))};
  } else if (IsMoment(type)) {
    cells = MomentBorders(type);
  } else if (type.kind == TypeKind::kDecimal) {
    std::int64_t greatest = 0;
    for (int i = 0; i < type.precision; ++i) greatest = greatest * 10 + 9;
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{1}, greatest, -greatest}) {
      cells.emplace_back(value);
    }
  } else {
    cells = IntegerBorders(type.kind);
    cells.emplace_back(std::int64_t{0});
    cells.emplace_back(std::int64_t{1});
  }
  cells.emplace_back();
  return cells;
}

Result<ParityReport> CheckParity(engine::Engine& engine, const Preparation& preparation,
                                 const std::string& table, std::uint64_t rows) {
  const Frame frame = FrameOf(preparation);
  if (frame.columns.empty()) return ParityReport{};
  std::vector<Cell> base(frame.columns.size());
  TRY(EachRow(engine, "SELECT " + frame.names + " FROM " + table + " LIMIT 1",
              [&](std::string_view row) -> Status {
                for (std::size_t i = 0; i < base.size(); ++i) {
                  TRY_ASSIGN(base[i], TakeCell(row, frame.wanted[i].field.type));
                }
                return {};
              }));
  const std::string real =
      "(SELECT " + frame.names + " FROM " + table + " LIMIT " + std::to_string(kRowsAtEachEnd);
  std::string all = real + ")";
  if (rows > kRowsAtEachEnd) {
    all += " UNION ALL " + real + " OFFSET " + std::to_string(rows - kRowsAtEachEnd) + ")";
  }
  TRY(engine.Execute("CREATE OR REPLACE TEMP TABLE _assay_parity AS " + all));
  TRY(engine.Execute("INSERT INTO _assay_parity VALUES " + BorderRows(preparation, frame, base)));
  Comparison comparison(preparation, frame);
  TRY(EachRow(engine, preparation.Sql("_assay_parity", frame.wanted), [&](std::string_view row) {
        return comparison.Take(row);
      }).While("preparing rows at the borders"));
  TRY(engine.Execute("DROP TABLE _assay_parity"));
  return comparison.Finish();
}

}  // namespace assay::prepare
