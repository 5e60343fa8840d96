#include "contract/kind_info.h"

#include <algorithm>

#include "base/hash.h"
#include "base/letter_case.h"

namespace assay::contract {
namespace {

bool IsListOfTexts(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
}

bool IsCellType(const Json& value) {
  if (!value.is_array() || value.size() < 2 || value.size() > 3) return false;
  return value[0].is_string() && value[1].is_string() &&
         (value.size() == 2 || value[2].is_object());
}

bool IsListOfPairs(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) {
           return IsListOfTexts(item) && item.size() == 2;
         });
}

// What `ValueReader::Value` makes of each form.
bool HasForm(const Param& param, const Json& value) {
  switch (param.type) {
    case ParamType::kInteger:
    case ParamType::kShare:
      return value.is_number_integer();
    case ParamType::kBool:
      return value.is_boolean();
    case ParamType::kColumns:
    case ParamType::kInputs:
    case ParamType::kPaths:
    case ParamType::kScalars:
    case ParamType::kNames:
      return IsListOfTexts(value);
    case ParamType::kRange:
      return IsListOfTexts(value) && value.size() == 2;
    case ParamType::kSecret:
      return IsListOfTexts(value) && value.size() == 2;
    case ParamType::kMapping:
    case ParamType::kExpressions:
    case ParamType::kTaxonomy:
      return IsListOfPairs(value);
    case ParamType::kCellTypes:
      return value.is_array() && std::all_of(value.begin(), value.end(), IsCellType);
    case ParamType::kChoice:
      return value.is_string() &&
             std::find(param.choices.begin(), param.choices.end(),
                       value.get_ref<const std::string&>()) != param.choices.end();
    default:
      return value.is_string();
  }
}

}  // namespace

const KindInfo* FindKind(const std::vector<KindInfo>& kinds, const std::string& name) {
  for (const KindInfo& kind : kinds) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

const KindInfo* FindKindOfPath(const std::vector<KindInfo>& kinds, const std::string& path) {
  const std::string lower = Lower(path);
  const KindInfo* found = nullptr;
  std::size_t longest = 0;
  for (const KindInfo& kind : kinds) {
    for (const std::string& suffix : kind.suffixes) {
      if (suffix.size() <= longest || !lower.ends_with(suffix)) continue;
      found = &kind;
      longest = suffix.size();
    }
  }
  return found;
}

std::vector<std::string> PlainSuffixes(const KindInfo& kind) {
  std::vector<std::string> plain = kind.suffixes;
  std::erase_if(plain, [](const std::string& suffix) {
    return suffix.ends_with(".gz") || suffix.ends_with(".zst");
  });
  return plain;
}

std::string SuffixesText(const std::vector<KindInfo>& kinds) {
  std::string text;
  bool packed = false;
  for (const KindInfo& kind : kinds) {
    const std::vector<std::string> plain = PlainSuffixes(kind);
    packed = packed || plain.size() < kind.suffixes.size();
    for (const std::string& suffix : plain) text += (text.empty() ? "" : ", ") + suffix;
  }
  return text + (packed ? ", packed also with .gz or .zst behind" : "");
}

std::vector<std::string> KindNames(const std::vector<KindInfo>& kinds) {
  std::vector<std::string> names;
  names.reserve(kinds.size());
  for (const KindInfo& kind : kinds) names.push_back(kind.name);
  return names;
}

std::vector<std::pair<std::string, std::string>> PairsOf(const Json& params,
                                                         const std::string& param) {
  std::vector<std::pair<std::string, std::string>> pairs;
  const auto found = params.find(param);
  if (found == params.end()) return pairs;
  for (const Json& pair : *found) {
    pairs.emplace_back(pair.at(0).get<std::string>(), pair.at(1).get<std::string>());
  }
  return pairs;
}

std::vector<std::string> TextsOf(const Json& params, const std::string& param) {
  const auto found = params.find(param);
  if (found == params.end()) return {};
  return found->get<std::vector<std::string>>();
}

std::string SecretMark(const std::string& secret) {
  return HmacSha256Hex(secret, "assay.secret/1").substr(0, 16);
}

Status CheckParams(const KindInfo& kind, const Json& params) {
  const auto wrong = [&](const std::string& what) {
    return Error{ErrorCode::kData, "a `" + kind.name + "` " + what, ""};
  };
  for (auto given = params.begin(); given != params.end(); ++given) {
    const auto known =
        std::find_if(kind.params.begin(), kind.params.end(), [&](const Param& param) {
          return param.name == given.key() && param.name != kind.subject;
        });
    if (known == kind.params.end()) return wrong("has no parameter " + given.key());
    if (!HasForm(*known, *given)) return wrong("has a parameter of another form: " + given.key());
  }
  for (const Param& param : kind.params) {
    if (!param.required || param.name == kind.subject || params.contains(param.name)) continue;
    return wrong("lacks its parameter " + param.name);
  }
  return kind.check == nullptr ? Status() : kind.check(params);
}

}  // namespace assay::contract
