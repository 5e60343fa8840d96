#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

class EmailSource : public SourceFiles {
 protected:
  // Subjects and bodies.
  std::string Mails(Json params = Json::object()) {
    const auto read = Read("email", std::move(params));
    EXPECT_TRUE(read.ok()) << read.error().message;
    return read.ok() ? Text(Rows("SELECT subject, body FROM (" + read->query + ")")) : "";
  }
};

constexpr char kMail[] =
    "Date: Thu, 22 Aug 2002 18:26:25 +0700\nFrom: a@x\nTo: b@x\nCc: c@x\nSubject: 12\n"
    "Message-ID: <1@x>\nIn-Reply-To: <0@x>\n\nhello\n";

TEST_F(EmailSource, OneMessageAFile) {
  Add("a.eml", kMail);
  Add("b.eml.gz", Gzipped("Subject: two\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                          "Content-Type: image/png\n\nxyz\n--b--\n"));
  const Outcome outcome = ReadAll("email", {{"file_column", "file"}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types,
            "date timestamp[us,utc], from string, to string, cc string, subject string, message_id "
            "string, in_reply_to string, body string, body_type string, attachments string, "
            "headers string, problems string, file string");
  EXPECT_EQ(outcome.rows,
            "2002-08-22 11:26:25+00|a@x|b@x|c@x|12|<1@x>|<0@x>|hello\n|text/plain|-|"
            "[[\"Date\",\"Thu, 22 Aug 2002 18:26:25 "
            "+0700\"],[\"From\",\"a@x\"],[\"To\",\"b@x\"],[\"Cc\",\"c@x\"],[\"Subject\",\"12\"],"
            "[\"Message-ID\",\"<1@x>\"],[\"In-Reply-To\",\"<0@x>\"]]|-|data/a.eml\n"
            "-|-|-|-|two|-|-|-||[{\"name\":null,\"size\":3,\"type\":\"image/png\"}]|"
            "[[\"Subject\",\"two\"],[\"Content-Type\",\"multipart/mixed; boundary=b\"]]|"
            "[\"no date\"]|data/b.eml.gz\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(EmailSource, AMailboxHasManyMessages) {
  const std::string box =
      "From a@x Thu Aug 22 2002\nSubject: one\n\nline\nFrom here on it is text\n>From b\n>>From c\n"
      "> From d\n\nFrom b@x Fri Aug 23 2002\r\nSubject: two\r\n\r\nlast\r\n";
  Add("a.mbox", "\n" + box);
  Add("b.mbox.zst", Zstandard(box));
  Add("empty.mbox", "");
  const std::string expected =
      "one|line\nFrom here on it is text\nFrom b\n>From c\n> From d\n\n\ntwo|last\n\n";
  EXPECT_EQ(Mails(), expected + expected);
  files.pop_back();
  files.erase(files.begin());
  EXPECT_EQ(Mails({{"format", "message"}}).substr(0, 4), "one|");
  files[0].location = "data/mails.zst";
  EXPECT_EQ(Mails({{"format", "mbox"}}), expected);
}

TEST_F(EmailSource, MessagesThatCannotBeReadAreRefusedWithTheirPlace) {
  Add("a.mbox", "From a\nSubject: one\n\nx\n\nFrom b\nSubject: caf\xe9\n\ny\n\nFrom c\n\nz\n");
  Add("b.eml", "");
  const Outcome outcome = ReadAll("email");
  EXPECT_EQ(outcome.refused,
            "data/a.mbox|6|Subject|no charset is told: the byte 233 at offset 3|From "
            "b\\x0aSubject: caf\\xe9\\x0a\\x0ay\\x0a\\x0a\n"
            "data/a.mbox|11|-|no e-mail: it begins with no header|From c\n\nz\n\n"
            "data/b.eml|1|-|an empty file|\n");
  EXPECT_EQ(Mails(), "one|x\n\n\n");
  EXPECT_EQ(Mails({{"encoding", "detect"}}), "one|x\n\n\ncafé|y\n\n\n");
}

TEST_F(EmailSource, WhereNothingCanBeReadItIsAnError) {
  Add("a.eml", "no mail");
  const Outcome outcome = ReadAll("email");
  EXPECT_EQ(outcome.error,
            "no row of the source could be read; data/a.eml:1: no e-mail: it begins with no "
            "header: no mail");
  EXPECT_NE(outcome.hint, "");
}

TEST_F(EmailSource, MessagesOfManyBlocks) {
  const std::string body = std::string(300'000, 'x') + "\n";
  std::string box;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    box += "From a\nSubject: " + std::to_string(i) + "\n\n" + body + "\n";
    expected += std::to_string(i) + "|" + body + "\n\n";
  }
  Add("a.mbox", box);
  EXPECT_EQ(Mails(), expected);
}

}  // namespace
}  // namespace assay::source
