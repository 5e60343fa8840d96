#include "source/mail_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/utf8.h"

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

MailMessage Read(const std::string& bytes, MailFallback fallback = MailFallback::kNone) {
  return ReadMail(bytes, fallback);
}

std::string AttachmentsOf(const MailMessage& mail) {
  std::string text;
  for (const MailAttachment& one : mail.attachments) {
    text += one.name + "|" + one.type + "|" + std::to_string(one.size) + "\n";
  }
  return text;
}

// What Python's email.utils.parsedate_to_datetime gives, in UTC.
TEST(MailDate, DatesInUtc) {
  EXPECT_EQ(MailDateInUtc("Thu, 22 Aug 2002 18:26:25 +0700"), "2002-08-22 11:26:25+00");
  EXPECT_EQ(MailDateInUtc("1 Jan 2003 00:30:00 +0100 (CET)"), "2002-12-31 23:30:00+00");
  EXPECT_EQ(MailDateInUtc("Tue, 27 Aug 02 9:05 EDT"), "2002-08-27 13:05:00+00");
  EXPECT_EQ(MailDateInUtc("Mon,29 Feb 2000 23:59:59 GMT"), "2000-02-29 23:59:59+00");
  EXPECT_EQ(MailDateInUtc("Fri, 5 Dec 97 01:02:03 -0330"), "1997-12-05 04:32:03+00");
  EXPECT_EQ(MailDateInUtc("Thu Aug 22 11:26:25 2002 GMT"), "2002-08-22 11:26:25+00");
  EXPECT_EQ(MailDateInUtc("Aug 22 11:26:25 PST 2002"), "2002-08-22 19:26:25+00");
  EXPECT_EQ(MailDateInUtc("22-Aug-2002 11:26:25 +0000"), "2002-08-22 11:26:25+00");
}

TEST(MailDate, WhatIsNoDateIsNone) {
  for (const char* text :
       {"", "yesterday", "Thu, 22 Aug 2002", "Thu, 22 Aug 2002 11:26:25",
        "Thu, 22 Aug 2002 11:26:25 MOON", "Thu, 32 Aug 2002 11:26:25 GMT",
        "29 Feb 2001 00:00:00 GMT", "22 Aux 2002 11:26:25 GMT", "22 Aug 2002 24:00:00 GMT",
        "22 Aug 2002 11:60:00 GMT", "22 Aug 2002 11:00:60 GMT", "22 Aug 2002 11 GMT",
        "22 Aug 2002 1:2:3:4 GMT", "22 Aug 2002 11:26:25 +9900", "22 Aug 2002 11:26:25 +0160",
        "22 Aug 12002 11:26:25 GMT", "2002-08-22 11:26:25 GMT"}) {
    EXPECT_EQ(MailDateInUtc(text), std::nullopt) << text;
  }
}

TEST(MailMessage, HeadersAndABody) {
  const MailMessage mail = Read(
      "From ann@x Thu Aug 22 2002\r\n"
      "Date: Thu, 22 Aug 2002 18:26:25 +0700\r\nFrom: =?utf-8?Q?J=C3=BCrg?= <j@x>\r\n"
      "To: a@x,\r\n\tb@x\r\nto: c@x\r\nSubject:  hello\r\n world \r\nEmpty:\r\n\r\n"
      "line 1\r\n\r\nline 2\r\n");
  EXPECT_EQ(mail.fault, "");
  EXPECT_THAT(mail.problems, IsEmpty());
  EXPECT_EQ(mail.date, "2002-08-22 11:26:25+00");
  EXPECT_THAT(mail.headers,
              ElementsAre(Pair("Date", "Thu, 22 Aug 2002 18:26:25 +0700"),
                          Pair("From", "Jürg <j@x>"), Pair("To", "a@x,\tb@x"), Pair("to", "c@x"),
                          Pair("Subject", "hello world"), Pair("Empty", "")));
  EXPECT_EQ(mail.All("to"), "a@x,\tb@x, c@x");
  EXPECT_EQ(mail.First("to"), "a@x,\tb@x");
  EXPECT_EQ(mail.All("cc"), std::nullopt);
  EXPECT_EQ(mail.body, "line 1\n\nline 2\n");
  EXPECT_EQ(mail.body_type, "text/plain");
  EXPECT_EQ(AttachmentsOf(mail), "");
}

constexpr char kHead[] = "Date: Thu, 22 Aug 2002 11:26:25 +0000\n";

TEST(MailMessage, HeadersStandOnOneLine) {
  EXPECT_EQ(Read("Subject: a =?utf-8?Q?b=0D=0Ac?=\n\n").First("subject"), "a b  c");
}

TEST(MailMessage, TransferEncodingsAndCharsets) {
  const auto body = [](const std::string& headers, const std::string& content) {
    const MailMessage mail = Read(kHead + headers + "\n" + content);
    EXPECT_EQ(mail.fault, "");
    return mail.body.value_or("none");
  };
  EXPECT_EQ(body("Content-Type: text/plain; charset=iso-8859-1\n"
                 "Content-Transfer-Encoding: quoted-printable\n",
                 "caf=E9=\n!\n"),
            "café!\n");
  EXPECT_EQ(body("Content-Type: text/plain; charset=\"koi8-r\"\n"
                 "Content-Transfer-Encoding: BASE64\n",
                 "8NLJ18XU\n"),
            "Привет");
  EXPECT_EQ(body("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n",
                 "caf\xc3\xa9"),
            "café");
  EXPECT_EQ(body("Content-Type: text/plain; charset=iso-2022-jp\n", "\x1b$BF|K\\\x1b(B"), "日本");
}

TEST(MailMessage, PartsInParts) {
  const MailMessage mail = Read(
      std::string(kHead) +
      "Content-Type: multipart/mixed; boundary=\"out er\"\n\npreamble\n"
      "--out er\nContent-Type: multipart/alternative; boundary=in\n\n"
      "--in\n\nplain one\n--in\nContent-Type: text/html\n\n<p>html one\n--in--\nepilogue\n"
      "--out er \nContent-Type: text/plain; name=inline.txt\n\nplain two\n"
      "--out er\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nxyz\n"
      "--out er\nContent-Type: image/png; name=\"=?utf-8?Q?=E2=82=AC.png?=\"\n"
      "Content-Transfer-Encoding: base64\n\niVBORw0K\n"
      "--out er\nContent-Type: text/html\n\n<b>x</b>\n"
      "--out er\nContent-Type: message/rfc822\n\nSubject: inner\n\nbody\n"
      "--out er--\n");
  EXPECT_EQ(mail.fault, "");
  EXPECT_THAT(mail.problems, IsEmpty());
  EXPECT_EQ(mail.body, "plain one\nplain two");
  EXPECT_EQ(mail.body_type, "text/plain");
  EXPECT_EQ(AttachmentsOf(mail),
            "a.txt|text/plain|3\n€.png|image/png|6\n|message/rfc822|20\n|text/html|8\n");
}

TEST(MailMessage, HtmlWhereThereIsNoPlainText) {
  const MailMessage mail = Read(
      std::string(kHead) +
      "Content-Type: text/html; charset=windows-1252\n\n<html><head><title>t</title><style>p{}"
      "</style></head><body><p>Caf\xe9 &amp; <b>more</b></p><p>x<br>y<script>z</script></body>");
  EXPECT_EQ(mail.body, "Café & more\nx\ny");
  EXPECT_EQ(mail.body_type, "text/html");
  EXPECT_EQ(AttachmentsOf(mail), "");
}

TEST(MailMessage, NoBody) {
  const MailMessage mail = Read(std::string(kHead) + "Content-Type: image/gif\n\nGIF");
  EXPECT_EQ(mail.body, std::nullopt);
  EXPECT_EQ(mail.body_type, "");
  EXPECT_EQ(AttachmentsOf(mail), "|image/gif|3\n");
  EXPECT_EQ(Read(kHead).body, "");
}

TEST(MailMessage, WhatIsWrongButCanBeReadIsToldOf) {
  const auto problems = [](const std::string& text) { return Read(text).problems; };
  EXPECT_THAT(problems("Subject: x\n\nb"), ElementsAre("no date"));
  EXPECT_THAT(problems("Date: yesterday\n\nb"),
              ElementsAre("not a date with a known zone: yesterday"));
  const MailMessage no_gap = Read(std::string(kHead) + "no header\nbody");
  EXPECT_THAT(no_gap.problems, ElementsAre("no empty line behind the headers"));
  EXPECT_EQ(no_gap.body, "no header\nbody");
  EXPECT_THAT(problems(" x\n" + std::string(kHead) + ": y\n z\n\n"),
              ElementsAre("the first header line continues none", "a header without a name"));
  EXPECT_THAT(problems(std::string(kHead) + "Content-Transfer-Encoding: base64\n\naGk=*"),
              ElementsAre("1 characters that are not base64"));
  const MailMessage plain =
      Read(std::string(kHead) +
           "Content-Transfer-Encoding: base64\n\nThis, alas, is: no - base64. "
           "(Not at all!) ...................");
  EXPECT_THAT(plain.problems, ElementsAre("not base64, as its header says; taken as it is"));
  EXPECT_TRUE(plain.body && plain.body->starts_with("This, alas, is:"));
  EXPECT_THAT(problems(std::string(kHead) + "Content-Transfer-Encoding: x-uuencode\n\nb"),
              ElementsAre("an unknown transfer encoding: x-uuencode"));
  EXPECT_THAT(problems(std::string(kHead) + "Content-Type: text\n\nb"),
              ElementsAre("not a type of content: text"));
  EXPECT_THAT(problems(std::string(kHead) + "Content-Type: text/x\xe9 y\n\nb"),
              ElementsAre("not a type of content: text/x\xef\xbf\xbd y"));
  const MailMessage open = Read(
      std::string(kHead) + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo");
  EXPECT_THAT(open.problems, ElementsAre("the last part has no end"));
  EXPECT_EQ(open.body, "one\ntwo");
  const MailMessage nowhere =
      Read(std::string(kHead) + "Content-Type: multipart/mixed; boundary=b\n\n--c\nx");
  EXPECT_THAT(nowhere.problems, ElementsAre("the boundary between parts is nowhere"));
  EXPECT_EQ(nowhere.body, "--c\nx");
  EXPECT_THAT(problems(std::string(kHead) + "Content-Type: multipart/mixed\n\nx"),
              ElementsAre("parts without a boundary between them"));
  EXPECT_THAT(problems(std::string(kHead) + "Content-Type: text/plain; charset=x-foo\n\nascii"),
              ElementsAre("body: an unknown charset: x-foo"));
}

TEST(MailMessage, WhatCannotBeReadIsAFaultOrDetected) {
  struct Case {
    std::string text, where, fault, body, problem;
  };
  const std::string type = std::string(kHead) + "Content-Type: text/plain; charset=";
  for (const Case& one : std::vector<Case>{
           {type + "us-ascii\n\ncaf\xe9", "body", "not us-ascii: the byte 233 at offset 3", "café",
            "windows-1252"},
           {std::string(kHead) + "\ncaf\xc3\xa9", "body",
            "no charset is told: the byte 195 at offset 3", "café", "utf-8"},
           {type + "x-foo\n\ncaf\xe9", "body", "an unknown charset: x-foo", "café", "windows-1252"},
           {type + "utf-7\n\n+AOk-", "body", "an unknown charset: utf-7", "+AOk-", "utf-8"},
           {type + "utf-8\n\ncaf\xe9", "body", "not utf-8 at offset 3", "café", "windows-1252"},
       }) {
    const MailMessage strict = Read(one.text);
    EXPECT_EQ(strict.fault_in, one.where);
    EXPECT_EQ(strict.fault, one.fault);
    const MailMessage detected = Read(one.text, MailFallback::kDetect);
    EXPECT_EQ(detected.fault, "");
    EXPECT_EQ(detected.body, one.body);
    EXPECT_THAT(detected.problems,
                ElementsAre("body: " + one.fault + "; taken for " + one.problem));
  }
  const std::string header = std::string(kHead) + "Subject: caf\xe9\n\n";
  EXPECT_EQ(Read(header).fault_in, "Subject");
  EXPECT_EQ(Read(header).fault, "no charset is told: the byte 233 at offset 3");
  EXPECT_EQ(Read(header, MailFallback::kDetect).First("subject"), "café");
  for (const MailFallback fallback : {MailFallback::kNone, MailFallback::kDetect}) {
    EXPECT_EQ(Read(std::string(kHead) + "\na" + std::string(1, '\0'), fallback).fault,
              "no text: a zero character");
    EXPECT_EQ(Read("", fallback).fault, "no e-mail: it begins with no header");
    EXPECT_EQ(Read("just text\n\nmore", fallback).fault, "no e-mail: it begins with no header");
    EXPECT_EQ(Read("\nSubject: x\n", fallback).fault, "no e-mail: it begins with no header");
  }
}

TEST(MailMessage, PartsWithoutEndInDepth) {
  std::string text = kHead;
  for (int i = 0; i < 200; ++i) {
    const std::string name = "b" + std::to_string(i) + "x";
    text += "Content-Type: multipart/mixed; boundary=" + name + "\n\n--" + name + "\n";
  }
  const MailMessage mail = Read(text + "\nend");
  EXPECT_EQ(mail.fault, "");
  EXPECT_TRUE(mail.body && mail.body->ends_with("end"));
}

}  // namespace
}  // namespace assay::source
