#include "engine/duckdb/engine_error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/letter_case.h"
#include "base/nearest.h"
#include "engine/engine.h"

namespace assay::engine {
namespace {

// What the engine says, `{}` for what stands there, and our words for it, `{0}` for the first of
// those. A hint of kNearest names what is known there, one of kNearestWord a word of SQL.
struct Saying {
  std::string_view said;
  std::string_view message;
  std::string_view hint;
};
constexpr std::string_view kNearest = "nearest";
constexpr std::string_view kNearestWord = "nearest word";

constexpr std::string_view kWriteDate = "write dates as 2024-12-31; strptime reads other forms";
constexpr std::string_view kWriteTime =
    "write times as 2024-12-31 23:59:59; strptime reads other forms";
constexpr std::string_view kWiden = "cast to a wider type, or with TRY_CAST, which gives null";
constexpr std::string_view kTryCast =
    "TRY_CAST gives null in its place, a clean step with `cast` refuses its row";

// About values: "there is ..." or "column `x` has ...".
constexpr auto kOfValues = std::to_array<Saying>({
    {"Could not convert string '{}' to {}", "a text that is no {1}: {0}", kTryCast},
    {"Could not convert string \"{}\" to {}", "a text that is no {1}: {0}", kTryCast},
    {"Could not cast value {} to {}", "a value beyond the range of {1}: {0}", kWiden},
    {"Type {} with value {} can't be cast because the value is out of range for the destination "
     "type {}",
     "a value beyond the range of {2}: {1}", kWiden},
    {"invalid date field format: \"{}\", expected {}", "a text that is no DATE: {0}", kWriteDate},
    {"invalid timestamp field format: \"{}\", expected {}", "a text that is no TIMESTAMP: {0}",
     kWriteTime},
    {"date field value out of range: \"{}\"", "a date that no calendar has: {0}", kWriteDate},
    {"Date out of range: {}", "a date that no calendar has: {0}", ""},
    {"timestamp field value out of range: \"{}\"", "a time that no clock shows: {0}", kWriteTime},
    {"time field value out of range: \"{}\", expected {}", "a time that no clock shows: {0}",
     "write times of the day as 23:59:59"},
    {"Could not parse string \"{}\" according to format specifier \"{}\"",
     "a text that does not fit the format {1}: {0}", "try_strptime gives null in its place"},
    {"Malformed JSON at byte {} of input: {}.  Input: \"{}\"",
     "a text that is no JSON, {1} at byte {0}: {2}", "TRY_CAST(x AS JSON) gives null in its place"},
});

constexpr std::string_view kPutBackslash =
    "put a backslash before a character that stands for itself";

// About the SQL.
constexpr auto kOfSql = std::to_array<Saying>({
    {"Referenced column \"{}\" not found in FROM clause!", "there is no column: {0}", kNearest},
    {"Referenced column \"{}\" was not found because the FROM clause is missing",
     "there is no FROM, so there is no column: {0}", "write FROM and a table"},
    {"Table \"{}\" does not have a column named \"{}\"", "`{0}` has no column: {1}", kNearest},
    {"Referenced table \"{}\" not found!", "FROM has no table or alias: {0}", kNearest},
    {"{} Function with name {} does not exist!", "there is no function: {1}", kNearest},
    {"Type with name {} does not exist!", "there is no type: {0}", kNearest},
    {"Table with name {} does not exist!", "there is no table: {0}", kNearest},
    {"Unknown TimeZone '{}'!", "there is no time zone: {0}", kNearest},
    {"Could not find key \"{}\" in struct", "the struct has no field: {0}", kNearest},
    {"Column \"{}\" in {} list not found in FROM clause", "{1} names what is no column: {0}", ""},
    {"Column \"{}\" does not exist on {} side of join!",
     "the {1} side of the join has no column: {0}", ""},
    {"No matching columns found that match regex \"{}\"",
     "no column matches the regular expression: {0}", ""},
    {"Ambiguous reference to column name \"{}\" (use: {})", "several tables have a column: {0}",
     "write {1}"},
    {"Ambiguous reference to table \"{}\" ({})", "two tables have one name: {0}",
     "give one of them another with AS"},
    {"Duplicate CTE name \"{}\"", "two queries of WITH have one name: {0}",
     "give one of them another"},
    {"column \"{}\" must appear in the GROUP BY clause {}",
     "a column is neither grouped nor aggregated: {0}",
     "add it to GROUP BY, or take one of its values, as max({0})"},
    {"column {} must appear in the GROUP BY clause {}",
     "a column is neither grouped nor aggregated: {0}",
     "add it to GROUP BY, or take one of its values, as max({0})"},
    {"WHERE clause cannot contain aggregates!", "WHERE cannot hold an aggregate",
     "HAVING filters groups, after GROUP BY"},
    {"{} clause cannot contain aggregates!", "{0} cannot hold an aggregate",
     "aggregate in a subquery first"},
    {"{} clause cannot contain window functions!", "{0} cannot hold a window function",
     "QUALIFY filters by one"},
    {"aggregate function calls cannot be nested", "an aggregate stands in an aggregate",
     "aggregate in a subquery first"},
    {"Set operations can only apply to expressions with the same number of result columns",
     "the SELECTs of a UNION, INTERSECT or EXCEPT have different numbers of columns",
     "UNION ALL BY NAME matches columns by their names"},
    {"ORDER term out of range - should be between 1 and {}", "ORDER BY has the number of no column",
     "columns are numbered from 1 to {0}"},
    {"LIMIT/OFFSET cannot be negative", "LIMIT and OFFSET cannot be negative", ""},
    {"Cannot mix values of type {} and {} in {} - {}", "{2} mixes {0} and {1}",
     "cast all of them to one type"},
    {"Cannot compare values of type {} and type {} - {}", "{0} and {1} do not compare",
     "cast one of them to the type of the other"},
    {"Unimplemented type for cast ({} -> {})", "{0} cannot be cast to {1}", ""},
    {"Cannot extract field '{}' from expression \"{}\" {}",
     "no struct, so it has no field {0}: {1}", ""},
    {"UNNEST() can only be applied to lists, structs and NULL, not {}",
     "UNNEST takes a list or a struct, not {0}", ""},
    {"Subquery returns {} columns - expected {}",
     "the number of columns of a subquery must be {1}, found: {0}", "select only what is compared"},
    {"More than one row returned by a subquery {}",
     "a subquery that stands for one value gives several rows",
     "write IN for =, or take one of its rows, as with max(x)"},
    {"Overflow in {} of {} ({})!", "{0} beyond the range of {1}: {2}",
     "cast one side to DOUBLE or DECIMAL first"},
    {"Overflow in negation of numeric value!", "negation beyond the range of the number's type",
     "cast it to DOUBLE or DECIMAL first"},
    {"Could not choose a best candidate function for the function call \"{}\". {}",
     "several functions take this call: {0}", "cast its arguments, as with CAST(x AS BIGINT)"},
    {"extract specifier \"{}\" not recognized", "a date and time has no such part: {0}",
     "parts are year, quarter, month, week, day, hour, minute, second and so on"},
    {"Failed to parse format specifier {}: {}", "not a format of dates and times: {0}",
     "write it like %Y-%m-%d %H:%M:%S"},
    {"Expected {} parameters, but none were supplied",
     "a `?` or `$1` in the SQL stands for no value", "write the value itself"},
    {"Cannot access file \"{}\" - {}", "SQL reads no files: {0}", "declare it as a source"},
    {"No columns found to join on in NATURAL JOIN.",
     "the tables of a NATURAL JOIN have no column in common", "write JOIN with ON, or CROSS JOIN"},
    {"missing ): {}", "not a regular expression, as ) is missing: {0}", kPutBackslash},
    {"missing ]: {}", "not a regular expression, as ] is missing: {0}", kPutBackslash},
    {"unexpected ): {}", "not a regular expression, as ) closes nothing: {0}", kPutBackslash},
    {"no argument for repetition operator: {}",
     "not a regular expression, as there is nothing to repeat: {0}", kPutBackslash},
    {"bad repetition operator: {}", "not a regular expression, as it repeats a repetition: {0}",
     ""},
    {"invalid escape sequence: {}", "not a regular expression, as it has an unknown escape: {0}",
     ""},
    {"invalid character class range: {}",
     "not a regular expression, as a range of characters ends before it begins: {0}", ""},
    {"syntax error at or near \"{}\"", "syntax error at `{0}`", kNearestWord},
    {"syntax error at end of input", "the SQL ends where more is expected",
     "close what is still open, or write what is missing"},
    {"unterminated quoted string at or near {}", "a text in the SQL is not closed",
     "close it with '; one inside is written twice"},
    {"unterminated quoted identifier at or near {}", "a quoted name is not closed",
     "close it with \""},
    {"zero-length delimited identifier at or near {}", "a quoted name is empty",
     "write '' for an empty text"},
    {"SELECT clause without selection list", "SELECT names no column",
     "write SELECT *, or columns"},
});

// About files.
constexpr auto kOfFiles = std::to_array<Saying>({
    {"No files found that match the pattern \"{}\"", "no such file: {0}", ""},
    {"Cannot open file \"{}\": {}", "cannot open file ({1}): {0}", ""},
    {"No magic bytes found at end of file '{}'", "not a Parquet file: {0}", ""},
    {"File '{}' too small to be a Parquet file", "too short for a Parquet file: {0}", ""},
});

// What stands for each `{}`, where the text is of this form.
std::optional<std::vector<std::string>> Matched(std::string_view text, std::string_view form) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t gap = form.find("{}");
    const std::string_view word = form.substr(0, gap);
    if (!text.starts_with(word)) return std::nullopt;
    text.remove_prefix(word.size());
    if (gap == std::string_view::npos) {
      if (!text.empty()) return std::nullopt;
      return parts;
    }
    form.remove_prefix(gap + 2);
    const std::string_view next = form.substr(0, form.find("{}"));
    // What stands last goes up to the end.
    const std::size_t end = form.empty()   ? text.size()
                            : next == form ? text.size() - std::min(text.size(), next.size())
                                           : text.find(next);
    if (end == std::string_view::npos) return std::nullopt;
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// Names of types as SQL has them.
std::string TypeAsWritten(const std::string& name) {
  constexpr auto kNames = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"INT8", "TINYINT"},
      {"INT16", "SMALLINT"},
      {"INT32", "INTEGER"},
      {"INT64", "BIGINT"},
      {"INT128", "HUGEINT"},
      {"UINT8", "UTINYINT"},
      {"UINT16", "USMALLINT"},
      {"UINT32", "UINTEGER"},
      {"UINT64", "UBIGINT"},
      {"BOOL", "BOOLEAN"},
  });
  for (const auto& [said, written] : kNames) {
    if (name == said) return std::string(written);
  }
  return name;
}

std::string Filled(std::string_view form, const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t at = 0; at < form.size(); ++at) {
    const bool is_part = form[at] == '{' && at + 2 < form.size() && form[at + 2] == '}';
    if (!is_part) {
      text += form[at];
      continue;
    }
    text += TypeAsWritten(parts.at(static_cast<std::size_t>(form[at + 1] - '0')));
    at += 2;
  }
  return text;
}

std::string LowerFirst(std::string text) {
  // What begins with two capitals is a word of SQL.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

// What stands in quotes from `from` on: `"a", "b"` gives a and b.
std::vector<std::string> QuotedNames(const std::string& text, std::size_t from) {
  std::vector<std::string> names;
  for (std::size_t at = text.find('"', from); at != std::string::npos; at = text.find('"', at)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string::npos) break;
    names.push_back(text.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

constexpr auto kWindowFunctions = std::to_array<std::string_view>(
    {"row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead",
     "first_value", "last_value", "nth_value"});

std::string DidYouMean(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = NearestName(word, known);
  return nearest.empty() ? "" : "did you mean " + nearest + "?";
}

// A word of the SQL that was meant to be one of the language.
std::string HintOfSyntax(const std::string& word) {
  const std::string hint =
      DidYouMean(word, {"SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "JOIN",
                        "UNION", "WITH", "CASE", "WHEN", "THEN", "ELSE", "QUALIFY"});
  // That very word is right in itself, and stands in the wrong place.
  return Lower(hint) == "did you mean " + Lower(word) + "?" ? "" : hint;
}

// `added` are the names that the engine knows, `Did you mean "length"?`, `Candidate bindings:
// "id"`.
std::string HintOfNames(const std::string& message, const std::string& added) {
  const std::string word = message.substr(message.rfind(": ") + 2);
  if (std::find(kWindowFunctions.begin(), kWindowFunctions.end(), word) != kWindowFunctions.end()) {
    return "a window function is written " + word + "(...) OVER (ORDER BY ...)";
  }
  std::vector<std::string> known = QuotedNames(added, 0);
  // `flights.delay` where several tables are read, `main.length` of functions
  for (std::string& name : known) name.erase(0, name.rfind('.') + 1);
  std::string hint = DidYouMean(word, known);
  if (!hint.empty() || known.empty() || message.find("no column: ") == std::string::npos) {
    return hint;
  }
  hint = "columns are ";
  for (const std::string& name : known) hint += (&name == known.data() ? "" : ", ") + name;
  return hint + " and so on; a text stands in 'single quotes'";
}

// What a type of a number or text in the SQL itself is called otherwise.
std::string WithoutLiterals(std::string text) {
  for (const auto& [literal, type] :
       {std::pair("INTEGER_LITERAL", "INTEGER"), std::pair("STRING_LITERAL", "VARCHAR")}) {
    const std::string_view name = literal;
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), type);
    }
  }
  return text;
}

// `text` without `Binder Error: ` and the like; `kind` becomes that.
std::string WithoutClass(const std::string& text, std::string& kind) {
  const std::size_t end = text.find(" Error: ");
  const auto is_of_class = [](unsigned char c) { return std::isalpha(c) != 0 || c == ' '; };
  if (end == std::string::npos ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), is_of_class)) {
    return text;
  }
  kind = text.substr(0, end);
  return text.substr(end + std::string_view(" Error: ").size());
}

ErrorCode CodeOf(const std::string& kind, const std::string& said) {
  if (kind == "INTERNAL" || kind == "FATAL") return ErrorCode::kInternal;
  // A place behind a file's end, or none at all: the file's own index is wrong.
  if (kind == "IO" && (said.starts_with("Could not read enough bytes") ||
                       (said.starts_with("Could not read from file") &&
                        said.find("Invalid argument") != std::string::npos))) {
    return ErrorCode::kData;
  }
  if (kind == "IO" || kind == "Out of Memory") return ErrorCode::kIo;
  if (kind == "Conversion" || kind == "Invalid Input" || kind == "Invalid" ||
      kind == "Out of Range") {
    return ErrorCode::kData;
  }
  return ErrorCode::kUser;
}

// No function takes these types, or this number of arguments.
std::optional<Error> WrongCall(const std::string& first, const std::string& text) {
  const auto parts =
      Matched(first, "No function matches the given name and argument types '{}'. {}");
  if (!parts) return std::nullopt;
  const std::string& call = (*parts)[0];
  const std::string name = call.substr(0, call.find('('));
  const auto arguments = [](std::string_view one) {
    return one.find("()") != std::string_view::npos ? 0
                                                    : 1 + std::count(one.begin(), one.end(), ',');
  };
  std::string forms;
  bool same_number = false;
  for (std::size_t at = text.find("\n\t" + name + "("); at != std::string::npos;
       at = text.find("\n\t" + name + "(", at + 1)) {
    const std::string form = text.substr(at + 2, text.find_first_of(")", at) - at - 1);
    same_number =
        same_number || arguments(form) == arguments(call) || form.find("...") != std::string::npos;
    if (forms.find(form) == std::string::npos) forms += (forms.empty() ? "" : " or ") + form;
  }
  Error error{ErrorCode::kUser, "no function or operator takes these types: " + call,
              "cast one of them, as with CAST(x AS BIGINT)"};
  if (!same_number && !forms.empty()) {
    error.message = "wrong number of arguments: " + call;
    error.hint = "write " + forms;
  }
  return error;
}

std::optional<Error> InOurWords(const std::string& said, ErrorCode code) {
  const std::size_t end = std::min(said.find('\n'), said.size());
  std::string first = said.substr(0, end);
  const std::string added = said.substr(end);
  if (auto call = WrongCall(first, said)) return call;
  std::string column;
  constexpr std::string_view kFromColumn = " when casting from source column ";
  if (const auto at = first.find(kFromColumn); at != std::string::npos) {
    column = first.substr(at + kFromColumn.size());
    first.resize(at);
  }
  for (const Saying& saying : kOfValues) {
    const auto parts = Matched(first, saying.said);
    if (!parts) continue;
    const std::string where = column.empty() ? "there is " : "column `" + column + "` has ";
    return Error{code, where + Filled(saying.message, *parts), Filled(saying.hint, *parts)};
  }
  for (const Saying& saying : kOfSql) {
    auto parts = Matched(first, saying.said);
    if (!parts) continue;
    Error error{code, Filled(saying.message, *parts), ""};
    if (!column.empty()) error.message = "column `" + column + "`: " + error.message;
    if (saying.hint != kNearest && saying.hint != kNearestWord) {
      for (std::string& part : *parts) std::erase(part, '"');
      error.hint = Filled(saying.hint, *parts);
      return error;
    }
    error.hint =
        saying.hint == kNearest ? HintOfNames(error.message, added) : HintOfSyntax((*parts)[0]);
    return error;
  }
  for (const Saying& saying : kOfFiles) {
    auto parts = Matched(first, saying.said);
    if (!parts) continue;
    if (parts->size() > 1) parts->back() = LowerFirst(parts->back());
    return Error{code, Filled(saying.message, *parts), ""};
  }
  return std::nullopt;
}

// `Failed to prepare query "SELECT ...": ERROR:  no such column`
std::string WordsOfDatabase(const std::string& said) {
  constexpr std::string_view kEnd = "\": ", kError = "\": ERROR:  ";
  if (const auto at = said.find(kError); at != std::string::npos) {
    return said.substr(at + kError.size());
  }
  const auto at = said.rfind(kEnd);
  return at == std::string::npos ? said : said.substr(at + kEnd.size());
}

// Stand around the parts of an error that is carried through the engine.
constexpr std::string_view kCarried =
    "\x1e"
    "assay\x1e";
constexpr char kPartEnd = '\x1f';

std::optional<Error> UnpackCarried(std::string_view text) {
  const std::size_t at = text.find(kCarried);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + kCarried.size());
  const auto take = [&] {
    const std::size_t end = std::min(text.find(kPartEnd), text.size());
    const std::string part(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
  };
  const std::string code = take();
  Error error{static_cast<ErrorCode>(code.empty() ? 0 : code[0] - '0'), "", ""};
  error.message = take();
  error.hint = take();
  return error;
}

}  // namespace

std::string CarriedError(const Error& error) {
  std::string text(kCarried);
  text += static_cast<char>('0' + static_cast<int>(error.code));
  for (const std::string& part : {std::string(), error.message, error.hint}) {
    text += part;
    text += kPartEnd;
  }
  return text;
}

Error EngineError(const std::string& text) {
  if (const auto carried = UnpackCarried(text)) return *carried;
  std::string kind;
  std::string said = WithoutLiterals(WithoutClass(text, kind));
  if (kind == "INTERRUPT") return Error{ErrorCode::kCancelled, "cancelled", ""};
  const ErrorCode code = CodeOf(kind, said);
  if (code == ErrorCode::kInternal) {
    return Error{code, "a bug in the engine: " + said, "please report it"};
  }
  // The place that it draws is of a query built around the user's; it would mislead.
  if (const auto line = said.find("\n\nLINE "); line != std::string::npos) said.resize(line);
  if (kind == "Out of Memory") {
    return Error{code, std::string(kMemoryUsedUp) + ": " + said.substr(0, said.find('\n')),
                 "give more memory with --memory, or free some disk for the spill folder"};
  }
  // Of an attached database its own words count, which stand behind the query it was asked.
  const bool is_of_database =
      said.starts_with("Failed to connect") ||
      (said.starts_with("Failed to ") && said.find(" query \"") != std::string::npos);
  if (is_of_database) said = WordsOfDatabase(said);
  // What a stranger's stream tells is all that is known of it, a trace of Python among it.
  if (said.starts_with("arrow_scan: ")) return {code, said, ""};
  if (auto error = InOurWords(said, code)) return *std::move(error);
  Error error{code, LowerFirst(said.substr(0, said.find('\n'))), ""};
  while (error.message.ends_with('!') || error.message.ends_with('.')) error.message.pop_back();
  if (kind == "IO" && said.find("No space left on device") != std::string::npos) {
    error.hint = "free some space and start again; what is recorded is not lost";
  }
  return error;
}

}  // namespace assay::engine
