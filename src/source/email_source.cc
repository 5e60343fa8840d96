#include <algorithm>
#include <utility>

#include "base/letter_case.h"
#include "contract/type_name.h"
#include "source/cell_rows.h"
#include "source/line_reader.h"
#include "source/mail_message.h"
#include "source/unpacked_file.h"

namespace assay::source {
namespace {

constexpr char kDetect[] = "detect";
constexpr std::size_t kMailBlock = 64 * 1024;
constexpr std::size_t kMostShownOfMail = 64 * 1024;

// The messages of a file: it is one, or a mailbox of many.
class MailFile {
 public:
  MailFile(std::unique_ptr<UnpackedFile> file, bool is_mailbox)
      : file_(std::move(file)), is_mailbox_(is_mailbox) {}

  struct Message {
    std::int64_t line = 0;
    std::string bytes;
    bool is_too_long = false;
  };
  // False behind the last.
  Result<bool> Next(Message& message) {
    message = Message();
    message.line = line_;
    bool has_any = false;
    for (;;) {
      TRY_ASSIGN(const bool is_line, NextLine());
      if (!is_line) return has_any;
      const bool begins = is_mailbox_ && after_blank_ && Line().starts_with("From ");
      if (begins && has_any) return true;
      if (begins) message.line = line_;
      has_any = has_any || !is_mailbox_ || begins || !IsBlank();
      if (has_any) TakeLine(message);
      after_blank_ = IsBlank();
      ++line_;
      begin_ += size_;
      size_ = 0;
    }
  }

 private:
  std::string_view Line() const { return std::string_view(buffer_).substr(begin_, size_); }
  bool IsBlank() const { return Line() == "\n" || Line() == "\r\n"; }

  // Lines of a mailbox that begin as a message does have a mark before.
  void TakeLine(Message& message) const {
    std::string_view line = Line();
    const std::size_t marks = std::min(line.find_first_not_of('>'), line.size());
    if (is_mailbox_ && marks > 0 && line.substr(marks).starts_with("From ")) line.remove_prefix(1);
    if (message.bytes.size() + line.size() > kLongestText) {
      message.is_too_long = true;
    } else if (!message.is_too_long) {
      message.bytes += line;
    }
  }

  // The next line with its end is [begin_, begin_ + size_) of the buffer; one of more than the
  // longest text comes in parts.
  Result<bool> NextLine() {
    std::size_t looked = 0;
    while (size_ == 0) {
      const std::size_t end = buffer_.find('\n', begin_ + looked);
      looked = buffer_.size() - begin_;
      if (end != std::string::npos) {
        size_ = end + 1 - begin_;
      } else if (at_end_ || looked > kLongestText) {
        if (looked == 0) return false;
        size_ = looked;
      } else {
        buffer_.erase(0, begin_);
        begin_ = 0;
        buffer_.resize(looked + kMailBlock);
        TRY_ASSIGN(const std::size_t size, file_->Read(buffer_.data() + looked, kMailBlock));
        buffer_.resize(looked + size);
        at_end_ = size == 0;
      }
    }
    return true;
  }

  std::unique_ptr<UnpackedFile> file_;
  bool is_mailbox_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  bool at_end_ = false;
  bool after_blank_ = true;
  std::int64_t line_ = 1;
};

std::string HeadersText(const MailMessage& mail) {
  Json list = Json::array();
  for (const auto& [name, value] : mail.headers) list.push_back(Json::array({name, value}));
  return list.dump();
}

std::optional<std::string> AttachmentsText(const MailMessage& mail) {
  if (mail.attachments.empty()) return std::nullopt;
  Json list = Json::array();
  for (const MailAttachment& one : mail.attachments) {
    Json entry = Json::object();
    entry["name"] = one.name.empty() ? Json(nullptr) : Json(one.name);
    entry["type"] = one.type;
    entry["size"] = one.size;
    list.push_back(std::move(entry));
  }
  return list.dump();
}

std::optional<std::string> ProblemsText(const MailMessage& mail) {
  if (mail.problems.empty()) return std::nullopt;
  Json list = Json::array();
  for (const std::string& problem : mail.problems) list.push_back(problem);
  return list.dump();
}

class MailRows : public CellRows {
 public:
  MailRows(std::unique_ptr<UnpackedFile> file, bool is_mailbox, MailFallback fallback)
      : file_(std::move(file), is_mailbox), is_mailbox_(is_mailbox), fallback_(fallback) {}

  Result<bool> Next(NamedRow& row) override {
    TRY_ASSIGN(const bool is_message, file_.Next(message_));
    row = NamedRow();
    row.line = message_.line;
    if (!is_message) {
      // A file of no bytes is no e-mail, but a mailbox may be empty.
      if (had_any_ || is_mailbox_) return false;
      row.reason = "an empty file";
      had_any_ = true;
      return true;
    }
    had_any_ = true;
    row.text = message_.bytes.substr(0, kMostShownOfMail);
    if (message_.is_too_long) {
      row.reason = "longer than " + std::to_string(kLongestText >> 20) + " MiB";
      return true;
    }
    MailMessage mail = ReadMail(message_.bytes, fallback_);
    if (!mail.fault.empty()) {
      row.column = mail.fault_in;
      row.reason = mail.fault;
      return true;
    }
    PutCells(mail, row);
    return true;
  }

 private:
  static void PutCells(MailMessage& mail, NamedRow& row) {
    row.cells = {{"date", mail.date},
                 {"from", mail.All("from")},
                 {"to", mail.All("to")},
                 {"cc", mail.All("cc")},
                 {"subject", mail.First("subject")},
                 {"message_id", mail.First("message-id")},
                 {"in_reply_to", mail.First("in-reply-to")},
                 {"body", std::move(mail.body)},
                 {"body_type", mail.body_type},
                 {"attachments", AttachmentsText(mail)},
                 {"headers", HeadersText(mail)},
                 {"problems", ProblemsText(mail)}};
  }

  MailFile file_;
  bool is_mailbox_;
  MailFallback fallback_;
  MailFile::Message message_;
  bool had_any_ = false;
};

bool IsMailbox(const std::string& location) {
  std::string name = Lower(location);
  for (const char* packed : {".gz", ".zst"}) {
    if (name.ends_with(packed)) name.resize(name.rfind('.'));
  }
  return name.ends_with(".mbox");
}

Result<SourceRead> Read(const SourceContext& context) {
  const MailFallback fallback =
      context.params.value("encoding", "") == kDetect ? MailFallback::kDetect : MailFallback::kNone;
  const std::string format = context.params.value("format", kDetect);
  CellTable table;
  const Type text{TypeKind::kString, 0, 0, {}};
  table.columns.push_back({"date", Type{TypeKind::kTimestampUtc, 0, 0, {}}});
  for (const char* name : {"from", "to", "cc", "subject", "message_id", "in_reply_to", "body",
                           "body_type", "attachments", "headers", "problems"}) {
    table.columns.push_back({name, text});
  }
  table.open = [fallback, format](const SourceFile& file) -> Result<std::unique_ptr<CellRows>> {
    TRY_ASSIGN(auto unpacked, UnpackedFile::Open(file));
    const bool is_mailbox = format == "mbox" || (format == kDetect && IsMailbox(file.location));
    return std::unique_ptr<CellRows>(
        std::make_unique<MailRows>(std::move(unpacked), is_mailbox, fallback));
  };
  table.row_word = "e-mail";
  table.hint =
      "`encoding: detect` takes text that tells no charset, or a wrong one, for UTF-8 where it is "
      "that, else for windows-1252";
  return ReadCellRows(context, std::move(table));
}

}  // namespace

SourceKind email_source() {
  using contract::ParamType;
  std::vector<contract::Param> params = {
      {.name = "files",
       .type = ParamType::kPaths,
       .summary = "path or glob, or a list of them",
       .required = true},
      {.name = "format",
       .type = ParamType::kChoice,
       .summary = "a message in each file, or many in a mailbox; `detect`: by the name's `.mbox`",
       .by_default = kDetect,
       .choices = {kDetect, "message", "mbox"}},
      {.name = "encoding",
       .type = ParamType::kChoice,
       .summary = "what text is in that tells no charset, a wrong one or one that is unknown",
       .by_default = "none",
       .choices = {"none", kDetect}},
      {.name = "file_column",
       .type = ParamType::kString,
       .summary = "name of a column that gets each row's file name"}};
  return {
      .info =
          {.name = "email",
           .summary = "e-mails, a row for each message",
           .help =
               "Columns are `date`, in UTC; `from`, `to` and `cc`, where there are several headers "
               "joined with a comma; `subject`, `message_id`, `in_reply_to`; `body` and "
               "`body_type`: all parts of plain text that are not attached (`text/plain`), else "
               "all parts of HTML as a browser shows them (`text/html`); `attachments`, a JSON "
               "list of `name`, `type` and `size` in bytes of every other part; `headers`, a JSON "
               "list of all names and values; and `problems`, a JSON list of what was found wrong "
               "and could be read all the same, as a date that is none (`date` is null then). "
               "`from` and `to` are words of SQL: write them in quotes there. Transfer encodings, "
               "charsets and encoded words are undone; headers stand on one line, and lines of a "
               "body end with a line feed.\n\n"
               "A message that cannot be read without a guess is refused, with its file, line and "
               "reason, and readable as `NAME.refused`: bytes that are not of the charset that is "
               "told, an unknown charset, no header at all. With `encoding: detect` such text is "
               "taken for UTF-8 where it is that, else for windows-1252, and `problems` says so. A "
               "mailbox has its messages one after the other, each behind a line that begins with "
               "`From `; a `>` that protects such a line in a message is taken off. A message is "
               "at most 256 MiB. Files whose name ends in `.gz` or `.zst` are unpacked as they are "
               "read.",
           .version = 2,
           .params = std::move(params),
           .refuses = [](const Json&) { return true; },
           .ledger = contract::Ledger::kAlways,
           .suffixes = WithPacked({".eml", ".mbox"}),
           .example = "sources:\n  mails:\n    kind: email\n    files: [mails/ham/*, "
                      "mails/spam/*]\n    encoding: detect\n    file_column: file\n"},
      .read = Read};
}

}  // namespace assay::source
