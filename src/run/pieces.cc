#include "run/pieces.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/nearest.h"
#include "contract/mapping.h"
#include "engine/sql_text.h"
#include "run/row_origin.h"
#include "run/source_refusals.h"
#include "run/table_sql.h"

namespace assay::run {

const NodeOutput& OutputOf(const Piece& piece) {
  return piece.kept ? *piece.kept : piece.made.output;
}

namespace {

// The part of rows whose column of the parts is null.
constexpr char kNoTime[] = "null";

// The inputs with one part in place of the table that has parts; it may be behind a fused step.
NodeInputs WithPart(const NodeInputs& inputs, std::size_t by_part, const store::Table& part) {
  NodeInputs narrowed;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const NodeInput& input = inputs[i];
    if (i != by_part) {
      narrowed.push_back(input);
    } else if (input.fused == nullptr) {
      narrowed.push_back({input.name, part, nullptr});
    } else {
      // A fused step reads one table.
      narrowed.push_back(
          {input.name,
           {},
           std::make_shared<FusedStep>(FusedStep{input.fused->step, input.fused->fingerprint,
                                                 WithPart(input.fused->inputs, 0, part)})});
    }
  }
  return narrowed;
}

const store::Table& PartitionedTable(const NodeInput& input) {
  return input.fused == nullptr ? input.table : PartitionedTable(input.fused->inputs.at(0));
}

// What stands for an input in a manifest: its content, or all that a fused step's rows depend on.
std::string ContentOf(const NodeInput& input) {
  if (input.fused == nullptr) return input.table.content_id;
  std::string text = "fused " + input.fused->fingerprint;
  for (const NodeInput& before : input.fused->inputs) text += " " + ContentOf(before);
  return text;
}

std::vector<Piece> FilesOf(const plan::Node& node, const SourceFiles& files,
                           const plan::Resolved& resolved) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < files.receipts.size(); ++i) {
    Piece& piece = pieces.emplace_back();
    piece.name = files.receipts[i].location;
    piece.files.receipts = {files.receipts[i]};
    plan::Resolved one;
    one.files = {resolved.files.at(i)};
    // Parts by file are called like their file.
    if (!resolved.file_names.empty() || node.parts->by_file()) one.file_names = {piece.name};
    piece.manifest = "piece of\n" + ManifestText(node, one, engine::kEngineMajor);
    piece.fingerprint = plan::Fingerprint(piece.manifest);
  }
  return pieces;
}

std::string UnitFormat(const contract::Partition& partition) {
  if (partition.unit == "year") return "%Y";
  if (partition.unit == "month") return "%Y-%m";
  return partition.unit == "day" ? "%Y-%m-%d" : "%Y-%m-%d %H";
}

// Parts of the same key come from several files.
Result<store::Table> UniteByKey(const std::vector<const store::Table*>& tables,
                                const std::string& what) {
  std::map<std::string, std::vector<store::Table>> by_key;
  Schema schema;
  for (const store::Table* table : tables) {
    if (schema.empty()) schema = table->schema;
    if (table->schema != schema) {
      return Error{
          ErrorCode::kData, what + ": its files have not the same columns",
          "make them alike, or hold them to a `contract` with `schema_mode: discard_value`"};
    }
    TRY_ASSIGN(std::vector<store::Table> parts, PartsAsTables(*table));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      by_key[table->parts[i].key].push_back(std::move(parts[i]));
    }
  }
  std::vector<std::string> keys;
  std::vector<store::Table> parts;
  for (const auto& [key, same] : by_key) {
    keys.push_back(key);
    TRY_ASSIGN(store::Table part,
               store::UniteParts(std::vector<std::string>(same.size(), key), same));
    part.parts.clear();  // the files of one part need no parts of their own
    parts.push_back(std::move(part));
  }
  TRY_ASSIGN(store::Table whole, store::UniteParts(keys, parts));
  if (!parts.empty()) return whole;
  whole.schema = schema;
  TRY_ASSIGN(whole.content_id, store::ContentId(schema, 0, whole.sum));
  return whole;
}

// Refused rows of several files, as one table without parts.
Result<store::Table> UniteRefused(const std::vector<const store::Table*>& tables) {
  std::vector<store::Table> copies;
  copies.reserve(tables.size());
  for (const store::Table* table : tables) copies.push_back(*table);
  TRY_ASSIGN(store::Table whole,
             store::UniteParts(std::vector<std::string>(copies.size(), ""), copies));
  whole.parts.clear();
  return whole;
}

std::vector<const store::Table*> OutputsOf(const std::vector<Piece>& pieces,
                                           const std::string& name) {
  std::vector<const store::Table*> tables;
  for (const Piece& piece : pieces) {
    const auto& outputs = OutputOf(piece).outputs;
    const auto found = outputs.find(name);
    if (found != outputs.end()) tables.push_back(&found->second);
  }
  return tables;
}

// What a source's files refused, and how their columns differ from those declared, as one.
void UniteFindings(const plan::Node& node, const std::vector<Piece>& pieces, Executed& done) {
  SourceRefusals all;
  for (const Piece& piece : pieces) {
    const SourceRefusals refusals = SourceRefusalsOf(OutputOf(piece).verdict);
    all.unparsed += refusals.unparsed;
    all.undeclared += refusals.undeclared;
    if (!piece.made.departures.is_array()) continue;
    if (done.departures.is_null()) done.departures = Json::array();
    done.declared_in = piece.made.declared_in;
    for (Json departure : piece.made.departures) {
      departure["file"] = piece.name;
      done.departures.push_back(std::move(departure));
    }
  }
  PutSourceRefusals(node.name, all, done);
}

}  // namespace

Result<std::vector<Piece>> PiecesOf(const plan::Node& node, const SourceFiles& files,
                                    const plan::Resolved& resolved, const NodeInputs& inputs) {
  if (node.type == plan::NodeType::kSource && node.parts) return FilesOf(node, files, resolved);
  std::vector<Piece> pieces;
  if (!node.by_part) return pieces;
  const store::Table& table = PartitionedTable(inputs.at(*node.by_part));
  TRY_ASSIGN(const std::vector<store::Table> parts, PartsAsTables(table));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Piece& piece = pieces.emplace_back();
    piece.name = table.parts[i].key;
    piece.inputs = WithPart(inputs, *node.by_part, parts[i]);
    plan::Resolved one;
    for (const NodeInput& input : piece.inputs) one.inputs.push_back(ContentOf(input));
    piece.manifest = "piece of\n" + ManifestText(node, one, engine::kEngineMajor);
    piece.fingerprint = plan::Fingerprint(piece.manifest);
  }
  return pieces;
}

Result<store::Table> CutIntoParts(Workspace& workspace, engine::Engine& engine,
                                  const contract::Partition& partition, const std::string& file,
                                  const store::Table& table, const std::string& source) {
  if (partition.by_file()) return store::UniteParts({file}, {table});
  const Field* field = FindField(table.schema, partition.column);
  if (field == nullptr) {
    const std::vector<std::string> known = FieldNames(table.schema);
    const std::string nearest = NearestName(partition.column, known);
    return Error{
        ErrorCode::kUser,
        PlaceText(partition.place) + ": no such column to cut into parts by: " + partition.column,
        nearest.empty() ? "its columns are " + contract::Join(known)
                        : "did you mean " + nearest + "?"};
  }
  if (field->type.kind != TypeKind::kDate && field->type.kind != TypeKind::kTimestamp &&
      field->type.kind != TypeKind::kTimestampUtc) {
    return Error{ErrorCode::kUser,
                 PlaceText(partition.place) + ": parts need a date or timestamp, not " +
                     TypeText(field->type) + ": " + partition.column,
                 ""};
  }
  const std::string key = "coalesce(strftime(" + engine::QuoteName(partition.column) + ", " +
                          engine::QuoteText(UnitFormat(partition)) + "), " +
                          engine::QuoteText(kNoTime) + ")";
  const std::string from = PlacedTableSql(workspace.objects(), table);
  TRY_ASSIGN(const engine::Grid found,
             engine.Query("SELECT DISTINCT " + key + " AS key FROM " + from + " ORDER BY key"));
  std::vector<store::Table> parts;
  std::vector<std::string> keys;
  keys.reserve(found.rows.size());
  for (const auto& row : found.rows) keys.push_back(row[0].value_or("null"));
  if (keys.size() == 1) return store::UniteParts(keys, {table});
  // One file, whose rows its own lineage counts.
  auto lineage = std::make_shared<store::Lineage>();
  if (const auto& known = table.files.at(0).lineage) *lineage = *known;
  lineage->ids = {{source, kRowIdColumn, "", 0}};
  for (const std::string& each : keys) {
    const std::string query = "SELECT " + engine::NameList(FieldNames(table.schema)) + ", " +
                              engine::RowIdSql() + " AS " + kRowIdColumn + " FROM " + from +
                              " WHERE " + key + " = " + engine::QuoteText(each);
    TRY_ASSIGN(parts.emplace_back(),
               StoreTraced(workspace, engine, {query, 1, lineage, true}, source));
  }
  TRY_ASSIGN(store::Table whole, store::UniteParts(keys, parts));
  if (keys.empty()) {
    whole.schema = table.schema;
    whole.content_id = table.content_id;
  }
  return whole;
}

std::string Narrowing::TextFor(const contract::Partition& partition) const {
  std::string text;
  if (has_range()) text = "parts " + first + ".." + last;
  if (before && !partition.by_file()) {
    text += (text.empty() ? "before " : ", before ") + std::to_string(*before);
  }
  return text;
}

namespace {

// Whether a part lies before the border, behind it, or on both sides.
enum class Side { kBefore, kBehind, kBoth };

Side SideOf(const std::string& key, std::int64_t before) {
  // A key is the beginning of the moments in it, but for the space before the hour.
  std::string border = UtcText(before).substr(0, key.size());
  std::replace(border.begin(), border.end(), 'T', ' ');
  if (key == border) return Side::kBoth;
  return key < border ? Side::kBefore : Side::kBehind;
}

bool IsInRange(const std::string& key, const contract::Partition& partition,
               const Narrowing& narrowing) {
  // Rows without a time lie in no range of times.
  if (narrowing.has_range() && key == kNoTime && !partition.by_file()) {
    return narrowing.first == kNoTime;
  }
  if (!narrowing.first.empty() && key < narrowing.first) return false;
  // `2001` as the end takes in all that begins with it.
  return narrowing.last.empty() || key.substr(0, narrowing.last.size()) <= narrowing.last;
}

// The rows of a part that are not before the border, or have no time.
std::string LateRows(const store::ObjectStore& objects, const contract::Partition& partition,
                     const store::Table& part, std::int64_t before) {
  return "SELECT " + engine::NameList(FieldNames(part.schema)) +
         ", file_index, file_row_number FROM " + PlacedTableSql(objects, part) + " WHERE NOT (" +
         engine::QuoteName(partition.column) + "::TIMESTAMP < make_timestamp(" +
         std::to_string(before) + ")) IS TRUE";
}

}  // namespace

Result<store::Table> Narrow(Workspace& workspace, engine::Engine& engine,
                            const contract::Partition& partition, const Narrowing& narrowing,
                            const store::Table& table, const std::string& source,
                            std::vector<std::string>& warnings) {
  const bool by_time = narrowing.before && !partition.by_file();
  TRY_ASSIGN(std::vector<store::Table> all, PartsAsTables(table));
  std::vector<std::string> keys;
  std::vector<store::Table> parts;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string& key = table.parts[i].key;
    if (!IsInRange(key, partition, narrowing)) continue;
    const Side side = by_time ? SideOf(key, *narrowing.before) : Side::kBefore;
    if (side == Side::kBehind) continue;
    store::Table& part = all[i];
    if (side == Side::kBoth) {
      const std::string late = LateRows(workspace.objects(), partition, part, *narrowing.before);
      TRY_ASSIGN(part, WithoutRows(workspace, engine, source, part, late, source));
    }
    if (part.rows == 0) continue;
    keys.push_back(key);
    parts.push_back(std::move(part));
  }
  if (parts.empty() && !table.parts.empty()) {
    warnings.push_back("none of its " + std::to_string(table.parts.size()) +
                       " parts is meant; the first is " + table.parts.front().key);
  }
  TRY_ASSIGN(store::Table narrowed, store::UniteParts(keys, parts));
  narrowed.schema = table.schema;
  TRY_ASSIGN(narrowed.content_id, store::ContentId(narrowed.schema, narrowed.rows, narrowed.sum));
  return narrowed;
}

Result<Executed> UnitePieces(const plan::Node& node, std::vector<Piece>& pieces) {
  Executed done;
  std::size_t computed = 0;
  for (const Piece& piece : pieces) {
    if (piece.kept) continue;
    ++computed;
    for (const std::string& warning : piece.made.warnings) done.warnings.push_back(warning);
    if (done.note.empty()) done.note = piece.made.note;
  }
  const auto passed = OutputsOf(pieces, "");
  if (node.type == plan::NodeType::kSource) {
    TRY_ASSIGN(done.output.outputs[""], UniteByKey(passed, node.name));
  } else {
    std::vector<std::string> keys;
    std::vector<store::Table> parts;
    for (const Piece& piece : pieces) {
      keys.push_back(piece.name);
      parts.push_back(OutputOf(piece).outputs.at(""));
    }
    TRY_ASSIGN(done.output.outputs[""], store::UniteParts(keys, parts));
  }
  done.rows_out = done.output.outputs[""].rows;
  if (const auto refused = OutputsOf(pieces, "refused"); !refused.empty()) {
    TRY_ASSIGN(done.output.outputs["refused"], UniteRefused(refused));
    done.rows_refused = done.output.outputs["refused"].rows;
  }
  done.rows_in = done.rows_out + done.rows_refused;
  if (node.type == plan::NodeType::kSource) UniteFindings(node, pieces, done);
  done.note += (done.note.empty() ? "" : "; ") + std::to_string(computed) + " of " +
               std::to_string(pieces.size()) +
               (node.type == plan::NodeType::kSource ? " files read" : " parts computed");
  return done;
}

}  // namespace assay::run
