#include "cli/grid_text.h"

#include <algorithm>
#include <cstdlib>

namespace assay::cli {
namespace {

constexpr std::size_t kWidestCell = 60;

std::string Cell(const std::optional<std::string>& value) {
  return value ? CellText(*value) : "null";
}

Json JsonValue(const std::optional<std::string>& value, const Type& type) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (!value) return nullptr;
  if (type.kind == TypeKind::kBool) return *value == "true";
  if (IsInteger(type) && value->size() <= 17) {
    const std::int64_t number = std::strtoll(value->c_str(), nullptr, 10);
    if (number < kExact && number > -kExact) return number;
  }
  if (IsFloat(type)) {
    char* end = nullptr;
    const double number = std::strtod(value->c_str(), &end);
    if (*end == '\0' && number - number == 0) return number;
  }
  return *value;
}

}  // namespace

std::string CellText(const std::string& value) {
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      text += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "?";
    } else {
      text.push_back(c);
    }
  }
  if (text.size() <= kWidestCell) return text;
  std::size_t end = kWidestCell - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string GridTable(const engine::Grid& grid, std::size_t limit) {
  std::vector<std::size_t> right;
  for (std::size_t i = 0; i < grid.schema.size(); ++i) {
    if (IsNumber(grid.schema[i].type)) right.push_back(i);
  }
  std::vector<std::string> names;
  for (const Field& field : grid.schema) names.push_back(CellText(field.name));
  TextTable table(std::move(names), right);
  const std::size_t shown = limit == 0 ? grid.rows.size() : std::min(limit, grid.rows.size());
  for (std::size_t i = 0; i < shown; ++i) {
    std::vector<std::string> cells;
    for (const auto& value : grid.rows[i]) cells.push_back(Cell(value));
    table.Add(std::move(cells));
  }
  return table.Text();
}

Json GridJson(const engine::Grid& grid) {
  Json rows = Json::array();
  for (const auto& row : grid.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      object[grid.schema[i].name] = JsonValue(row[i], grid.schema[i].type);
    }
    rows.push_back(std::move(object));
  }
  return rows;
}

std::string GridCsv(const engine::Grid& grid) {
  const auto quoted = [](const std::string& text) {
    if (!text.empty() && text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  std::string csv;
  for (std::size_t i = 0; i < grid.schema.size(); ++i) {
    csv += (i > 0 ? "," : "") + quoted(grid.schema[i].name);
  }
  for (const auto& row : grid.rows) {
    csv += "\n";
    for (std::size_t i = 0; i < row.size(); ++i) {
      csv += (i > 0 ? "," : "") + (row[i] ? quoted(*row[i]) : std::string());
    }
  }
  return csv;
}

}  // namespace assay::cli
