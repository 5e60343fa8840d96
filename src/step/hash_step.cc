#include "engine/sql_text.h"
#include "step/step.h"

namespace assay::step {
namespace {

using engine::QuoteName;
using engine::QuoteText;

constexpr std::int64_t kDefaultLength = 32;  // hex digits
constexpr std::int64_t kLeast = 8, kMost = 64;

// The secret itself is never in the text: the function reads it. Its mark is, so that another
// secret makes another text.
std::string Token(const std::string& column, const Json& params) {
  const std::string value = "CAST(" + column + " AS VARCHAR)";
  std::string hash = "sha256(" + value + ")";
  if (params.contains("key")) {
    const auto key = contract::TextsOf(params, "key");
    hash = "assay_hmac(" + QuoteText(key.at(0)) + ", " + QuoteText(key.at(1)) + ", " + value + ")";
  }
  const std::int64_t length = params.value("length", kDefaultLength);
  return length == kMost ? hash : "left(" + hash + ", " + std::to_string(length) + ")";
}

Result<std::string> Select(const Json& params) {
  std::string replaced;
  for (const std::string& column : contract::TextsOf(params, "columns")) {
    const std::string name = QuoteName(column);
    replaced += (replaced.empty() ? "" : ", ") + Token(name, params) + " AS " + name;
  }
  return "SELECT * REPLACE (" + replaced + ") FROM " +
         QuoteName(params.at("input").get<std::string>());
}

Status Check(const Json& params) {
  if (contract::TextsOf(params, "columns").empty()) {
    return Error{ErrorCode::kUser, "a hash step needs a column", "write `columns: [COLUMN]`"};
  }
  const std::int64_t length = params.value("length", kDefaultLength);
  if (length >= kLeast && length <= kMost) return {};
  return Error{ErrorCode::kUser, "not a length of a token: " + std::to_string(length),
               "write a number of hex digits from 8 to 64"};
}

Status CheckSchema(const StepContext& context) {
  return CheckColumns(InputOf(context), contract::TextsOf(context.params, "columns"));
}

}  // namespace

StepKind hash_step() {
  using contract::ParamType;
  return {
      .info =
          {.name = "hash",
           .summary = "replaces values by tokens that do not tell them",
           .help =
               "A value becomes the first hex digits of an HMAC-SHA-256 of its text under a secret "
               "`key`. Equal texts give equal tokens, in all columns and steps with the same key, "
               "so that tables still join. Null stays null.\n\nWithout a `key` it is a plain "
               "SHA-256: whoever can guess a value (a name, a telephone number, a day of birth) "
               "finds it by trying. Tokens stand for people as their values do; they are no "
               "anonymous data.\n\nThe key is the name of an environment variable; its value is "
               "written nowhere. Another key makes other tokens, so the step is computed anew. "
               "Short tokens of different values may be equal: among 100,000 values the chance is "
               "about 7 in 10 that two of them share a token of 8 digits, 1 in 56,000 with 12 "
               "digits, "
               "and none worth a thought with 32.",
           .version = 1,
           .params = {{.name = "input",
                       .type = ParamType::kInput,
                       .summary = "the node whose rows it reads",
                       .required = true},
                      {.name = "columns",
                       .type = ParamType::kColumns,
                       .summary = "the columns whose values are replaced",
                       .required = true},
                      {.name = "key",
                       .type = ParamType::kSecret,
                       .summary = "the secret, as ${NAME}"},
                      {.name = "length",
                       .type = ParamType::kInteger,
                       .summary = "hex digits of a token, 8 to 64",
                       .by_default = kDefaultLength}},
           .by_select = true,
           .check = Check,
           .example = "steps:\n  hidden: {kind: hash, input: flights, columns: [tail_number]}\n"},
      .select = Select,
      .check = CheckSchema,
      .order_free = true};
}

}  // namespace assay::step
