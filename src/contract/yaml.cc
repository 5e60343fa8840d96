#include "contract/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <utility>

#include "contract/utf8.h"
#include "contract/yaml_message.h"

namespace assay::contract {
namespace {

constexpr std::size_t kMaxDepth = 100;
constexpr std::size_t kMaxNodes = 100'000;

// Thrown through the parser to end it; the reason is among the diagnostics.
struct Stop {};

// Builds the tree from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(const YamlSource& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    if (source_.Rest(mark).starts_with("---")) {
      Refuse(source_.At(mark), "a second YAML document begins here", "keep one document in a file");
    }
    Refuse(source_.At(mark), "line does not belong to what stands above it",
           "check the indentation: a file is one mapping");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (WantsKey()) {
      Refuse(source_.At(mark), "a key is missing before the colon", "write `key: value`");
    }
    YamlNode node;
    node.place = source_.At(mark);
    if (!stack_.empty() && stack_.back().key) {
      const YamlEntry& key = *stack_.back().key;
      // The parser takes a key without a colon; in {a} it is meant so.
      if (!position().open.line && !source_.HasColon(stack_.back().key_mark, key.key)) {
        Refuse(node.place, "line has no colon: " + key.key,
               "write `key: value`, or indent a text that goes on");
      }
      // A value left out has the place of what follows; the key's is the better one.
      const std::string_view rest = source_.Rest(mark);
      const bool is_written =
          rest.starts_with('~') || rest.starts_with('n') || rest.starts_with('N');
      if (!is_written || key.key_place.line != node.place.line) node.place = key.key_place;
    }
    Put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { RefuseReference(mark); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { RefuseReference(mark); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    CheckTag(mark, tag);
    YamlNode node;
    node.form = YamlNode::Form::kScalar;
    node.quoted = tag == "!";
    node.text = value;
    node.place = source_.At(mark);
    node.text_place = source_.TextPlace(mark, value, node.quoted);
    last_ = node.place;
    last_mark_ = mark;
    if (value.find('\0') != std::string::npos) {
      Refuse(node.place, "text holds the character with code 0", "remove the `\\0`");
    }
    if (FindInvalidUtf8(value)) {
      Refuse(node.place, "text is no UTF-8 once its escapes are read",
             "write the character itself");
    }
    if (!WantsKey()) return Put(std::move(node));
    if (node.text == "<<" && !node.quoted) {
      Refuse(node.place, "merge keys are not read here: <<", "write the keys out");
    }
    Frame& frame = stack_.back();
    const auto [known, is_new] = frame.keys.emplace(node.text, node.place);
    if (!is_new) {
      diagnostics_.Error(node.place, "duplicate key: " + node.text,
                         "it stands at " + PlaceText(known->second) + " already");
      fine_ = false;
    }
    frame.key = YamlEntry{node.text, node.place, {}};
    frame.key_mark = mark;
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, YamlNode::Form::kList);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, YamlNode::Form::kMapping);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

  bool fine() const { return fine_; }
  YamlNode Take() { return std::move(root_); }
  /// How far it came; the brackets still open are the innermost written ones.
  ParsePosition position() const {
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
      if (frame->is_bracket) return {frame->node.place, last_};
    }
    return {Place{}, last_};
  }
  /// Reports a quoted text that the end of the file closed: the parser lets it pass.
  void CheckLastQuote() {
    if (source_.IsClosed(last_mark_)) return;
    diagnostics_.Error(last_, "quoted text is not closed", "close it with the quote it began with");
    fine_ = false;
  }

 private:
  struct Frame {
    YamlNode node;
    std::optional<YamlEntry> key;       // of the value that comes next
    std::map<std::string, Place> keys;  // all so far
    YAML::Mark key_mark;                // of `key`
    bool is_bracket = false;            // written as [a] or {a: b}
  };

  [[noreturn]] void Refuse(const Place& place, std::string message, std::string hint) {
    diagnostics_.Error(place, std::move(message), std::move(hint));
    throw Stop{};
  }

  [[noreturn]] void RefuseReference(const YAML::Mark& mark) {
    Refuse(source_.At(mark), "anchors and aliases are not read here", "write the value out");
  }

  void CheckTag(const YAML::Mark& mark, const std::string& tag) {
    const bool plain = tag.empty() || tag == "?" || tag == "!";
    if (plain && !source_.Rest(mark).starts_with("!")) return;
    Refuse(source_.At(mark), "YAML tags are not read here", "remove the tag, quote what is text");
  }

  bool WantsKey() const {
    return !stack_.empty() && stack_.back().node.is_mapping() && !stack_.back().key;
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YamlNode::Form form) {
    CheckTag(mark, tag);
    if (WantsKey()) Refuse(source_.At(mark), "a key must be text", "quote it");
    if (stack_.size() == kMaxDepth) {
      Refuse(source_.At(mark), "nested deeper than 100 levels", "");
    }
    Frame frame;
    frame.node.form = form;
    frame.node.place = source_.At(mark);
    frame.is_bracket = source_.Rest(mark).starts_with("[") || source_.Rest(mark).starts_with("{");
    stack_.push_back(std::move(frame));
  }

  void Close() {
    YamlNode node = std::move(stack_.back().node);
    stack_.pop_back();
    Put(std::move(node));
  }

  void Put(YamlNode node) {
    if (++nodes_ > kMaxNodes) {
      Refuse(node.place, "file holds more than 100,000 values", "");
    }
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node.is_list()) {
      stack_.back().node.items.push_back(std::move(node));
    } else {
      Frame& frame = stack_.back();
      frame.key->value = std::move(node);
      frame.node.entries.push_back(*std::move(frame.key));
      frame.key.reset();
    }
  }

  const YamlSource& source_;
  Diagnostics& diagnostics_;
  YamlNode root_;
  std::vector<Frame> stack_;
  Place last_;  // of the scalar read last
  YAML::Mark last_mark_ = YAML::Mark::null_mark();
  std::size_t nodes_ = 0;
  int documents_ = 0;
  bool fine_ = true;
};

}  // namespace

const YamlNode* YamlNode::Find(const std::string& key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

const char* FormText(const YamlNode& node) {
  switch (node.form) {
    case YamlNode::Form::kScalar:
      return "text";
    case YamlNode::Form::kList:
      return "a list";
    case YamlNode::Form::kMapping:
      return "a mapping";
    case YamlNode::Form::kNull:
      break;
  }
  return "nothing";
}

std::optional<YamlNode> ParseYaml(const std::string& file, const std::string& text,
                                  Diagnostics& diagnostics) {
  const std::string plain(WithoutByteOrderMark(text));
  diagnostics.AddText(file, plain);
  return ParseEmbeddedYaml(Place{file, 1, 1}, plain, diagnostics);
}

std::optional<YamlNode> ParseEmbeddedYaml(const Place& origin, const std::string& text,
                                          Diagnostics& diagnostics) {
  if (!CheckText(origin, text, diagnostics)) return std::nullopt;
  const YamlSource source(origin, text);
  if (!CheckTabs(origin, source.lines(), diagnostics)) return std::nullopt;
  Builder builder(source, diagnostics);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& e) {
    ReportYamlError(source, e.msg, e.mark, builder.position(), diagnostics);
    return std::nullopt;
  }
  builder.CheckLastQuote();
  if (!builder.fine()) return std::nullopt;
  YamlNode root = builder.Take();
  if (root.place.line == 0) root.place = origin;
  return root;
}

}  // namespace assay::contract
