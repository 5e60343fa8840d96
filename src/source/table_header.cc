#include "source/table_header.h"

#include <algorithm>
#include <map>
#include <set>

#include "contract/mapping.h"
#include "contract/utf8.h"

namespace assay::source {
namespace {

bool IsNoName(std::string_view text) { return contract::Trim(text).empty(); }

// The texts of the upper rows, each also for the cells behind it that have none.
void FillUpperRows(HeaderRows& rows) {
  for (std::size_t row = 0; row + 1 < rows.size(); ++row) {
    for (std::size_t i = 1; i < rows[row].size(); ++i) {
      if (IsNoName(rows[row][i])) rows[row][i] = rows[row][i - 1];
    }
  }
}

// The texts that stand above a cell of the last row.
std::vector<std::string> GroupOf(const HeaderRows& rows, std::size_t place) {
  std::vector<std::string> group;
  group.reserve(rows.size());
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    group.emplace_back(contract::Trim(rows[i][place]));
  }
  return group;
}

// The groups and the names within them, each in the order in which it is first seen.
struct Groups {
  std::vector<std::vector<std::string>> all;
  std::vector<std::string> inner;
  std::vector<std::size_t> common;  // columns without a group

  explicit Groups(const HeaderRows& rows) {
    for (std::size_t i = 0; i < rows.back().size(); ++i) {
      const std::vector<std::string> group = GroupOf(rows, i);
      if (std::all_of(group.begin(), group.end(), IsNoName)) {
        common.push_back(i);
        continue;
      }
      if (std::find(all.begin(), all.end(), group) == all.end()) all.push_back(group);
      const std::string& name = rows.back()[i];
      if (std::find(inner.begin(), inner.end(), name) == inner.end()) inner.push_back(name);
    }
  }
};

}  // namespace

TableHeader WithoutHeader(std::size_t columns) {
  TableHeader header;
  header.names.resize(columns);
  HeaderPart part;
  for (std::size_t i = 0; i < columns; ++i) part.places.push_back(i);
  part.texts.resize(columns);
  header.parts.push_back(std::move(part));
  return header;
}

TableHeader JoinedHeader(HeaderRows rows, const std::string& separator) {
  TableHeader header = WithoutHeader(rows.back().size());
  if (rows.size() == 1) {
    header.names = std::move(rows[0]);
    return header;
  }
  FillUpperRows(rows);
  for (std::size_t i = 0; i < header.names.size(); ++i) {
    std::string& name = header.names[i];
    for (const auto& row : rows) {
      if (IsNoName(row[i])) continue;
      name += (name.empty() ? "" : separator) + std::string(contract::Trim(row[i]));
    }
  }
  return header;
}

Result<TableHeader> LongHeader(HeaderRows rows, const std::vector<std::string>& unpivot,
                               const std::string& location) {
  FillUpperRows(rows);
  const Groups groups(rows);
  if (groups.all.empty()) {
    return Error{ErrorCode::kData,
                 location + " has no groups in its header, and `unpivot` makes rows of them",
                 "look at `skip` and `header_rows`"};
  }
  TableHeader header;
  for (const std::size_t place : groups.common) header.names.push_back(rows.back()[place]);
  header.names.insert(header.names.end(), unpivot.begin(), unpivot.end());
  header.names.insert(header.names.end(), groups.inner.begin(), groups.inner.end());
  for (const std::vector<std::string>& group : groups.all) {
    HeaderPart part;
    part.places = groups.common;
    part.texts.resize(groups.common.size());
    part.places.resize(groups.common.size() + unpivot.size(), kNowhere);
    part.texts.insert(part.texts.end(), group.begin(), group.end());
    for (const std::string& name : groups.inner) {
      std::size_t found = kNowhere;
      for (std::size_t i = 0; i < rows.back().size(); ++i) {
        if (rows.back()[i] != name || GroupOf(rows, i) != group) continue;
        if (found != kNowhere) {
          return Error{
              ErrorCode::kData,
              location + " has a column twice under " + contract::Join(group) + ": " + name,
              "read it without `unpivot`"};
        }
        found = i;
      }
      part.places.push_back(found);
      part.texts.emplace_back();
    }
    header.parts.push_back(std::move(part));
  }
  return header;
}

std::vector<std::size_t> MakeDistinct(std::vector<std::string>& names) {
  const std::size_t digits = std::to_string(names.empty() ? 0 : names.size() - 1).size();
  std::set<std::string> taken;
  std::map<std::string, std::size_t> times;
  std::vector<std::size_t> made;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string wanted = names[i];
    if (IsNoName(wanted)) {
      const std::string place = std::to_string(i);
      wanted = "column" + std::string(digits - place.size(), '0') + place;
    }
    std::string name = wanted;
    while (!taken.insert(name).second) name = wanted + "_" + std::to_string(++times[wanted]);
    if (name == names[i]) continue;
    names[i] = std::move(name);
    made.push_back(i);
  }
  return made;
}

}  // namespace assay::source
