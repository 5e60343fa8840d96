#include "base/json.h"

#include <charconv>
#include <cmath>

#include "base/hash.h"

template class nlohmann::basic_json<>;
template class nlohmann::detail::serializer<nlohmann::json>;

namespace assay {
namespace {

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

// Values are walked by recursion, so a text may not nest without end.
constexpr std::size_t kDeepest = 1000;

Error NotCanonical(const std::string& what, const std::string& where) {
  return Error{ErrorCode::kInternal, "not canonical JSON: " + what + " at " + where, ""};
}

Status Check(const Json& value, const std::string& where) {
  switch (value.type()) {
    case Json::value_t::boolean:
    case Json::value_t::string:
      return {};
    case Json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxInteger)) {
        return NotCanonical("integer above 2^53", where);
      }
      return {};
    case Json::value_t::number_integer: {
      const auto number = value.get<std::int64_t>();
      if (number > kMaxInteger || number < -kMaxInteger) {
        return NotCanonical("integer above 2^53", where);
      }
      return {};
    }
    case Json::value_t::array:
      for (std::size_t i = 0; i < value.size(); ++i) {
        TRY(Check(value[i], where + "/" + std::to_string(i)));
      }
      return {};
    case Json::value_t::object:
      for (const auto& [key, member] : value.items()) {
        for (const char c : key) {
          if (static_cast<unsigned char>(c) >= 0x80) return NotCanonical("non-ASCII key", where);
        }
        TRY(Check(member, where + "/" + key));
      }
      return {};
    default:
      return NotCanonical(value.type_name(), where);
  }
}

}  // namespace

Result<std::string> CanonicalJson(const Json& value) {
  TRY(Check(value, ""));
  try {
    return value.dump(-1, ' ', false, Json::error_handler_t::strict);
  } catch (const Json::exception& e) {
    return NotCanonical("text that is no UTF-8", e.what());
  }
}

Result<std::string> HashedText(const std::string& kind, const Json& value) {
  return CanonicalJson(Json{{kind, value}});
}

Result<std::string> TextId(const std::string& kind, const Json& value) {
  TRY_ASSIGN(const std::string text, HashedText(kind, value));
  return Sha256Hex(text);
}

bool NestsDeeperThan(std::string_view text, std::size_t limit) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > limit) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Result<Json> ParseJson(std::string_view text) {
  if (NestsDeeperThan(text, kDeepest)) {
    return Error{ErrorCode::kData,
                 "JSON nested deeper than " + std::to_string(kDeepest) + " is not read", ""};
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    return Error{ErrorCode::kData, "not JSON: error at byte " + std::to_string(e.byte), ""};
  } catch (const Json::out_of_range&) {
    return Error{ErrorCode::kData,
                 "JSON with a number beyond the largest double, 1.8e308, is not read", ""};
  }
}

std::string MemberText(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::uint64_t MemberCount(const Json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number_integer()) return 0;
  // A number of our own is signed until it was read from text.
  if (!found->is_number_unsigned() && found->get<std::int64_t>() < 0) return 0;
  return found->get<std::uint64_t>();
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string DoubleText(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

}  // namespace assay
