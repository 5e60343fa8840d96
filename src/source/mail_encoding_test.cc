#include "source/mail_encoding.h"

#include <gtest/gtest.h>

#include "source/charset.h"

namespace assay::source {
namespace {

// Shows what was decoded as what, where the charset is none that is known.
void DecodeOrTell(std::string_view bytes, std::string_view label, std::string& text) {
  const auto charset = CharsetOf(label);
  if (label.empty()) {
    text += bytes;
  } else if (!charset || AppendDecodedText(bytes, *charset, text)) {
    text += "{" + std::string(label) + ":" + std::string(bytes) + "}";
  }
}

std::string HeaderOf(const std::string& value) { return DecodedMailHeader(value, DecodeOrTell); }

// What Python's base64 and quopri give.
TEST(MailEncoding, Base64) {
  EXPECT_EQ(DecodedBase64("aGVsbG8=").bytes, "hello");
  EXPECT_EQ(DecodedBase64("aGVs\r\n bG8gd29ybGQ").bytes, "hello world");
  EXPECT_EQ(DecodedBase64("YQ==Yg==").bytes, "ab");
  EXPECT_EQ(DecodedBase64("aGVsbG8=").odd, 0U);
  EXPECT_EQ(DecodedBase64("aGVs!bG8*=").bytes, "hello");
  EXPECT_EQ(DecodedBase64("aGVs!bG8*=").odd, 2U);
  EXPECT_EQ(DecodedBase64("aGVsb").odd, 1U);
  EXPECT_EQ(DecodedBase64("").bytes, "");
}

TEST(MailEncoding, QuotedPrintable) {
  const auto bytes = [](const char* text) { return DecodedQuotedPrintable(text, false).bytes; };
  EXPECT_EQ(bytes("caf=E9 =3d"), "caf\xe9 =");
  EXPECT_EQ(bytes("a=\nb=\r\nc= \t\nd="), "abcd");
  EXPECT_EQ(bytes("a \t\nb  \r\nc d  "), "a\nb\r\nc d");
  EXPECT_EQ(bytes("a=20\nb_c"), "a \nb_c");
  EXPECT_EQ(DecodedQuotedPrintable("a=ZZ=4", false).bytes, "a=ZZ=4");
  EXPECT_EQ(DecodedQuotedPrintable("a=ZZ=4", false).odd, 2U);
  EXPECT_EQ(DecodedQuotedPrintable("a_b=5F", true).bytes, "a b_");
}

// What Python's email.header.decode_header and make_header give.
TEST(MailEncoding, EncodedWords) {
  EXPECT_EQ(HeaderOf("=?utf-8?Q?caf=C3=A9?= au =?iso-8859-1?q?lait=5F=e9?="), "café au lait_é");
  EXPECT_EQ(HeaderOf("=?UTF-8?B?5pel?= =?utf-8?b?5pys?="), "日本");
  EXPECT_EQ(HeaderOf("=?utf-8*en?Q?a?=\t=?latin1?Q?=E9?= b"), "aé b");
  // A character over two words.
  EXPECT_EQ(HeaderOf("=?utf-8?Q?=E6=97?= =?utf-8?Q?=A5?="), "日");
  EXPECT_EQ(HeaderOf("\"=?utf-8?Q?a=2C_b?=\" <a@b.c>"), "\"a, b\" <a@b.c>");
}

TEST(MailEncoding, WhatIsNoEncodedWordStays) {
  for (const char* text :
       {"=?utf-8?Q?open", "=?utf-8?X?a?=", "=?utf-8?Q", "=?", "=??Q?a?=", "a =? b"}) {
    EXPECT_EQ(HeaderOf(text), text);
  }
  EXPECT_EQ(HeaderOf("=?klingon?Q?a=62?="), "{klingon:ab}");
}

TEST(MailEncoding, Parameters) {
  const auto parse = [](const char* text) { return ParseMailParameters(text, DecodeOrTell); };
  auto parsed = parse(" Text/HTML ; CharSet=\"UTF-8\"; x=a b ;y=\"a;\\\"b\" ; z");
  EXPECT_EQ(parsed.value, "text/html");
  EXPECT_EQ(parsed.parameters["charset"], "UTF-8");
  EXPECT_EQ(parsed.parameters["x"], "a b");
  EXPECT_EQ(parsed.parameters["y"], "a;\"b");
  EXPECT_EQ(parsed.parameters.size(), 3U);
  // RFC 2231, 4.1; and words that are encoded as no standard has it.
  parsed =
      parse("attachment; filename*=utf-8'en'%e2%82%ac%20rates; name=\"=?utf-8?Q?=E2=82=AC?=\"");
  EXPECT_EQ(parsed.parameters["filename"], "€ rates");
  EXPECT_EQ(parsed.parameters["name"], "€");
  parsed = parse("a/b; title*1*=%2a%2a; title*0*=us-ascii'en'This%20is%20; title*2=\"end\"");
  EXPECT_EQ(parsed.parameters["title"], "This is **end");
  EXPECT_EQ(parse("").value, "");
  EXPECT_EQ(parse("a/b;;=;x=").parameters.at("x"), "");
}

}  // namespace
}  // namespace assay::source
