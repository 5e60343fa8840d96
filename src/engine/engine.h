/// An engine that runs SQL over stored files. The only interface the other rooms know; DuckDB
/// stands behind it in a shared library that is opened on demand (`Open`), so that verbs which need
/// no engine start in milliseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/type.h"
#include "engine/arrow_data.h"
#include "engine/row_trace.h"
#include "engine/text_table.h"

namespace assay::engine {

/// Name and major version: enters fingerprints, so that a new major version computes anew.
inline constexpr std::string_view kEngineMajor = "duckdb/1";

struct Options {
  int threads = 0;  ///< 0: as many as the machine has cores
  /// Of the process; 0: half of the machine's. The engine is told three quarters: what it counts
  /// is not all that it takes.
  std::uint64_t memory_bytes = 0;
  std::filesystem::path spill;                  ///< folder for what does not fit; empty: none
  std::vector<std::filesystem::path> readable;  ///< folders that SQL may read and write; no others
};

/// A database beside files, which an engine reads and never changes.
struct Attachment {
  std::filesystem::path extension;  ///< the file that knows such databases (engine/extension.h)
  std::string type;                 ///< as the extension calls them: `postgres`
  std::string connection;           ///< may hold a password
  /// Of the extension: name and value in SQL.
  std::vector<std::pair<std::string, std::string>> settings{};
};
/// The name of an attached database in SQL.
inline constexpr std::string_view kAttached = "attached";

/// A table that a SQL text reads, where it stands in the text.
struct TableRead {
  std::string name;
  std::size_t offset = 0;  ///< byte offset in the text
};

/// What the parser alone says about a SQL text.
struct SqlFacts {
  std::vector<TableRead> reads;  ///< tables in FROM that are no CTE, in order of appearance
  std::string tree;              ///< id of the `sqltree/1` text (docs/design/0001, section 9)
  /// Table functions in FROM that may read something beside their arguments.
  std::vector<TableRead> functions;
  /// What differs from call to call: now, random, SAMPLE without a seed.
  std::vector<TableRead> calls;
  std::vector<TableRead> windows;    ///< window functions
  std::vector<TableRead> expanding;  ///< functions that make several rows of one
  /// Each row of the answer is made of one row of the one table alone, and each row makes at most
  /// one: a projection, perhaps with a condition.
  bool row_local = false;
  /// Tables read once for which the answer over a union of parts is the union of the answers over
  /// each: of projections, conditions, joins, UNNEST.
  std::vector<std::string> distributes;
  /// Of those, the columns that come through as they are. `*` stands for all.
  struct Kept {
    std::string table, column, as;
  };
  std::vector<Kept> kept;
};

/// Name of what `Parse` finds: another one where an older program's kept facts would lack
/// something.
inline constexpr std::string_view kSqlReading = "duckdb/1 reading/6";

Json SqlFactsJson(const SqlFacts& facts);
Result<SqlFacts> ParseSqlFacts(const Json& json);

/// Why the rows of a query may depend on the order in which its input is read; empty when they do
/// not.
struct OrderFacts {
  std::string reason;
};

/// A small result as text: values as the engine prints them, nullopt for null.
struct Grid {
  Schema schema;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

/// Some rows in order, as `row/1` bytes.
struct EncodedRows {
  std::string_view bytes;
  const std::vector<std::size_t>& ends;  ///< of each row, within `bytes`
};

/// Order-free sum of rows for a content id.
struct RowSum {
  std::uint64_t rows = 0;
  std::string sum;  ///< 32 hex digits
};

/// What `Parse` says of one text among many.
struct ParsedSql {
  Result<SqlFacts> facts;
  std::size_t error_offset = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;

  /// `duckdb 1.5.5`.
  virtual std::string Version() const = 0;
  /// Parses one SELECT without binding it. A syntax error is kUser; `offset` of the error in the
  /// text is in `error_offset` when that is given.
  virtual Result<SqlFacts> Parse(const std::string& sql, std::size_t* error_offset) = 0;
  /// The same of each text, far faster than one after the other.
  virtual std::vector<ParsedSql> ParseAll(const std::vector<std::string>& texts) = 0;
  /// Columns and types of a query. A column of a type that no version can hold is an error.
  virtual Result<Schema> Describe(const std::string& query) = 0;
  /// The same query with columns brought to the types of docs/design/0001, section 1.
  virtual Result<std::string> Canonical(const std::string& query) = 0;
  /// Looks at the bound plan and the parse tree of a query.
  virtual OrderFacts FindOrderDependence(const std::string& query) = 0;

  /// The same query with ids of the rows it came from, or the reason why it has none. The views
  /// that the query names must be there. Only a query that cannot be prepared as it is, or the
  /// engine itself, makes an error; whatever is not understood is `Trace::Kind::kNone`. Takes 5 to
  /// 20 ms.
  virtual Result<Trace> TraceRows(const std::string& query,
                                  const std::vector<TracedInput>& inputs) = 0;
  /// For each id column of a query: how many rows have an id that another row had before. Exact;
  /// nulls do not count. One pass over the columns, about what their sum costs (3 million ids: 0.1
  /// s, where count(DISTINCT) takes 0.5 s), and 8 KB for each 65,536 row numbers of a file that
  /// occur, for each thread.
  virtual Result<std::vector<std::uint64_t>> CountRepeats(
      const std::string& query, const std::vector<std::string>& columns) = 0;

  virtual Status Execute(const std::string& statement) = 0;
  virtual Result<Grid> Query(const std::string& query) = 0;
  /// Writes a query's rows, in its order, as one Parquet file; returns the number of rows.
  virtual Result<std::uint64_t> CopyToParquet(const std::string& query,
                                              const std::filesystem::path& path) = 0;
  /// Number of rows and order-free sum of a query over stored files.
  virtual Result<RowSum> SumRows(const std::string& query) = 0;
  /// Calls `take` with all rows of a query in its order.
  virtual Status ReadRows(const std::string& query,
                          const std::function<Status(const EncodedRows&)>& take) = 0;

  /// Runs a query whose rows come as Arrow record batches of exactly `batch_rows` rows (the last
  /// may have fewer), in its order, a few at a time: memory is that of a batch and of what the
  /// query itself needs. It has a connection of its own and keeps the instance open, so it may
  /// outlive the engine, and several may be read at once. While it works it asks `stop` every few
  /// milliseconds, on the thread that reads; true ends it with kCancelled. In a forked child it
  /// is kUser: the engine's threads are in the parent.
  virtual Result<std::unique_ptr<RecordBatches>> ReadArrow(const std::string& query,
                                                           std::size_t batch_rows,
                                                           std::function<bool()> stop = {}) = 0;
  /// The other way round: writes the rows of a stream that another library in the process made, in
  /// their order, as one Parquet file; returns their number. The stream is read to its end and
  /// stays the caller's to release. What is wrong with it is kData; `stop` is as in ReadArrow. The
  /// same stream gives the same bytes where the engine has one thread.
  virtual Result<std::uint64_t> CopyArrowToParquet(ArrowArrayStream& stream,
                                                   const std::filesystem::path& path,
                                                   std::function<bool()> stop = {}) = 0;

  /// Makes rows of code outside the engine readable for as long as the engine is open; returns the
  /// table expression, for FROM, whose columns are all VARCHAR. Rows come in their order, whatever
  /// the number of threads, and an error of theirs is the error of the query.
  virtual std::string AddTextTable(TextTable table) = 0;

  /// An engine of its own, of the same folders and threads and half of the memory, that also reads
  /// a database. An error, of this and of its queries, may quote the connection. SQL of others is
  /// not for it: it may ask the server for anything that reads.
  virtual Result<std::unique_ptr<Engine>> OpenAttached(const Attachment& attachment) = 0;

  /// Share of the running statement that is done, 0 to 1, or -1 when unknown. From any thread.
  virtual double Progress() = 0;
  /// Stops the running statement. From any thread.
  virtual void Interrupt() = 0;
  /// Highest use of the buffer manager since the engine was opened, in bytes.
  virtual std::uint64_t PeakBufferBytes() = 0;
};

/// The memory of an engine that is told none: half of the machine's.
std::uint64_t DefaultMemory();

/// Begins the message of a statement that needed more memory than its engine may use.
inline constexpr std::string_view kMemoryUsedUp = "the memory is used up";
/// True for the error of such a statement.
bool IsOutOfMemory(const Error& error);

/// Loads the engine's library and opens an instance in memory.
Result<std::unique_ptr<Engine>> Open(const Options& options);

}  // namespace assay::engine
