#include "prepare/preparation.h"

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "engine/sql_text.h"

namespace assay::prepare {
namespace {

constexpr const char* kKind = "assay.preparation/1";

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

Error Damaged(const std::string& what) {
  return Error{ErrorCode::kData, "a preparation is damaged: " + what,
               "`assay dataset verify` tells what is wrong with the store"};
}

std::string SlotName(std::size_t slot) { return "_assay_v" + std::to_string(slot); }
// What the outputs from this slot on share.
std::string SharedName(std::size_t slot) { return "_assay_shared" + std::to_string(slot); }

// `standard_scale/1` in its parts.
bool ReadKind(const Json& json, std::string& kind, int& version) {
  if (!json.is_string()) return false;
  const std::string text = json;
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return false;
  kind = text.substr(0, slash);
  version = std::atoi(text.c_str() + slash + 1);
  return true;
}

}  // namespace

void Preparation::Begin(const Schema& input) {
  input_ = input;
  steps_.clear();
  outputs_.clear();
  for (const Field& field : input) {
    outputs_.push_back({field, outputs_.size()});
  }
  slots_ = input.size();
}

Result<std::size_t> Preparation::FindOutput(const std::string& name) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (outputs_[i].field.name == name) return i;
    names.push_back(outputs_[i].field.name);
  }
  const std::string nearest = NearestName(name, names);
  std::string known;
  for (std::size_t i = 0; i < names.size() && i < 30; ++i) {
    known += (i == 0 ? "" : ", ") + names[i];
  }
  return Error{ErrorCode::kUser, "no such column: " + name,
               nearest.empty() ? "its columns are " + known : "did you mean " + nearest + "?"};
}

Status Preparation::Append(Declaration declared, Json state) {
  const TransformKind* kind = FindTransform(declared.kind);
  if (kind == nullptr) {
    return Error{ErrorCode::kInternal, "no such transform: " + declared.kind, ""};
  }
  TRY_ASSIGN(const std::size_t at, FindOutput(declared.column));
  Step step;
  step.version = kind->info.version;
  step.input_slot = outputs_[at].slot;
  step.input_type = outputs_[at].field.type;
  step.first_output_slot = slots_;
  if (!IsCellType(step.input_type)) {
    return Error{
        ErrorCode::kUser,
        "`" + declared.column + "` cannot be transformed, it is " + TypeText(step.input_type),
        "cast it in a step before, to int64, float64 or text"};
  }
  TRY_ASSIGN(step.fitted, kind->make({declared.params, declared.column, step.input_type}, state));
  std::vector<Output> made;
  if (declared.keep) made.push_back(outputs_[at]);
  std::set<std::string> taken;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (i != at || declared.keep) taken.insert(Lower(outputs_[i].field.name));
  }
  for (const Field& field : step.fitted->outputs()) {
    if (!taken.insert(Lower(field.name)).second || IsReservedColumn(field.name)) {
      return Error{ErrorCode::kUser,
                   "`" + declared.kind + "` of `" + declared.column +
                       "` makes a column whose name is taken: " + field.name,
                   "give it another name with `as`; letter case does not tell columns apart"};
    }
    made.push_back({field, slots_});
    ++slots_;
  }
  const auto place = outputs_.begin() + static_cast<std::ptrdiff_t>(at);
  outputs_.insert(outputs_.erase(place), made.begin(), made.end());
  step.declared = std::move(declared);
  step.state = std::move(state);
  steps_.push_back(std::move(step));
  return {};
}

Schema Preparation::output() const {
  Schema schema;
  for (const Output& output : outputs_) schema.push_back(output.field);
  return schema;
}

std::vector<std::size_t> Preparation::ColumnsRead() const {
  std::set<std::size_t> read;
  for (const Step& step : steps_) {
    if (step.input_slot < input_.size()) read.insert(step.input_slot);
  }
  return {read.begin(), read.end()};
}

std::string Preparation::Sql(const std::string& table) const { return Sql(table, outputs_); }

std::string Preparation::Sql(const std::string& table, const std::vector<Output>& wanted,
                             const std::string& first) const {
  // Steps that read the input are worked out in the first SELECT around it, those that read theirs
  // in the next, and so on; what the outputs of a step share has a SELECT before theirs.
  std::vector<std::size_t> depth(slots_, 0);
  std::vector<std::string> layers;
  const auto add = [&](std::size_t layer, const std::string& sql, const std::string& name) {
    if (layers.size() <= layer) layers.resize(layer + 1);
    layers[layer] += ", " + sql + " AS " + name;
  };
  for (const Step& step : steps_) {
    std::size_t layer = depth[step.input_slot];
    std::string x = step.input_slot < input_.size()
                        ? engine::QuoteName(input_[step.input_slot].name)
                        : SlotName(step.input_slot);
    if (const std::string shared = step.fitted->Shared(x); shared != x) {
      x = SharedName(step.first_output_slot);
      add(layer++, shared, x);
    }
    std::size_t slot = step.first_output_slot;
    for (const std::string& sql : step.fitted->Sql(x)) {
      add(layer, sql, SlotName(slot));
      depth[slot++] = layer + 1;
    }
  }
  std::string from = table;
  for (const std::string& layer : layers) from = "(SELECT *" + layer + " FROM " + from + ")";
  std::string columns = first;
  for (const Output& output : wanted) {
    const std::string name = engine::QuoteName(output.field.name);
    columns += (columns.empty() ? "" : ", ") +
               (output.slot < input_.size() ? engine::QuoteName(input_[output.slot].name)
                                            : SlotName(output.slot)) +
               " AS " + name;
  }
  return "SELECT " + columns + " FROM " + from;
}

void Preparation::Apply(std::vector<Cell>& slots) const {
  for (const Step& step : steps_) {
    step.fitted->Apply(slots[step.input_slot], &slots[step.first_output_slot]);
  }
}

Result<Json> Preparation::Transform(const Json& row) const {
  if (!row.is_object()) {
    return Error{ErrorCode::kData, "a row must be a JSON object of fields", ""};
  }
  for (auto field = row.begin(); field != row.end(); ++field) {
    if (FindField(input_, field.key()) != nullptr) continue;
    const std::string nearest = NearestName(field.key(), FieldNames(input_));
    return Error{ErrorCode::kData, "no such field: " + field.key(),
                 nearest.empty() ? "leave it out" : "did you mean " + nearest + "?"};
  }
  std::vector<Cell> slots(slots_);
  std::vector<bool> is_read(input_.size(), false);
  for (const std::size_t column : ColumnsRead()) is_read[column] = true;
  std::string missing;
  for (std::size_t i = 0; i < input_.size(); ++i) {
    const auto found = row.find(input_[i].name);
    if (found == row.end()) {
      if (is_read[i]) missing += (missing.empty() ? "" : ", ") + input_[i].name;
      continue;
    }
    if (!IsCellType(input_[i].type)) continue;
    TRY_ASSIGN(slots[i], ReadCell(*found, input_[i]));
  }
  if (!missing.empty()) {
    return Error{ErrorCode::kData, "fields are missing: " + missing,
                 "write null for a value that is not known"};
  }
  Apply(slots);
  Json prepared = Json::object();
  for (const Output& output : outputs_) {
    const bool passes = output.slot < input_.size();
    if (passes && !row.contains(input_[output.slot].name)) continue;
    prepared[output.field.name] = passes && !IsCellType(output.field.type)
                                      ? row[input_[output.slot].name]
                                      : CellJson(slots[output.slot], output.field.type);
  }
  return prepared;
}

Result<std::string> Preparation::Text() const {
  Json transforms = Json::array();
  for (const Step& step : steps_) {
    Json outputs = Json::array();
    for (const Field& field : step.fitted->outputs()) outputs.push_back(field.name);
    Json entry{{"kind", step.declared.kind + "/" + std::to_string(step.version)},
               {"column", step.declared.column},
               {"params", step.declared.params},
               {"outputs", std::move(outputs)},
               {"state", step.state}};
    if (step.declared.keep) entry["keep"] = true;
    transforms.push_back(std::move(entry));
  }
  return HashedText(kKind, Json{{"input", SchemaJson(input_)},
                                {"output", SchemaJson(output())},
                                {"fitted_on", Json{{"split", fitted_on_.split},
                                                   {"rows", fitted_on_.rows},
                                                   {"digest", fitted_on_.digest}}},
                                {"transforms", std::move(transforms)}});
}

Result<Preparation> Preparation::Parse(const std::string& text) {
  TRY_ASSIGN(const Json all, ParseJson(text));
  if (!all.is_object() || !all.contains(kKind)) {
    return Damaged(std::string("it is no ") + kKind);
  }
  const Json& json = all[kKind];
  for (const char* member : {"input", "output", "fitted_on", "transforms"}) {
    if (!json.is_object() || !json.contains(member)) {
      return Damaged(std::string("it has no member ") + member);
    }
  }
  Preparation preparation;
  TRY_ASSIGN(const Schema input, ParseSchemaJson(json["input"]));
  preparation.Begin(input);
  const Json& on = json["fitted_on"];
  if (!on.is_object() || !on.value("split", Json()).is_string() ||
      !on.value("rows", Json()).is_number_unsigned() || !on.value("digest", Json()).is_string()) {
    return Damaged("`fitted_on` is not whole");
  }
  preparation.fitted_on_ = {on["split"], on["rows"], on["digest"]};
  if (!json["transforms"].is_array()) return Damaged("`transforms` is no list");
  for (const Json& entry : json["transforms"]) {
    Declaration declared;
    int version = 0;
    if (!entry.is_object() || !ReadKind(entry.value("kind", Json()), declared.kind, version) ||
        !entry.value("column", Json()).is_string() || !entry.value("params", Json()).is_object() ||
        !entry.value("state", Json()).is_object()) {
      return Damaged("a transform is not whole");
    }
    const TransformKind* kind = FindTransform(declared.kind);
    if (kind == nullptr || kind->info.version != version) {
      return Error{ErrorCode::kData,
                   "a transform that this program does not know: " + declared.kind + "/" +
                       std::to_string(version),
                   "use the program that made the version, or a later one"};
    }
    declared.column = entry["column"];
    declared.params = entry["params"];
    declared.keep = entry.value("keep", Json(false)) == true;
    if (Status known = contract::CheckParams(kind->info, declared.params); !known.ok()) {
      return Damaged(known.error().message);
    }
    TRY(preparation.Append(std::move(declared), entry["state"]).While("reading a preparation"));
  }
  if (SchemaJson(preparation.output()) != json["output"]) {
    return Damaged("its transforms do not make its output");
  }
  return preparation;
}

}  // namespace assay::prepare
