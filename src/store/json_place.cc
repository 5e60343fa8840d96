#include "store/json_place.h"

#include "store/object_id.h"

namespace assay::store {

std::string Shown(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return text;
}

std::string JsonPlace::Path() const {
  return parent_ == nullptr ? "" : parent_->Path() + "/" + Shown(name_);
}

Error JsonPlace::Wrong(const std::string& is_what) const {
  const std::string path = Path();
  return Error{ErrorCode::kData, (path.empty() ? "the whole" : path) + " " + is_what, ""};
}

Result<std::string> JsonPlace::Text() const {
  if (!json_->is_string()) return Wrong("is no text");
  return json_->get<std::string>();
}

Result<std::string> JsonPlace::Sha256() const {
  TRY_ASSIGN(std::string text, Text());
  if (!IsSha256(text)) return Wrong("is no sha256 of 64 lower-case hex digits");
  return text;
}

Result<std::uint64_t> JsonPlace::Count() const {
  constexpr std::uint64_t kMax = (std::uint64_t{1} << 53) - 1;
  // The parser keeps whole numbers without a sign apart; a value built in memory may carry one.
  const bool whole = json_->is_number_unsigned() ||
                     (json_->is_number_integer() && json_->get<std::int64_t>() >= 0);
  if (!whole || json_->get<std::uint64_t>() > kMax) return Wrong("is no whole number below 2^53");
  return json_->get<std::uint64_t>();
}

Status JsonPlace::IsObject() const {
  if (!json_->is_object()) return Wrong("is no object");
  return {};
}

Status JsonPlace::IsList() const {
  if (!json_->is_array()) return Wrong("is no list");
  return {};
}

Result<JsonPlace> JsonPlace::Member(const std::string& name) const {
  TRY(IsObject());
  const auto member = json_->find(name);
  if (member == json_->end()) {
    return Error{ErrorCode::kData, Path() + "/" + name + " is missing", ""};
  }
  return JsonPlace(*this, name, *member);
}

Result<std::string> JsonPlace::TextOf(const std::string& name) const {
  TRY_ASSIGN(const JsonPlace member, Member(name));
  return member.Text();
}

Result<std::string> JsonPlace::Sha256Of(const std::string& name) const {
  TRY_ASSIGN(const JsonPlace member, Member(name));
  return member.Sha256();
}

Result<std::uint64_t> JsonPlace::CountOf(const std::string& name) const {
  TRY_ASSIGN(const JsonPlace member, Member(name));
  return member.Count();
}

Result<std::string> JsonPlace::TextOr(const std::string& name) const {
  if (!Has(name)) return std::string();
  return TextOf(name);
}

Result<std::vector<std::string>> JsonPlace::TextsOr(const std::string& name) const {
  std::vector<std::string> texts;
  if (!Has(name)) return texts;
  TRY_ASSIGN(const JsonPlace member, Member(name));
  TRY(member.EachElement([&](const JsonPlace& place) -> Status {
    TRY_ASSIGN(texts.emplace_back(), place.Text());
    return {};
  }));
  return texts;
}

}  // namespace assay::store
