#include "run/look_at_files.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <system_error>

#include "contract/utf8.h"
#include "run/file_patterns.h"
#include "run/found_files.h"
#include "run/found_remote_files.h"
#include "run/json_form.h"
#include "run/look_at_table.h"
#include "run/look_notes.h"
#include "run/remarked_text.h"
#include "run/scratch.h"
#include "run/text_form.h"
#include "source/charset.h"
#include "source/decoded_file.h"
#include "source/remote_files.h"
#include "source/text_file.h"
#include "source/unpacked_file.h"
#include "store/file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

// More files of a kind whose columns an engine must tell are taken for alike.
constexpr std::size_t kMostLooked = 300;
constexpr std::size_t kBeginning = std::size_t{256} << 10;

// A file as far as it was looked at.
struct LookedFile {
  FoundFile found;
  source::SourceFile file;
  std::string beginning;  // of text in cells: from its header on, in UTF-8
  char delimiter = '\0';
  int title_lines = 0;   // before the header
  std::string encoding;  // empty: UTF-8
  std::string records;   // of JSON: where in the document the rows are
  std::string note;      // what was decided for it
};

struct Group {
  std::vector<LookedFile> files;
};

bool IsDelimited(const source::SourceKind& kind) {
  return std::any_of(kind.info.params.begin(), kind.info.params.end(),
                     [](const contract::Param& param) { return param.name == "delimiter"; });
}

char UsualDelimiter(const source::SourceKind& kind) {
  for (const contract::Param& param : kind.info.params) {
    if (param.name != "delimiter" || !param.by_default) continue;
    const std::string text = param.by_default->get<std::string>();
    return text == "\\t" ? '\t' : text.empty() ? ',' : text[0];
  }
  return ',';
}

std::string ShellQuoted(const std::string& name) {
  const bool is_plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '.' || c == '_' || c == '-';
  });
  if (is_plain) return name;
  std::string quoted = "'";
  for (const char c : name) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string BeginningOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(kBeginning, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

bool IsCompressed(std::string_view bytes) {
  constexpr std::array<std::string_view, 2> kMarks = {"\x1f\x8b", "\x28\xb5\x2f\xfd"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return bytes.starts_with(mark); });
}

bool IsUtf16(std::string_view bytes) {
  return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

// What a file that is not UTF-8 is taken for. One that is no text at all is an error.
Status FindEncoding(std::string_view bytes, LookedFile& looked) {
  if (!IsUtf16(bytes)) {
    if (!FindInvalidByte(looked.found.path)) return {};
    if (bytes.find('\0') != std::string_view::npos) {
      TRY(source::CheckIsText({looked.found.path, looked.found.written}, "its first line"));
    }
  }
  TRY_ASSIGN(looked.encoding,
             source::DetectFileEncoding({looked.found.path, looked.found.written}));
  return {};
}

// The beginning of a file in UTF-8, without a mark; a character that is cut off at its end is not
// in it.
std::string DecodedBeginning(const std::string& bytes, const std::string& encoding) {
  if (encoding.empty()) return std::string(contract::WithoutByteOrderMark(bytes));
  const std::string charset = encoding == "utf-16" && bytes.starts_with("\xfe\xff") ? "utf-16be"
                              : encoding == "utf-16"                                ? "utf-16le"
                                                                                    : encoding;
  std::string text;
  source::CharsetDecoder decoder(charset);
  if (decoder.is_known()) decoder.Append(bytes, false, text);
  return text;
}

std::string_view WithoutLines(std::string_view text, int lines) {
  for (; lines > 0; --lines) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end + 1);
  }
  return text;
}

// A text whose lines are cells has a kind of its own.
Status FindTextKind(LookedFile& looked) {
  const std::string beginning = BeginningOf(looked.found.path);
  if (IsCompressed(beginning)) return {};
  const std::string encoding = IsUtf16(beginning) ? "utf-16" : "";
  const auto delimiter = FindCellDelimiter(DecodedBeginning(beginning, encoding));
  if (!delimiter) return {};
  const bool is_tab = *delimiter == '\t';
  looked.found.kind = source::FindSource(is_tab ? "tsv" : "csv");
  looked.note = std::string("its lines are cells with ") +
                (is_tab ? "a tab" : "`" + std::string(1, *delimiter) + "`") +
                " between them, so it is read as `kind: " + looked.found.kind->info.name +
                "`, with the names of columns in the first line";
  return {};
}

// The command that makes a row of each key of an object.
std::string RowsOfKeysHint(const std::string& location, bool rows_are_objects) {
  const source::Packing packing = source::PackingOf(location);
  fs::path path(location);
  if (packing != source::Packing::kNone) path.replace_extension();
  const std::string target = ShellQuoted(path.replace_extension(".jsonl").string());
  const std::string filter =
      rows_are_objects ? "'to_entries[] | {key} + .value'" : "'to_entries[]'";
  const std::string name = ShellQuoted(location);
  const std::string command =
      packing == source::Packing::kNone
          ? "jq -c " + filter + " " + name
          : std::string(source::PackingName(packing)) + " -dc " + name + " | jq -c " + filter;
  return "`" + command + " > " + target + "` makes a row of each key; begin with that file";
}

// Where the rows of a JSON file are; lines of objects have a kind of their own.
Status FindJsonForm(LookedFile& looked) {
  TRY_ASSIGN(const JsonFileForm form, GuessJsonForm(looked.file));
  if (form.is_lines) {
    looked.found.kind = source::FindSource("jsonl");
    looked.note = "an object stands in each line, so it is read as `kind: jsonl`";
  }
  looked.records = form.records;
  if (form.keyed_rows == 0) return {};
  return Error{ErrorCode::kData,
               looked.found.written + " is one object of " +
                   CountOf(static_cast<std::int64_t>(form.keyed_rows), "key") +
                   ", which would be one row of so many columns",
               RowsOfKeysHint(looked.found.written, form.rows_are_objects)};
}

// An error as the person who named the file understands it: what a project calls it comes later.
Error AsWritten(Error error, const FoundFile& found) {
  const auto at = error.message.find(found.location);
  if (at == std::string::npos) return error;
  error.message.replace(at, found.location.size(), found.written);
  return error;
}

// How delimited text is to be read. Compressed text is not looked into.
Status LookAtText(LookedFile& looked) {
  const std::string bytes = BeginningOf(looked.found.path);
  if (IsCompressed(bytes)) return {};
  TRY(FindEncoding(bytes, looked));
  const std::string text = DecodedBeginning(bytes, looked.encoding);
  const TextForm form = GuessTextForm(text, UsualDelimiter(*looked.found.kind));
  if (looked.encoding.empty()) {
    TRY(source::CheckIsText({looked.found.path, looked.found.written}, "its header"));
  }
  looked.title_lines = form.title_lines;
  looked.delimiter = form.delimiter;
  looked.beginning = WithoutLines(text, form.title_lines);
  return {};
}

// The first line, in which a header stands.
std::string HeaderOf(const LookedFile& looked) {
  return looked.beginning.substr(0, looked.beginning.find_first_of("\r\n"));
}

class FolderLooker {
 public:
  FolderLooker(engine::Engine& engine, Scratch& scratch, FoundFiles found)
      : engine_(engine), scratch_(scratch), found_(std::move(found)) {}

  Result<Seen> Look() {
    TRY(GroupFiles());
    for (const Group& group : groups_) TRY(LookAtGroup(group));
    if (seen_.sources.empty()) {
      // All were left out; the first one is told.
      const std::size_t more = seen_.left_out.size() - 1;
      const std::string others = more == 0 ? ""
                                           : " (and " + std::to_string(more) +
                                                 (more == 1 ? " more file" : " more files") +
                                                 " cannot be read)";
      return Error{ErrorCode::kData, seen_.left_out[0].why + others, seen_.left_out[0].hint};
    }
    TellOthers();
    return std::move(seen_);
  }

 private:
  // A file that was named must be read; one among others may be left out.
  Status LeaveOut(const LookedFile& looked, const Error& reason) {
    const Error error = AsWritten(reason, looked.found);
    const bool may_be = error.code == ErrorCode::kData || error.code == ErrorCode::kUser;
    if (looked.found.is_named || !may_be) return error;
    seen_.left_out.push_back({looked.found.written, error.message, error.hint});
    return {};
  }

  // Files are of one group when their columns are.
  Result<std::string> ColumnsOf(LookedFile& looked) {
    if (::access(looked.found.path.c_str(), R_OK) != 0) {
      return store::SystemError(errno, "read", looked.found.written);
    }
    const bool are_few = found_.files.size() <= kMostLooked;
    const std::string& name = looked.found.kind->info.name;
    // In a folder of texts one is alike to cells by chance.
    if (name == "text" && looked.found.is_named) TRY(FindTextKind(looked));
    if (name == "json" && are_few) TRY(FindJsonForm(looked));
    const source::SourceKind& kind = *looked.found.kind;
    if (IsDelimited(kind)) {
      TRY(LookAtText(looked));
      if (looked.delimiter != '\0') {
        return looked.encoding + "\n" + std::to_string(looked.title_lines) + "\n" +
               looked.delimiter + HeaderOf(looked);
      }
    }
    if (!are_few) return std::string();
    const std::vector<source::SourceFile> one = {looked.file};
    TRY_ASSIGN(const std::string columns, ColumnsText(TableLookOf(looked, one)));
    return looked.records + "\n" + columns;
  }

  TableLook TableLookOf(const LookedFile& looked, const std::vector<source::SourceFile>& files) {
    return {engine_,          *looked.found.kind, files,           scratch_.path(),
            looked.delimiter, looked.title_lines, looked.encoding, looked.records};
  }

  Status GroupFiles() {
    std::map<std::string, std::size_t> known;
    for (const FoundFile& found : found_.files) {
      LookedFile looked;
      looked.found = found;
      TRY_ASSIGN(const fs::path link, scratch_.Link(found.path));
      looked.file = {link, found.location};
      const auto columns = ColumnsOf(looked);
      if (!columns.ok()) {
        TRY(LeaveOut(looked, columns.error()));
        continue;
      }
      const std::string where = found.address.empty() ? "\n" : " far\n";
      const auto [at, is_new] =
          known.emplace(looked.found.kind->info.name + where + *columns, groups_.size());
      if (is_new) groups_.emplace_back();
      groups_[at->second].files.push_back(std::move(looked));
    }
    return {};
  }

  Status LookAtGroup(const Group& group) {
    std::vector<source::SourceFile> files;
    std::vector<std::string> locations;
    for (const LookedFile& looked : group.files) {
      files.push_back(looked.file);
      locations.push_back(looked.found.location);
    }
    const LookedFile& first = group.files.at(0);
    auto source = LookAtTable(TableLookOf(first, files));
    if (!source.ok()) {
      Error error = source::NameSourceFile(source.error(), files);
      if (error.message.find(first.found.location) == std::string::npos) {
        error = std::move(error).While(first.found.location);
      }
      return LeaveOut(first, error);
    }
    source->patterns = PatternsOf(group, locations);
    source->name = SourceNameOf(locations);
    for (const LookedFile& looked : group.files) {
      const std::string place = looked.found.location + ":";
      if (!source->refused_place.starts_with(place)) continue;
      source->refused_place.replace(0, place.size(), looked.found.written + ":");
      break;
    }
    source->notes = NotesOn(*source, first.delimiter == '\0' ? "" : HeaderOf(first));
    if (!first.note.empty()) source->notes.insert(source->notes.begin(), first.note);
    seen_.sources.push_back(std::move(source).value());
    return {};
  }

  std::vector<std::string> PatternsOf(const Group& group,
                                      const std::vector<std::string>& locations) const {
    if (group.files.at(0).found.address.empty()) return PatternsFor(locations, found_.neighbours);
    std::vector<FoundFile> files;
    files.reserve(group.files.size());
    for (const LookedFile& looked : group.files) files.push_back(looked.found);
    return RemotePatternsFor(files, found_.files);
  }

  void TellOthers() {
    for (const auto& [suffix, files] : found_.others) {
      seen_.left_out.push_back(
          {std::to_string(files) + (files == 1 ? " file" : " files") +
               (suffix.empty() ? " without a suffix" : " ending in " + suffix),
           "no kind of source reads " + std::string(files == 1 ? "it" : "them"), ""});
    }
  }

  engine::Engine& engine_;
  Scratch& scratch_;
  FoundFiles found_;
  std::vector<Group> groups_;
  Seen seen_;
};

// Files of this machine, and of others, which are brought into `scratch`.
Result<FoundFiles> FindAll(const LookRequest& request, const Scratch& scratch) {
  std::vector<std::string> here, elsewhere;
  for (const std::string& from : request.from) {
    (source::IsRemote(from) ? elsewhere : here).push_back(from);
  }
  FoundFiles found;
  if (!here.empty()) {
    TRY_ASSIGN(found, FindDataFiles(request.folder, here));
  }
  if (elsewhere.empty()) return found;
  TRY_ASSIGN(FoundFiles remote, BringRemoteFiles(scratch.path() / "remote", elsewhere));
  std::move(remote.files.begin(), remote.files.end(), std::back_inserter(found.files));
  for (const auto& [suffix, files] : remote.others) found.others[suffix] += files;
  return found;
}

}  // namespace

Result<Seen> LookAtFiles(const LookRequest& request) {
  TRY_ASSIGN(const auto scratch, Scratch::Make());
  TRY_ASSIGN(FoundFiles found, FindAll(request, *scratch));
  engine::Options options;
  options.threads = request.threads;
  options.memory_bytes = request.memory_bytes;
  options.spill = scratch->path() / "spill";
  options.readable = {scratch->path()};
  // The engine asks for the folder in which a link ends.
  for (const FoundFile& file : found.files) {
    std::error_code error;
    const fs::path folder = fs::canonical(file.path, error).parent_path();
    if (std::find(options.readable.begin(), options.readable.end(), folder) ==
        options.readable.end()) {
      options.readable.push_back(folder);
    }
  }
  TRY_ASSIGN(const auto engine, engine::Open(options));
  return FolderLooker(*engine, *scratch, std::move(found)).Look();
}

}  // namespace assay::run
