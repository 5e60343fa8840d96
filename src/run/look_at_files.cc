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
#include "run/look_at_table.h"
#include "run/scratch.h"
#include "run/text_form.h"
#include "source/text_file.h"
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
  char delimiter = '\0';
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

// `data/rides.csv` as `data/rides-utf8.csv`.
std::string NewName(const std::string& location, const std::string& mark) {
  const fs::path path(location);
  return (path.parent_path() / (path.stem().string() + "-" + mark + path.extension().string()))
      .string();
}

// The command that makes a file without its title lines, and of UTF-8 where `encoding` is given.
std::string MendHint(const std::string& location, int title_lines, const std::string& encoding) {
  const std::string name = ShellQuoted(location);
  const std::string target = ShellQuoted(NewName(location, title_lines > 0 ? "rows" : "utf8"));
  const std::string convert = encoding.empty() ? "" : "iconv -f " + encoding + " -t utf-8";
  std::string command = convert + " " + name;
  if (title_lines > 0) {
    command = "tail -n +" + std::to_string(title_lines + 1) + " " + name +
              (convert.empty() ? "" : " | " + convert);
  }
  return "`" + command + " > " + target + "`, and begin with that file" +
         (encoding == "windows-1252" ? "; look whether its letters are right then" : "");
}

std::string TitleText(int lines) {
  return std::to_string(lines) + (lines == 1 ? " line" : " lines") + " before its header";
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

// What keeps delimited text from being read, and its delimiter. Compressed text is not looked into.
Status LookAtText(LookedFile& looked) {
  const std::string& location = looked.found.location;
  const std::string beginning = BeginningOf(looked.found.path);
  if (IsCompressed(beginning)) return {};
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff")) {
    return Error{ErrorCode::kData, location + " is UTF-16, not UTF-8",
                 MendHint(location, 0, "utf-16")};
  }
  const TextForm form = GuessTextForm(beginning, UsualDelimiter(*looked.found.kind));
  if (const auto invalid = FindInvalidByte(looked.found.path)) {
    // A file of another format is not to be converted.
    if (beginning.find('\0') != std::string::npos) {
      TRY(source::CheckIsText({looked.found.path, location}, "its first line"));
    }
    return Error{ErrorCode::kData,
                 location + ":" + std::to_string(invalid->line) + ": not UTF-8: the byte " +
                     std::to_string(invalid->byte) +
                     (form.title_lines > 0 ? "; and it has " + TitleText(form.title_lines) : ""),
                 MendHint(location, form.title_lines, "windows-1252")};
  }
  if (form.title_lines > 0) {
    return Error{ErrorCode::kData, location + " has " + TitleText(form.title_lines),
                 MendHint(location, form.title_lines, "")};
  }
  TRY(source::CheckIsText({looked.found.path, location}, "its header"));
  looked.delimiter = form.delimiter;
  return {};
}

// The first line, in which a header stands.
std::string HeaderOf(const LookedFile& looked) {
  const std::string beginning = BeginningOf(looked.found.path);
  const std::string_view text = contract::WithoutByteOrderMark(beginning);
  return std::string(text.substr(0, text.find_first_of("\r\n")));
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
  Status LeaveOut(const LookedFile& looked, const Error& error) {
    const bool may_be = error.code == ErrorCode::kData || error.code == ErrorCode::kUser;
    if (looked.found.is_named || !may_be) return error;
    seen_.left_out.push_back({looked.found.location, error.message, error.hint});
    return {};
  }

  // Files are of one group when their columns are.
  Result<std::string> ColumnsOf(LookedFile& looked) {
    const source::SourceKind& kind = *looked.found.kind;
    if (::access(looked.found.path.c_str(), R_OK) != 0) {
      return store::SystemError(errno, "read", looked.found.location);
    }
    if (IsDelimited(kind)) {
      TRY(LookAtText(looked));
      if (looked.delimiter != '\0') return std::string(1, looked.delimiter) + HeaderOf(looked);
    }
    if (found_.files.size() > kMostLooked) return std::string();
    const std::vector<source::SourceFile> one = {looked.file};
    return ColumnsText({engine_, kind, one, scratch_.path(), looked.delimiter});
  }

  Status GroupFiles() {
    std::map<std::string, std::size_t> known;
    for (const FoundFile& found : found_.files) {
      LookedFile looked{found, {}, '\0'};
      TRY_ASSIGN(const fs::path link, scratch_.Link(found.path));
      looked.file = {link, found.location};
      const auto columns = ColumnsOf(looked);
      if (!columns.ok()) {
        TRY(LeaveOut(looked, columns.error()));
        continue;
      }
      const auto [at, is_new] =
          known.emplace(found.kind->info.name + "\n" + *columns, groups_.size());
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
    auto source =
        LookAtTable({engine_, *first.found.kind, files, scratch_.path(), first.delimiter});
    if (!source.ok()) {
      Error error = source::NameSourceFile(source.error(), files);
      if (error.message.find(first.found.location) == std::string::npos) {
        error = std::move(error).While(first.found.location);
      }
      return LeaveOut(first, error);
    }
    source->patterns = PatternsFor(locations, found_.neighbours);
    source->name = SourceNameOf(locations);
    seen_.sources.push_back(std::move(source).value());
    return {};
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

}  // namespace

Result<Seen> LookAtFiles(const LookRequest& request) {
  TRY_ASSIGN(FoundFiles found, FindDataFiles(request.folder, request.from));
  TRY_ASSIGN(const auto scratch, Scratch::Make());
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
