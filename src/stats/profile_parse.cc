// Reads a stored profile.
#include <algorithm>
#include <cstdlib>

#include "stats/profile.h"
#include "store/json_place.h"

namespace assay::stats {
namespace {

using store::JsonPlace;

Result<std::int64_t> CountAt(const JsonPlace& place, const std::string& name) {
  TRY_ASSIGN(const std::uint64_t count, place.CountOf(name));
  return static_cast<std::int64_t>(count);
}

bool IsMarked(const JsonPlace& place, const std::string& name) {
  return place.Has(name) && place.json()[name] == true;
}

Status TextInto(const JsonPlace& place, const std::string& name,
                std::optional<std::string>& target) {
  if (!place.Has(name)) return {};
  TRY_ASSIGN(target, place.TextOf(name));
  return {};
}

Status BoundInto(const JsonPlace& place, const std::string& name,
                 std::optional<ShownValue>& target) {
  std::optional<std::string> text;
  TRY(TextInto(place, name, text));
  if (text) target = ShownValue{*text, IsMarked(place, name + "_cut")};
  return {};
}

Status QuantilesInto(const JsonPlace& place, ColumnProfile& column) {
  const Status read =
      place.EachMember([&](const std::string& share, const JsonPlace& value) -> Status {
        TRY_ASSIGN(std::string text, value.Text());
        column.quantiles.emplace_back(share, std::move(text));
        return {};
      });
  // The shares have no exponent and one digit before the point: their order is that of numbers.
  std::sort(column.quantiles.begin(), column.quantiles.end());
  return read;
}

Status HistogramInto(const JsonPlace& place, ColumnProfile& column) {
  return place.EachElement([&](const JsonPlace& bin) -> Status {
    TRY_ASSIGN(const std::uint64_t rows, bin.Count());
    column.histogram.push_back(static_cast<std::int64_t>(rows));
    return {};
  });
}

Status TopInto(const JsonPlace& place, ColumnProfile& column) {
  return place.EachElement([&](const JsonPlace& entry) -> Status {
    TRY_ASSIGN(std::string value, entry.TextOf("value"));
    TRY_ASSIGN(const std::int64_t rows, CountAt(entry, "rows"));
    column.top.emplace_back(ShownValue{std::move(value), IsMarked(entry, "cut")}, rows);
    return {};
  });
}

Status MemberInto(const JsonPlace& place, const std::string& name, ColumnProfile& column,
                  Status (*read)(const JsonPlace&, ColumnProfile&)) {
  if (!place.Has(name)) return {};
  TRY_ASSIGN(const JsonPlace member, place.Member(name));
  return read(member, column);
}

Result<ColumnProfile> ParseColumn(const JsonPlace& place) {
  ColumnProfile column;
  TRY_ASSIGN(column.name, place.TextOf("name"));
  TRY_ASSIGN(column.type, place.TextOf("type"));
  TRY_ASSIGN(column.rows, CountAt(place, "rows"));
  TRY_ASSIGN(column.nulls, CountAt(place, "nulls"));
  TRY_ASSIGN(column.distinct, CountAt(place, "distinct"));
  if (column.nulls > column.rows) return place.Wrong("has more nulls than rows");
  TRY(BoundInto(place, "min", column.min));
  TRY(BoundInto(place, "max", column.max));
  TRY(TextInto(place, "mean", column.mean));
  TRY(TextInto(place, "stddev", column.stddev));
  TRY(MemberInto(place, "quantiles", column, QuantilesInto));
  TRY(MemberInto(place, "histogram", column, HistogramInto));
  TRY(MemberInto(place, "top", column, TopInto));
  return column;
}

}  // namespace

Result<std::vector<ColumnProfile>> ParseProfileJson(const Json& json) {
  std::vector<ColumnProfile> columns;
  const Status read = JsonPlace(json).EachElement([&](const JsonPlace& place) -> Status {
    TRY_ASSIGN(ColumnProfile column, ParseColumn(place));
    columns.push_back(std::move(column));
    return {};
  });
  if (!read.ok()) return read.error();
  return columns;
}

}  // namespace assay::stats
