#include "source/engine_csv.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "engine/sql_text.h"
#include "source/cell_counts.h"
#include "source/column_cells.h"
#include "source/csv_columns.h"
#include "source/guessed_csv.h"
#include "source/text_file.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr char kRejects[] = "_assay_rejects";
constexpr char kScans[] = "_assay_reject_scans";
constexpr char kLines[] = "_assay_reject_lines";

// Objects are named by their content: files of the same bytes are one, with all their names.
std::string LocationMap(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> names;
  for (const SourceFile& file : files) {
    std::string& name = names[file.object.string()];
    name += (name.empty() ? "" : " or ") + file.location;
  }
  std::vector<std::string> objects, found;
  for (const auto& [object, name] : names) {
    objects.push_back(object);
    found.push_back(name);
  }
  return "MAP(" + engine::TextList(objects) + ", " + engine::TextList(found) + ")";
}

Status CheckDifferentBytes(const std::vector<SourceFile>& files) {
  std::map<std::string, std::string> seen;
  for (const SourceFile& file : files) {
    const auto [known, is_new] = seen.emplace(file.object.string(), file.location);
    if (is_new) continue;
    return Error{ErrorCode::kData,
                 "files of the same bytes cannot be told apart in `file_column`: " + known->second +
                     ", " + file.location,
                 "take one away, or do without `file_column`"};
  }
  return {};
}

// The engine counts rows where a person counts lines; a cell may hold line ends.
Status WriteLines(engine::Engine& engine, const std::vector<SourceFile>& files) {
  TRY(engine.Execute(std::string("CREATE OR REPLACE TEMP TABLE ") + kLines +
                     " (file VARCHAR, place BIGINT, line BIGINT)"));
  TRY_ASSIGN(const engine::Grid rejects,
             engine.Query(std::string("SELECT DISTINCT s.file_path, "
                                      "r.line_byte_position::BIGINT FROM ") +
                          kRejects + " r JOIN " + kScans +
                          " s ON r.scan_id = s.scan_id AND r.file_id = s.file_id "
                          "WHERE r.line_byte_position IS NOT NULL ORDER BY 1, 2"));
  std::map<std::string, std::vector<std::int64_t>> offsets;
  for (const auto& row : rejects.rows) {
    offsets[row[0].value_or("")].push_back(std::strtoll(row[1]->c_str(), nullptr, 10));
  }
  constexpr std::size_t kAtOnce = 10'000;
  for (const auto& [object, places] : offsets) {
    const auto file =
        std::ranges::find(files, object, [](const SourceFile& one) { return one.object.string(); });
    if (file == files.end()) continue;
    TRY_ASSIGN(const std::vector<std::int64_t> lines, LinesOf(*file, places));
    for (std::size_t first = 0; first < lines.size(); first += kAtOnce) {
      std::string values;
      for (std::size_t i = first; i < std::min(first + kAtOnce, lines.size()); ++i) {
        values += (values.empty() ? "(" : ", (") + QuoteText(object) + ", " +
                  std::to_string(places[i]) + ", " + std::to_string(lines[i]) + ")";
      }
      TRY(engine.Execute(std::string("INSERT INTO ") + kLines + " VALUES " + values));
    }
  }
  return {};
}

// What can be done to a cell of text the engine reads: it is a word for null, or a moment
// elsewhere.
struct CountedCell {
  std::size_t column;
  std::string condition;
  std::uint64_t CellChanges::*count;
};

std::vector<CountedCell> CountedCells(const Json& params, const Schema& columns) {
  std::string words;
  for (const std::string& word : contract::TextsOf(params, "nulls")) {
    if (!word.empty()) words += (words.empty() ? "" : ", ") + QuoteText(word);
  }
  std::vector<CountedCell> counted;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string name = QuoteName(columns[i].name);
    if (!words.empty()) counted.push_back({i, name + " IN (" + words + ")", &CellChanges::nulls});
    if (columns[i].type.kind != TypeKind::kTimestampUtc) continue;
    counted.push_back(
        {i, "regexp_matches(" + name + ", " + QuoteText(kEndsInUtc) + ")", &CellChanges::in_utc});
  }
  return counted;
}

// How many of the files have the same bytes as one, by the path of these.
std::map<std::string, std::uint64_t> FilesOfSameBytes(const std::vector<SourceFile>& files) {
  std::map<std::string, std::uint64_t> count;
  for (const SourceFile& file : files) ++count[file.object.string()];
  return count;
}

// Columns that need no look at their text are counted by what comes of them.
Result<std::vector<CellChanges>> CountCells(const SourceContext& context, const Schema& columns) {
  std::vector<CellChanges> changes;
  changes.reserve(context.files.size() * columns.size());
  for (std::size_t file = 0; file < context.files.size(); ++file) {
    for (const Field& field : columns) {
      changes.push_back(
          {.file = file, .column = field.name, .cells = std::nullopt, .trimmed = std::nullopt});
    }
  }
  const std::vector<CountedCell> counted = CountedCells(context.params, columns);
  if (counted.empty()) return changes;
  std::string select = std::string("SELECT ") + kFileOfCells;
  for (const CountedCell& cell : counted) {
    select += ", count(CASE WHEN " + cell.condition + " THEN 1 END)";
  }
  Json params = context.params;
  params["nulls"] = Json::array({""});
  constexpr std::size_t kAtOnce = 1000;
  for (std::size_t first = 0; first < context.files.size(); first += kAtOnce) {
    const auto begin = context.files.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t count = std::min(kAtOnce, context.files.size() - first);
    const std::vector<SourceFile> some(begin, begin + static_cast<std::ptrdiff_t>(count));
    const SourceContext as_they_are{context.engine, params, some};
    TRY_ASSIGN(const engine::Grid grid,
               context.engine.Query(select + " FROM " +
                                    TextCells(as_they_are, some, columns, true) + " GROUP BY 1"));
    const auto alike = FilesOfSameBytes(some);
    for (const auto& row : grid.rows) {
      for (std::size_t i = 0; i < some.size(); ++i) {
        const std::string object = some[i].object.string();
        if (row.at(0) != object) continue;
        for (std::size_t k = 0; k < counted.size(); ++k) {
          const std::uint64_t cells =
              std::strtoull(row.at(k + 1).value_or("0").c_str(), nullptr, 10);
          changes[(first + i) * columns.size() + counted[k].column].*counted[k].count =
              cells / alike.at(object);
        }
      }
    }
  }
  return changes;
}

// One query reads all files, with one packing. The engine takes what is left of a file that is cut
// short for all of it.
Status CheckPacking(const std::vector<SourceFile>& files) {
  const Packing first = PackingOf(files[0].location);
  for (const SourceFile& file : files) {
    if (PackingOf(file.location) != first) {
      return Error{ErrorCode::kData,
                   "files of one source are packed in different ways: " + files[0].location + ", " +
                       file.location,
                   "pack all alike or none, or declare them as two sources"};
    }
    TRY(CheckUnpacks(file));
  }
  return {};
}

// The cells as they are typed, or, where the types are a guess, as text that is cast and checked.
Result<SourceRead> ReadColumns(const SourceContext& context, const Schema& columns, bool is_guess) {
  std::string typed;
  for (const Field& field : columns) {
    typed += (typed.empty() ? "" : ", ") + QuoteText(field.name) + ": " +
             QuoteText(is_guess ? "VARCHAR" : engine::TypeSql(field.type));
  }
  // Rejects of an earlier source in this instance must not be taken for ours.
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kRejects));
  TRY(context.engine.Execute(std::string("DROP TABLE IF EXISTS ") + kScans));
  const std::string column = context.params.value("file_column", "");
  if (!column.empty()) TRY(CheckDifferentBytes(context.files));
  SourceRead read;
  const std::string table = "read_csv(" + PathList(context.files) + CellOptions(context) +
                            ", auto_detect = false, columns = {" + typed + "}, filename = '" +
                            kFileOfCells +
                            "', store_rejects = true, rejects_limit = 0, rejects_table = '" +
                            kRejects + "', rejects_scan = '" + kScans + "')";
  const std::string locations = LocationMap(context.files);
  std::string select = is_guess ? "SELECT " + CheckedCells(columns)
                                : std::string("SELECT * EXCLUDE (") + kFileOfCells + ")";
  if (!column.empty()) {
    select += ", " + locations + "[" + kFileOfCells + "] AS " + QuoteName(column);
  }
  read.query = select + " FROM " + table;
  read.indexed_query = select + ", file_index AS _assay_file_index FROM " + table;
  if (context.files.size() >= engine::kManyFiles) {
    const std::size_t own = columns.size() + (column.empty() ? 0 : 1);
    read.query = engine::InSequence(read.query, own);
    read.indexed_query = engine::InSequence(read.indexed_query, own + 1);
  }
  read.changes = [&engine = context.engine, &files = context.files, params = context.params,
                  columns] {
    return CountCells({engine, params, files}, columns);
  };
  read.refused = [&engine = context.engine, &files = context.files,
                  locations]() -> Result<std::string> {
    TRY(WriteLines(engine, files));
    // One row may be rejected for several cells; its first reason is told.
    return "SELECT " + locations +
           "[s.file_path] AS location, coalesce(min(l.line), r.line::BIGINT) AS line, "
           "first(r.column_name ORDER BY r.column_idx) AS \"column\", "
           "first(r.error_message ORDER BY r.column_idx) AS reason, "
           "ltrim(any_value(r.csv_line), chr(10) || chr(13)) AS text FROM " +
           kRejects + " r JOIN " + kScans +
           " s ON r.scan_id = s.scan_id AND r.file_id = s.file_id LEFT JOIN " + kLines +
           " l ON l.file = s.file_path AND l.place = r.line_byte_position "
           "WHERE r.scan_id = (SELECT max(scan_id) FROM " +
           kScans + ") GROUP BY s.file_id, s.file_path, r.line ORDER BY s.file_id, 2";
  };
  return read;
}

}  // namespace

Result<SourceRead> ReadByEngine(const SourceContext& context) {
  TRY(CheckPacking(context.files));
  if (context.may_guess) {
    TRY_ASSIGN(const auto guessed, GuessColumns(context));
    if (guessed) {
      TRY_ASSIGN(SourceRead read, ReadColumns(context, *guessed, true));
      read.exactly = [&engine = context.engine, params = context.params, &files = context.files] {
        return ReadByEngine({engine, params, files});
      };
      return read;
    }
  }
  TRY_ASSIGN(const Schema columns, EngineColumns(context));
  TRY(CheckNothingIsLost(context.engine, TextCells(context, context.files, columns), columns));
  return ReadColumns(context, columns, false);
}

}  // namespace assay::source
