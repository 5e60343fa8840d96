#include "source/united_read.h"

#include <algorithm>
#include <utility>

#include "base/letter_case.h"
#include "engine/sql_text.h"

namespace assay::source {
namespace {

constexpr char kTable[] = "_assay_alike_";
constexpr char kUnitedRefused[] = "_assay_united_refused";

// Files that are read together.
struct Alike {
  std::size_t first = 0;  // among all files
  std::vector<SourceFile> files;
  Schema schema;
  std::string table;  // where its rows are, with their places
};

SourceContext Of(const SourceContext& all, const std::vector<SourceFile>& files) {
  return {all.engine, all.params, files, all.as_text};
}

Result<Schema> SchemaOf(const SourceKind& kind, const SourceContext& all, const SourceFile& file) {
  const std::vector<SourceFile> one = {file};
  TRY_ASSIGN(const SourceRead read, kind.read(Of(all, one)));
  return all.engine.Describe(read.query);
}

// Neighbours that `alike` finds alike.
template <typename IsAlike>
std::vector<Alike> Group(const std::vector<SourceFile>& files, const std::vector<Schema>& schemas,
                         std::size_t first, std::size_t count, IsAlike is_alike) {
  std::vector<Alike> groups;
  for (std::size_t i = first; i < first + count; ++i) {
    if (groups.empty() || !is_alike(groups.back().schema, schemas[i])) {
      groups.push_back({i, {}, schemas[i], ""});
    }
    groups.back().files.push_back(files[i]);
  }
  return groups;
}

class Uniter {
 public:
  Uniter(const SourceKind& kind, const SourceContext& context) : kind_(kind), context_(context) {}

  Result<UnitedRead> Unite(const Error& together) {
    std::vector<Schema> schemas;
    schemas.reserve(context_.files.size());
    for (const SourceFile& file : context_.files) {
      TRY_ASSIGN(Schema schema, SchemaOf(kind_, context_, file));
      schemas.push_back(std::move(schema));
    }
    const std::vector<Alike> groups =
        Group(context_.files, schemas, 0, schemas.size(),
              [](const Schema& a, const Schema& b) { return FieldNames(a) == FieldNames(b); });
    for (const Alike& group : groups) {
      TRY_ASSIGN(const bool is_read, Take(group));
      if (is_read) continue;
      // Of the same names, and yet not to be read at once: the types differ.
      const std::vector<Alike> smaller =
          Group(context_.files, schemas, group.first, group.files.size(),
                [](const Schema& a, const Schema& b) { return a == b; });
      if (smaller.size() == 1) return together;
      for (const Alike& each : smaller) {
        TRY_ASSIGN(const bool is_alone_read, Take(each));
        if (!is_alone_read) return together;
      }
    }
    return United();
  }

 private:
  // Writes the rows of a group down, since what a group refuses is known behind its reading only.
  Result<bool> Take(Alike group) {
    auto read = kind_.read(Of(context_, group.files));
    if (!read.ok() && read.error().code == ErrorCode::kData) return false;
    if (!read.ok()) return std::move(read).error();
    group.table = kTable + std::to_string(taken_.size());
    const std::string placed =
        read->placed_query.empty()
            ? "SELECT *, CAST(NULL AS BIGINT) AS _assay_line FROM (" + read->indexed_query + ")"
            : read->placed_query;
    TRY(context_.engine.Execute("CREATE OR REPLACE TEMP TABLE " + group.table +
                                " AS SELECT * REPLACE (_assay_file_index::BIGINT + " +
                                std::to_string(group.first) + " AS _assay_file_index) FROM (" +
                                placed + ")"));
    TRY_ASSIGN(group.schema, context_.engine.Describe("SELECT * FROM " + group.table));
    told_.insert(told_.end(), read->told.begin(), read->told.end());
    if (read->changes) {
      TRY_ASSIGN(std::vector<CellChanges> changes, read->changes());
      for (CellChanges& one : changes) {
        one.file += group.first;
        changes_.push_back(std::move(one));
      }
    }
    if (read->refused) {
      TRY_ASSIGN(const std::string query, read->refused());
      TRY(NoteRefused(query));
    }
    taken_.push_back(std::move(group));
    return true;
  }

  Status NoteRefused(const std::string& query) {
    const std::string table = kUnitedRefused;
    if (!has_refused_) {
      has_refused_ = true;
      return context_.engine.Execute("CREATE OR REPLACE TEMP TABLE " + table + " AS " + query);
    }
    return context_.engine.Execute("INSERT INTO " + table + " " + query);
  }

  // The type of each column, by its name in lower case; text where there are several.
  std::map<std::string, Type> Types() const {
    std::map<std::string, Type> types;
    for (const Alike& group : taken_) {
      for (const Field& field : group.schema) {
        const auto [known, is_new] = types.emplace(Lower(field.name), field.type);
        if (!is_new && known->second != field.type) known->second = {TypeKind::kString, 0, 0, {}};
      }
    }
    return types;
  }

  std::map<std::string, std::string> Lacking(const std::map<std::string, Type>& types) const {
    std::map<std::string, std::string> lacking;
    for (const auto& [name, type] : types) {
      for (const Alike& group : taken_) {
        const bool has = std::ranges::any_of(
            group.schema, [&](const Field& field) { return Lower(field.name) == name; });
        if (!has) lacking.emplace(name, group.files.front().location);
      }
    }
    return lacking;
  }

  Result<UnitedRead> United() {
    const std::map<std::string, Type> types = Types();
    std::string united;
    for (const Alike& group : taken_) {
      std::string select;
      for (const Field& field : group.schema) {
        const std::string name = engine::QuoteName(field.name);
        const Type& type = types.at(Lower(field.name));
        select +=
            (select.empty() ? "SELECT " : ", ") +
            (type == field.type ? name
                                : "CAST(" + name + " AS " + engine::TypeSql(type) + ") AS " + name);
      }
      united += (united.empty() ? "" : " UNION ALL BY NAME ") + select + " FROM " + group.table;
    }
    SourceRead read;
    read.query = "SELECT * EXCLUDE (_assay_file_index, _assay_line) FROM (" + united + ")";
    read.indexed_query =
        "SELECT * EXCLUDE (_assay_file_index, _assay_line), _assay_file_index FROM (" + united +
        ")";
    read.placed_query =
        "SELECT * EXCLUDE (_assay_file_index, _assay_line), _assay_file_index, "
        "_assay_line FROM (" +
        united + ")";
    read.told = told_;
    read.changes = [changes = changes_]() -> Result<std::vector<CellChanges>> { return changes; };
    if (has_refused_) {
      read.refused = []() -> Result<std::string> {
        return std::string("SELECT * FROM ") + kUnitedRefused;
      };
    }
    return UnitedRead{std::move(read), Lacking(types)};
  }

  const SourceKind& kind_;
  const SourceContext& context_;
  std::vector<Alike> taken_;
  std::vector<std::string> told_;
  std::vector<CellChanges> changes_;
  bool has_refused_ = false;
};

}  // namespace

Result<UnitedRead> ReadUnited(const SourceKind& kind, const SourceContext& context) {
  auto read = kind.read(context);
  if (read.ok()) return UnitedRead{std::move(read).value()};
  if (read.error().code != ErrorCode::kData || context.files.size() == 1) {
    return std::move(read).error();
  }
  return Uniter(kind, context).Unite(read.error());
}

}  // namespace assay::source
