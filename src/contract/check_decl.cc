#include "contract/check_decl.h"

namespace assay::contract {
namespace {

std::string BoundValue(const Bound& bound, std::size_t which) {
  if (which >= bound.values.size()) return "";
  const std::string& text = bound.values[which];
  return bound.percent && !text.empty() && !text.ends_with('%') ? text + " %" : text;
}

}  // namespace

std::string OwnerText(const Owner& owner) {
  if (owner.email.empty()) return owner.name;
  if (owner.name.empty()) return owner.email;
  return owner.name + " <" + owner.email + ">";
}

Json OwnerJson(const Owner& owner) { return Json{{"name", owner.name}, {"email", owner.email}}; }

std::string BadRowsText(BadRows bad_rows) {
  switch (bad_rows) {
    case BadRows::kQuarantine:
      return "quarantine";
    case BadRows::kDrop:
      return "drop";
    case BadRows::kKeep:
      break;
  }
  return "keep";
}

std::string BoundText(const Bound& bound) {
  const std::string low = BoundValue(bound, 0);
  const std::string high = BoundValue(bound, 1);
  switch (bound.op) {
    case BoundOp::kEqual:
      return "must be " + low;
    case BoundOp::kNotEqual:
      return "must not be " + low;
    case BoundOp::kGreater:
      return "must be above " + low;
    case BoundOp::kGreaterOrEqual:
      return "must be at least " + low;
    case BoundOp::kLess:
      return "must be below " + low;
    case BoundOp::kLessOrEqual:
      return "must be at most " + low;
    case BoundOp::kBetween:
      if (low.empty() && high.empty()) return "may be anything";
      if (low.empty()) return "must be at most " + high;
      if (high.empty()) return "must be at least " + low;
      return "must be between " + low + " and " + high;
    case BoundOp::kNotBetween:
      return "must not be between " + low + " and " + high;
  }
  return "";
}

}  // namespace assay::contract
