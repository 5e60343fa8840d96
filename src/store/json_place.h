/// Typed reading of JSON that a stranger wrote: the first thing that is wrong is an error (kData)
/// that names its place, as in `/tables/train/rows is no whole number below 2^53`.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace assay::store {

/// A stranger's text for an error: without the control characters that a terminal would obey.
std::string Shown(std::string text);

/// A JSON value and where it stands. Points at its parent and its value: both must outlive it.
class JsonPlace {
 public:
  explicit JsonPlace(const Json& root) : json_(&root) {}
  JsonPlace(const JsonPlace& parent, std::string name, const Json& json)
      : parent_(&parent), name_(std::move(name)), json_(&json) {}

  const Json& json() const { return *json_; }
  /// `/tables/train`, empty for the whole.
  std::string Path() const;
  /// An error that reads `PATH IS_WHAT`, as in `/rows is no text`.
  Error Wrong(const std::string& is_what) const;

  Result<std::string> Text() const;
  Result<std::string> Sha256() const;
  /// A whole number from 0 to 2^53 - 1.
  Result<std::uint64_t> Count() const;
  Status IsObject() const;
  Status IsList() const;

  /// A member that must be there.
  Result<JsonPlace> Member(const std::string& name) const;
  Result<std::string> TextOf(const std::string& name) const;
  Result<std::string> Sha256Of(const std::string& name) const;
  Result<std::uint64_t> CountOf(const std::string& name) const;

  /// Members that may be absent, and are empty then.
  bool Has(const std::string& name) const { return json_->is_object() && json_->contains(name); }
  Result<std::string> TextOr(const std::string& name) const;
  Result<std::vector<std::string>> TextsOr(const std::string& name) const;

  /// Calls `visit(place)` for each element of the list, until one fails.
  template <typename Visit>
  Status EachElement(Visit visit) const {
    TRY(IsList());
    for (std::size_t i = 0; i < json_->size(); ++i) {
      TRY(visit(JsonPlace(*this, std::to_string(i), (*json_)[i])));
    }
    return {};
  }

  /// Calls `visit(name, place)` for each member of the object, until one fails.
  template <typename Visit>
  Status EachMember(Visit visit) const {
    TRY(IsObject());
    for (auto member = json_->begin(); member != json_->end(); ++member) {
      TRY(visit(member.key(), JsonPlace(*this, member.key(), member.value())));
    }
    return {};
  }

 private:
  const JsonPlace* parent_ = nullptr;
  std::string name_;
  const Json* json_;
};

}  // namespace assay::store
