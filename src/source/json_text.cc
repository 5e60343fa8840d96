#include "source/json_text.h"

#include <algorithm>
#include <cstdint>

#include "contract/utf8.h"

namespace assay::source {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool IsHighSurrogate(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

// One pass over a text of valid UTF-8. Its methods are false at a fault.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  const JsonFault& fault() const { return fault_; }
  bool at_end() const { return at_ == text_.size(); }
  bool Is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  void SkipSpace() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return;
      ++at_;
    }
  }

  bool ScanEnd() {
    SkipSpace();
    return at_end() || Fail(at_, "expected nothing behind the value");
  }

  // A value of any depth, without recursion.
  bool ScanValue(JsonValue& value) {
    const std::size_t first = at_;
    value.form = FormHere();
    std::string open;  // the brackets that are open
    do {
      if (!ScanOne(open)) return false;
    } while (!open.empty() && CloseOrGoOn(open));
    if (!fault_.reason.empty()) return false;
    value.text = text_.substr(first, at_ - first);
    return true;
  }

  bool ScanMembers(std::vector<JsonMember>& members) {
    ++at_;
    SkipSpace();
    if (Is('}')) return Step();
    for (;;) {
      JsonMember member;
      if (!ScanKey(member.key) || !ScanValue(member.value)) return false;
      members.push_back(member);
      SkipSpace();
      if (Is('}')) return Step();
      if (!Expect(',', "expected a comma or }")) return false;
      SkipSpace();
    }
  }

  bool ScanItems(std::vector<JsonValue>& items) {
    ++at_;
    SkipSpace();
    if (Is(']')) return Step();
    for (;;) {
      JsonValue item;
      if (!ScanValue(item)) return false;
      items.push_back(item);
      SkipSpace();
      if (Is(']')) return Step();
      if (!Expect(',', "expected a comma or ]")) return false;
      SkipSpace();
    }
  }

 private:
  bool Fail(std::size_t at, std::string reason) {
    fault_ = {at, std::move(reason), JsonFaultKind::kSyntax};
    return false;
  }

  bool Step() {
    ++at_;
    return true;
  }

  bool Expect(char c, const char* otherwise) {
    if (at_end()) return Fail(at_, std::string("it ends here, ") + otherwise);
    return Is(c) ? Step() : Fail(at_, otherwise);
  }

  JsonForm FormHere() const {
    if (at_end()) return JsonForm::kNull;
    switch (text_[at_]) {
      case '{':
        return JsonForm::kObject;
      case '[':
        return JsonForm::kList;
      case '"':
        return JsonForm::kString;
      case 't':
      case 'f':
        return JsonForm::kBool;
      case 'n':
        return JsonForm::kNull;
      default:
        return JsonForm::kNumber;
    }
  }

  // A scalar, an empty list or object, or the beginning of one up to its first value.
  bool ScanOne(std::string& open) {
    switch (FormHere()) {
      case JsonForm::kObject:
      case JsonForm::kList:
        break;
      case JsonForm::kString:
        return ScanString();
      case JsonForm::kBool:
        return Is('t') ? ScanWord("true") : ScanWord("false");
      case JsonForm::kNull:
        return at_end() ? Fail(at_, "it ends here, expected a value") : ScanWord("null");
      case JsonForm::kNumber:
        return ScanNumber();
    }
    if (open.size() >= kDeepestJson) {
      return Fail(at_, "nested deeper than " + std::to_string(kDeepestJson));
    }
    open += text_[at_++];
    SkipSpace();
    if (Is(open.back() == '{' ? '}' : ']')) return true;  // CloseOrGoOn closes it
    needs_value_ = true;
    std::string_view key;
    return open.back() != '{' || ScanKey(key);
  }

  // Behind a value or an opening bracket: closes what ends here. True where a value follows.
  bool CloseOrGoOn(std::string& open) {
    if (needs_value_) {
      needs_value_ = false;
      return true;
    }
    while (!open.empty()) {
      SkipSpace();
      const bool is_object = open.back() == '{';
      if (Is(is_object ? '}' : ']')) {
        ++at_;
        open.pop_back();
        continue;
      }
      if (!Expect(',', is_object ? "expected a comma or }" : "expected a comma or ]")) return false;
      SkipSpace();
      std::string_view key;
      return !is_object || ScanKey(key);
    }
    return false;
  }

  // A key, the colon behind it, and white space up to the value.
  bool ScanKey(std::string_view& key) {
    const std::size_t first = at_;
    if (at_end()) return Fail(at_, "it ends here, expected a key in quotes");
    if (!Is('"')) return Fail(at_, "expected a key in quotes");
    if (!ScanString()) return false;
    key = text_.substr(first, at_ - first);
    SkipSpace();
    if (!Expect(':', "expected a colon")) return false;
    SkipSpace();
    return true;
  }

  bool ScanWord(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return Fail(at_, "expected a value");
    at_ += word.size();
    return true;
  }

  bool ScanDigits() {
    if (at_end() || !IsDigit(text_[at_])) return Fail(at_, "expected a digit");
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return true;
  }

  bool ScanNumber() {
    const std::size_t first = at_;
    if (Is('-')) ++at_;
    if (at_end() || !IsDigit(text_[at_])) {
      return at_ == first ? Fail(at_, "expected a value") : Fail(at_, "expected a digit");
    }
    if (Is('0')) {
      ++at_;
      if (at_ < text_.size() && IsDigit(text_[at_])) {
        return Fail(at_, "a number does not begin with 0");
      }
    } else if (!ScanDigits()) {
      return false;
    }
    if (Is('.')) {
      ++at_;
      if (!ScanDigits()) return false;
    }
    if (Is('e') || Is('E')) {
      ++at_;
      if (Is('+') || Is('-')) ++at_;
      if (!ScanDigits()) return false;
    }
    return true;
  }

  bool ScanString() {
    const std::size_t first = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') return Step();
      if (static_cast<unsigned char>(c) < 0x20) {
        return Fail(at_, "a control character in a string is written \\u00..");
      }
      if (c != '\\') {
        ++at_;
      } else if (!ScanEscape()) {
        return false;
      }
    }
    return Fail(first, "a string without its closing quote");
  }

  bool ScanEscape() {
    const std::size_t first = at_++;
    if (at_end()) return Fail(first, "a string without its closing quote");
    constexpr std::string_view kShort = "\"\\/bfnrt";
    if (kShort.find(text_[at_]) != std::string_view::npos) return Step();
    unsigned unit = 0;
    if (!Is('u') || !ScanUnit(unit)) return Fail(first, "no such escape");
    if (IsLowSurrogate(unit)) return Fail(first, "half of a surrogate pair");
    if (!IsHighSurrogate(unit)) return true;
    unsigned low = 0;
    if (!Is('\\') || at_ + 1 >= text_.size() || text_[at_ + 1] != 'u') {
      return Fail(first, "half of a surrogate pair");
    }
    ++at_;
    if (!ScanUnit(low) || !IsLowSurrogate(low)) return Fail(first, "half of a surrogate pair");
    return true;
  }

  // `uXXXX`
  bool ScanUnit(unsigned& unit) {
    if (at_ + 5 > text_.size()) return false;
    unit = 0;
    for (std::size_t i = 1; i < 5; ++i) {
      const int digit = HexValue(text_[at_ + i]);
      if (digit < 0) return false;
      unit = unit * 16 + static_cast<unsigned>(digit);
    }
    at_ += 5;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool needs_value_ = false;
  JsonFault fault_;
};

std::optional<JsonFault> FaultOfEncoding(std::string_view text) {
  const auto invalid = contract::FindInvalidUtf8(text);
  if (!invalid) return std::nullopt;
  const auto byte = static_cast<unsigned char>(text[*invalid]);
  return JsonFault{*invalid, "not UTF-8: the byte " + std::to_string(byte),
                   JsonFaultKind::kEncoding};
}

unsigned UnitAt(std::string_view text, std::size_t at) {
  unsigned unit = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    unit = unit * 16 + static_cast<unsigned>(HexValue(text[at + i]));
  }
  return unit;
}

void AppendCodePoint(std::uint32_t code, std::string& text) {
  const auto append = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return append(code);
  if (code < 0x800) {
    append(0xc0U | (code >> 6));
  } else if (code < 0x10000) {
    append(0xe0U | (code >> 12));
    append(0x80U | ((code >> 6) & 0x3fU));
  } else {
    append(0xf0U | (code >> 18));
    append(0x80U | ((code >> 12) & 0x3fU));
    append(0x80U | ((code >> 6) & 0x3fU));
  }
  append(0x80U | (code & 0x3fU));
}

}  // namespace

std::optional<JsonFault> ScanJson(std::string_view text, JsonValue& value) {
  if (auto fault = FaultOfEncoding(text)) return fault;
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (scanner.ScanValue(value) && scanner.ScanEnd()) return std::nullopt;
  return scanner.fault();
}

std::optional<JsonFault> ScanObject(std::string_view text, std::vector<JsonMember>& members) {
  members.clear();
  if (auto fault = FaultOfEncoding(text)) return fault;
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (scanner.Is('{')) {
    if (scanner.ScanMembers(members) && scanner.ScanEnd()) return std::nullopt;
    return scanner.fault();
  }
  JsonValue value;
  if (!scanner.ScanValue(value) || !scanner.ScanEnd()) return scanner.fault();
  return JsonFault{static_cast<std::size_t>(value.text.data() - text.data()),
                   "not an object, which is written {\"key\": value}", JsonFaultKind::kNoObject};
}

std::vector<JsonMember> MembersOf(const JsonValue& object) {
  std::vector<JsonMember> members;
  JsonScanner(object.text).ScanMembers(members);
  return members;
}

std::vector<JsonValue> ItemsOf(const JsonValue& list) {
  std::vector<JsonValue> items;
  JsonScanner(list.text).ScanItems(items);
  return items;
}

void AppendDecoded(std::string_view string, std::string& text) {
  const std::string_view inner = string.substr(1, string.size() - 2);
  for (std::size_t at = 0; at < inner.size();) {
    const std::size_t escape = std::min(inner.find('\\', at), inner.size());
    text += inner.substr(at, escape - at);
    at = escape;
    if (at == inner.size()) return;
    const char c = inner[at + 1];
    at += 2;
    if (c != 'u') {
      constexpr std::string_view kWritten = "bfnrt", kMeant = "\b\f\n\r\t";
      const std::size_t which = kWritten.find(c);
      text += which == std::string_view::npos ? c : kMeant[which];
      continue;
    }
    std::uint32_t code = UnitAt(inner, at);
    at += 4;
    if (IsHighSurrogate(code)) {
      code = 0x10000 + ((code - 0xd800) << 10) + (UnitAt(inner, at + 2) - 0xdc00);
      at += 6;
    }
    AppendCodePoint(code, text);
  }
}

void AppendCompact(std::string_view value, std::string& text) {
  bool in_string = false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (in_string) {
      text += c;
      if (c == '\\') text += value[++at];
      in_string = c != '"';
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    in_string = c == '"';
    text += c;
  }
}

}  // namespace assay::source
