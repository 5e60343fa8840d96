/// What the searches for suspicious things share; of suspicion.h only the functions are for others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/sql_text.h"
#include "stats/suspicion.h"

namespace assay::stats {

/// A cell of a small result.
std::int64_t WholeNumber(const std::optional<std::string>& text);
double RatioOf(std::int64_t part, std::int64_t all);
/// `97.3 %`; what is not all is never told as all, what is there never as nothing.
std::string SharePercent(std::int64_t part, std::int64_t all);
/// `1,234`.
std::string CountText(std::int64_t number);
/// `1 row`, `1,234 rows`.
std::string RowsOf(std::int64_t rows);
/// `of_one` of one row, else `of_many`.
const char* Verbal(std::int64_t rows, const char* of_one, const char* of_many);
/// A value in a sentence: in backticks, on one line, and not long.
std::string Quoted(const std::string& value);
std::string QuotedList(const std::vector<std::string>& values);

bool IsTime(const Type& type);
/// Lists, structs and maps.
bool HasParts(const Type& type);
/// Rows with a value.
std::int64_t Present(const ColumnProfile& profile);
/// At least 95 % of the values are different.
bool NearlyUnique(const ColumnProfile& profile);
/// The quantile of a share as the profile writes it.
std::optional<std::string> Quantile(const ColumnProfile& profile, const std::string& share);

/// One search over one table.
class SuspicionSearch {
 public:
  SuspicionSearch(engine::Engine& engine, const std::string& table, const Schema& schema,
                  const std::vector<ColumnProfile>& columns, const SuspicionOptions& options)
      : engine_(engine), table_(table), schema_(schema), columns_(columns), options_(options) {}

  Result<Suspicions> Run();

 private:
  // How the rows of a column are spread over its values, null among them. Columns that determine
  // each other have the same.
  struct Spread {
    std::size_t column = 0;
    double greatest = 0;  // share of the most frequent value
    double squares = 0;   // sum of the squares of all shares
  };

  void Add(SuspicionKind kind, std::vector<std::string> columns, std::int64_t rows,
           std::string message, std::vector<std::string> examples = {}) {
    suspicions_.found.push_back(
        {kind, std::move(columns), rows, std::move(message), std::move(examples)});
  }
  std::string Name(std::size_t column) const { return engine::QuoteName(schema_[column].name); }
  std::optional<std::size_t> Label() const;
  bool IsClassLabel() const;

  void FindConstant(const ColumnProfile& column);
  void FindNearUnique(const Field& field, const ColumnProfile& column);
  Status FindRepeats();
  Status LookAtText(std::size_t column);
  Status FindMixed(const ColumnProfile& column);
  void FindTypes(const ColumnProfile& column, const std::vector<std::int64_t>& rows,
                 const std::vector<std::string>& examples, bool are_codes);
  Status FindNullWords(const ColumnProfile& column, std::int64_t rows);
  Status FindWhiteSpace(const ColumnProfile& column);
  Status FindSpellings(const ColumnProfile& column);
  Status LookAtNumbers();
  void FindOutliers(std::size_t column, const std::vector<std::optional<std::string>>& cells);
  Status FindEqual();
  Status FindLabelInDisguise();
  Result<std::int64_t> GuessedRight(std::size_t column, std::size_t label);
  Result<Spread> SpreadOf(std::size_t column);
  Status FindPairs();
  Status LookAtPair(const Spread& a, const Spread& b);
  bool AreEqual(std::size_t a, std::size_t b) const;

  engine::Engine& engine_;
  const std::string& table_;
  const Schema& schema_;
  const std::vector<ColumnProfile>& columns_;
  const SuspicionOptions& options_;
  std::vector<std::vector<std::size_t>> equal_;  // groups of columns of the same values
  Suspicions suspicions_;
};

}  // namespace assay::stats
