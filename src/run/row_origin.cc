#include "run/row_origin.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "engine/sql_text.h"

namespace assay::run {
namespace {

constexpr char kTableKind[] = "assay.table/1";

Result<store::Table> GetTable(const store::ObjectStore& objects, const std::string& sha256) {
  TRY_ASSIGN(const std::string text, objects.Get(sha256));
  TRY_ASSIGN(const Json json, ParseJson(text));
  if (!json.is_object() || !json.contains(kTableKind)) {
    return Error{ErrorCode::kData, "the object is no table", ""};
  }
  return store::ParseTableJson(json[kTableKind]);
}

RowPlace PlaceOf(std::uint64_t id) {
  constexpr std::uint64_t kRowMask = (std::uint64_t{1} << engine::kRowBits) - 1;
  return {static_cast<std::size_t>(id >> engine::kRowBits), id & kRowMask};
}

// Row `row` of all rows of the sources, from 0.
RowOrigin RowOf(const std::vector<store::Lineage::Source>& sources, std::uint64_t row) {
  for (const store::Lineage::Source& source : sources) {
    if (row < source.rows) return {source.location, row + 1, ""};
    row -= source.rows;
  }
  return {"", 0, "no file that was read has it"};
}

// A row that was asked for, and where it is on the way back.
struct Wanted {
  std::size_t asked;  // number of the answer
  RowPlace place;
};

class OriginFinder {
 public:
  OriginFinder(const store::ObjectStore& objects, engine::Engine& engine, std::size_t asked)
      : objects_(objects), engine_(engine), found_(asked) {}

  // Adds to the answers.
  Status Find(const std::string& name, const store::Table& table,
              const std::vector<Wanted>& wanted);
  std::vector<std::vector<RowOrigin>> Take() { return std::move(found_); }

 private:
  Status FindInFile(const std::string& name, const store::FileRef& file,
                    const std::vector<Wanted>& wanted);
  Status FindInSources(const std::string& name, const store::FileRef& file,
                       std::vector<Wanted> wanted);
  Result<std::vector<Wanted>> ReadIds(const store::FileRef& file, const std::string& column,
                                      const std::vector<Wanted>& wanted);
  void Add(std::size_t asked, RowOrigin origin);
  void Lose(const std::string& name, const std::string& why, const std::vector<Wanted>& wanted);

  const store::ObjectStore& objects_;
  engine::Engine& engine_;
  std::vector<std::vector<RowOrigin>> found_;
};

void OriginFinder::Add(std::size_t asked, RowOrigin origin) {
  std::vector<RowOrigin>& origins = found_[asked];
  if (std::find(origins.begin(), origins.end(), origin) == origins.end()) {
    origins.push_back(std::move(origin));
  }
}

void OriginFinder::Lose(const std::string& name, const std::string& why,
                        const std::vector<Wanted>& wanted) {
  for (const Wanted& row : wanted) Add(row.asked, {"", 0, name + ": " + why});
}

Status OriginFinder::Find(const std::string& name, const store::Table& table,
                          const std::vector<Wanted>& wanted) {
  std::map<std::size_t, std::vector<Wanted>> by_file;
  for (const Wanted& row : wanted) by_file[row.place.file].push_back(row);
  for (const auto& [file, rows] : by_file) {
    if (file < table.files.size()) {
      TRY(FindInFile(name, table.files[file], rows));
    } else {
      Lose(name, "no file that it has", rows);
    }
  }
  return {};
}

Status OriginFinder::FindInFile(const std::string& name, const store::FileRef& file,
                                const std::vector<Wanted>& wanted) {
  if (!file.lineage) {
    Lose(name, "made before rows were traced", wanted);
    return {};
  }
  const store::Lineage& lineage = *file.lineage;
  if (lineage.kind == "source") return FindInSources(name, file, wanted);
  if (lineage.ids.empty()) Lose(name, lineage.reason, wanted);
  for (const store::Lineage::Ids& ids : lineage.ids) {
    const auto table = GetTable(objects_, ids.table);
    const auto before = ReadIds(file, ids.column, wanted);
    if (table.ok() && before.ok()) {
      TRY(Find(ids.input, *table, *before));
    } else {
      if (!before.ok() && before.error().code == ErrorCode::kCancelled) return before.error();
      Lose(ids.input, "its rows as they were are gone", wanted);
    }
  }
  return {};
}

Status OriginFinder::FindInSources(const std::string& name, const store::FileRef& file,
                                   std::vector<Wanted> wanted) {
  if (!file.lineage->ids.empty()) {
    auto rows = ReadIds(file, file.lineage->ids[0].column, wanted);
    if (!rows.ok() && rows.error().code == ErrorCode::kCancelled) return rows.error();
    if (!rows.ok()) Lose(name, "its rows are gone", wanted);
    wanted = rows.ok() ? *std::move(rows) : std::vector<Wanted>();
  }
  for (const Wanted& row : wanted) Add(row.asked, RowOf(file.lineage->sources, row.place.row));
  return {};
}

// The rows that a column of ids names, without those where it is null.
Result<std::vector<Wanted>> OriginFinder::ReadIds(const store::FileRef& file,
                                                  const std::string& column,
                                                  const std::vector<Wanted>& wanted) {
  std::string numbers;
  for (const Wanted& row : wanted) {
    numbers += (numbers.empty() ? "" : ", ") + std::to_string(row.place.row);
  }
  TRY_ASSIGN(const engine::Grid grid,
             engine_.Query("SELECT file_row_number, " + engine::QuoteName(column) + " FROM " +
                           engine::ReadParquet({objects_.PathOf(file.sha256)}, {}) +
                           " WHERE file_row_number IN (" + numbers + ")"));
  const auto number = [](const std::string& text) {
    return std::strtoull(text.c_str(), nullptr, 10);
  };
  std::map<std::uint64_t, std::uint64_t> id_of;
  for (const auto& row : grid.rows) {
    if (row[0] && row[1]) id_of[number(*row[0])] = number(*row[1]);
  }
  std::vector<Wanted> before;
  for (const Wanted& row : wanted) {
    const auto id = id_of.find(row.place.row);
    if (id != id_of.end()) before.push_back({row.asked, PlaceOf(id->second)});
  }
  return before;
}

}  // namespace

Result<std::string> PutTable(store::ObjectStore& objects, const store::Table& table) {
  TRY_ASSIGN(const std::string text, CanonicalJson(Json{{kTableKind, TableJson(table)}}));
  return objects.Put(text);
}

Result<std::shared_ptr<const store::Lineage>> LineageOfInput(Workspace& workspace,
                                                             const std::string& input,
                                                             const store::Table& table) {
  auto lineage = std::make_shared<store::Lineage>();
  lineage->kind = engine::TraceKindName(engine::Trace::Kind::kRowLocal);
  TRY_ASSIGN(const std::string sha256, PutTable(workspace.objects(), table));
  lineage->ids.push_back({input, kRowIdColumn, sha256, 0});
  return std::shared_ptr<const store::Lineage>(std::move(lineage));
}

Result<std::vector<std::vector<RowOrigin>>> FindOrigins(const store::ObjectStore& objects,
                                                        engine::Engine& engine,
                                                        const std::string& name,
                                                        const store::Table& table,
                                                        const std::vector<RowPlace>& places) {
  std::vector<Wanted> wanted;
  wanted.reserve(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) wanted.push_back({i, places[i]});
  OriginFinder finder(objects, engine, places.size());
  TRY(finder.Find(name, table, wanted));
  return finder.Take();
}

std::string OriginsText(const std::vector<RowOrigin>& origins) {
  std::string text;
  for (const RowOrigin& origin : origins) {
    text += text.empty() ? "" : ", ";
    text += origin.lost.empty() ? origin.location + " row " + std::to_string(origin.row)
                                : "unknown (" + origin.lost + ")";
  }
  return text;
}

Json OriginsJson(const std::vector<RowOrigin>& origins) {
  Json list = Json::array();
  for (const RowOrigin& origin : origins) {
    list.push_back(origin.lost.empty() ? Json{{"location", origin.location}, {"row", origin.row}}
                                       : Json{{"lost", origin.lost}});
  }
  return list;
}

}  // namespace assay::run
