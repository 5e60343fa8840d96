#include "source/text_forms.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay::source {
namespace {

std::string CommonOf(const std::vector<std::string>& texts) {
  TextForms forms;
  for (const std::string& text : texts) forms.Note(text);
  return TypeText(forms.Common());
}

TEST(TextForms, OfOneKind) {
  EXPECT_EQ(CommonOf({"0", "-12", "9223372036854775807"}), "int64");
  EXPECT_EQ(CommonOf({"0.5", "-1.50", "2e-7", "1E+3", "7"}), "float64");
  EXPECT_EQ(CommonOf({"true", "false"}), "bool");
  EXPECT_EQ(CommonOf({"2024-02-29", "1999-12-31"}), "date");
  EXPECT_EQ(CommonOf({"2024-02-29", "1999-12-31T23:59:59.123456"}), "timestamp[us]");
  EXPECT_EQ(CommonOf({"2024-02-29 00:00:00Z", "2024-02-29T00:00:00+05:30",
                      "2024-02-29T00:00:00.5-0800", "2024-02-29T00:00:00+02"}),
            "timestamp[us,utc]");
  EXPECT_EQ(CommonOf({}), "string");
}

TEST(TextForms, OfSeveralKindsAreText) {
  EXPECT_EQ(CommonOf({"1", "true"}), "string");
  EXPECT_EQ(CommonOf({"1", "2024-01-01"}), "string");
  EXPECT_EQ(CommonOf({"2024-01-01", "2024-01-01 00:00:00Z"}), "string");
  EXPECT_EQ(CommonOf({"1", "x", "2"}), "string");
}

TEST(TextForms, WhatAValueWouldLoseIsText) {
  for (const char* text : {"007",
                           "+1",
                           "1.",
                           ".5",
                           "1,5",
                           "1 000",
                           "0x1f",
                           "1_000",
                           "9223372036854775808",
                           "1e400",
                           "NaN",
                           "inf",
                           "-",
                           "",
                           "e5",
                           "1e",
                           "True",
                           "2023-02-29",
                           "2024-13-01",
                           "0000-01-01",
                           "2024-1-1",
                           "2024-01-01T24:00:00",
                           "2024-01-01T00:60:00",
                           "2024-01-01T00:00:60",
                           "2024-01-01T00:00",
                           "2024-01-01T00:00:00.",
                           "2024-01-01T00:00:00.1234567",
                           "2024-01-01T00:00:00+15:00",
                           "2024-01-01T00:00:00+1",
                           "2024-01-01X00:00:00",
                           "2024-01-01T00:00:00z",
                           "\xe2\x88\x92"
                           "5"}) {
    EXPECT_EQ(CommonOf({text}), "string") << text;
  }
  // 2^53 + 1 is no double: among fractions it stays as it is written.
  EXPECT_EQ(CommonOf({"9007199254740993"}), "int64");
  EXPECT_EQ(CommonOf({"9007199254740993", "0.5"}), "string");
  EXPECT_EQ(CommonOf({"9007199254740992", "0.5"}), "float64");
}

}  // namespace
}  // namespace assay::source
