#include "run/json_form.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "contract/utf8.h"
#include "source/json_text.h"
#include "source/unpacked_file.h"

namespace assay::run {
namespace {

using source::JsonForm;
using source::JsonMember;
using source::JsonValue;

constexpr std::size_t kLargest = std::size_t{1} << 30;  // that is read as one document

std::string PointerTo(std::string_view key) {
  std::string name;
  source::AppendDecoded(key, name);
  std::string part = "/";
  for (const char c : name) {
    if (c == '~' || c == '/') {
      part += c == '~' ? "~0" : "~1";
    } else {
      part += c;
    }
  }
  return part;
}

bool IsListOfObjects(const JsonValue& value) {
  if (value.form != JsonForm::kList) return false;
  const std::vector<JsonValue> items = source::ItemsOf(value);
  return items.size() > 1 && std::all_of(items.begin(), items.end(), [](const JsonValue& item) {
           return item.form == JsonForm::kObject;
         });
}

// Pointers to lists of objects, looked for in objects that stand in objects.
void FindLists(const std::vector<JsonMember>& members, const std::string& above, int depth,
               std::vector<std::string>& found) {
  constexpr int kDeepest = 3;
  for (const JsonMember& member : members) {
    const std::string pointer = above + PointerTo(member.key);
    if (IsListOfObjects(member.value)) {
      found.push_back(pointer);
    } else if (member.value.form == JsonForm::kObject && depth < kDeepest) {
      FindLists(source::MembersOf(member.value), pointer, depth + 1, found);
    }
  }
}

// Rows of one form, and more of them than an object that is a row has keys.
bool AreRows(const std::vector<JsonMember>& members) {
  constexpr std::size_t kObjects = 20, kPlainValues = 100;
  if (members.size() < kObjects) return false;
  const JsonForm form = members[0].value.form;
  const bool is_object = form == JsonForm::kObject;
  const bool is_plain = form == JsonForm::kString || form == JsonForm::kNumber ||
                        form == JsonForm::kBool || form == JsonForm::kList;
  if (!is_object && (!is_plain || members.size() < kPlainValues)) return false;
  return std::all_of(members.begin(), members.end(),
                     [&](const JsonMember& member) { return member.value.form == form; });
}

// Whether the first two lines that are not blank are objects.
bool IsLines(std::string_view text) {
  int objects = 0;
  while (!text.empty() && objects < 2) {
    const std::size_t end = text.find('\n');
    const std::string_view line = contract::Trim(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    std::vector<JsonMember> members;
    if (source::ScanObject(line, members)) return false;
    ++objects;
  }
  return objects == 2;
}

}  // namespace

Result<JsonFileForm> GuessJsonForm(const source::SourceFile& file) {
  JsonFileForm form;
  std::string text;
  TRY_ASSIGN(const bool is_whole, source::ReadWhole(file, kLargest, text));
  JsonValue value;
  if (!is_whole || source::ScanJson(text, value)) {
    form.is_lines = IsLines(text);
    return form;
  }
  if (value.form != JsonForm::kObject) return form;
  const std::vector<JsonMember> members = source::MembersOf(value);
  if (AreRows(members)) {
    form.keyed_rows = members.size();
    form.rows_are_objects = members[0].value.form == JsonForm::kObject;
    return form;
  }
  std::vector<std::string> lists;
  FindLists(members, "", 1, lists);
  if (lists.size() == 1) form.records = lists[0];
  return form;
}

}  // namespace assay::run
