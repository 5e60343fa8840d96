#include "source/open_quote.h"

#include "source/test_sources.h"

namespace assay::source {
namespace {

class OpenQuote : public SourceFiles {
 protected:
  // `2-3 closed "x`, or `none`.
  std::string Found(const std::string& bytes, const QuoteForm& form = {}) {
    files.clear();
    Add("a.csv", bytes);
    const auto fault = FindQuoteFault(files[0], form);
    if (!fault.ok()) return "error: " + fault.error().message;
    if (!fault->has_value()) return "none";
    const QuoteFault& found = **fault;
    return std::to_string(found.line) + "-" + std::to_string(found.end_line) +
           (found.is_closed ? " closed " : " open ") + found.beginning;
  }
  Error Checked(const std::string& bytes, const Json& params) {
    files.clear();
    Add("a.csv", bytes);
    const Status status = CheckQuotes(files[0], params);
    return status.ok() ? Error{} : status.error();
  }
};

TEST_F(OpenQuote, WellFormedTextHasNone) {
  EXPECT_EQ(Found(""), "none");
  EXPECT_EQ(Found("\n\n"), "none");
  EXPECT_EQ(Found("a,b\n1,2"), "none");
  EXPECT_EQ(Found("a,b\n\"1\",\"2\"\n\"\",\"\"\n"), "none");
  EXPECT_EQ(Found("a,b\n\"say \"\"hi\"\"\",2\n"), "none");
  EXPECT_EQ(Found("a,b\r\n\"1\",\"2\"\r\n"), "none");
  EXPECT_EQ(Found("a,b\n\"two\nlines, and a delimiter\",2\n"), "none");
  EXPECT_EQ(Found("a,b\n1,\"2\""), "none");
  EXPECT_EQ(Found("a,b\n\"1\"  ,2\n"), "none");
}

TEST_F(OpenQuote, AQuoteWithinAPlainCellIsACharacter) {
  EXPECT_EQ(Found("id,size\n1,5\"\n2,6\"\n"), "none");
  EXPECT_EQ(Found("id,size\n1, \"x\n"), "none");
}

TEST_F(OpenQuote, OneThatIsNeverClosedIsFoundWhereItBegins) {
  EXPECT_EQ(Found("a,b\n1,2\n3,\"open\n5,6\n"), "3-5 open \"open");
  EXPECT_EQ(Found("a,b\n1,\""), "2-2 open \"");
  EXPECT_EQ(Found("\""), "1-1 open \"");
  EXPECT_EQ(Found("a\n\"x\"\""), "2-2 open \"x\"\"");
}

TEST_F(OpenQuote, OneThatTheNextQuoteClosesIsFoundToo) {
  EXPECT_EQ(Found("a,b\n1,\"open\n2,\"fine\"\n"), "2-3 closed \"open");
  EXPECT_EQ(Found("a,b\n1,\"say \"hi\" now\"\n"), "2-2 closed \"say \"h");
}

TEST_F(OpenQuote, LinesAreCountedAsTheTextEndsThem) {
  EXPECT_EQ(Found("a,b\r\n1,2\r\n3,\"x\r\n"), "3-4 open \"x");
  EXPECT_EQ(Found("a,b\r1,2\r3,\"x\r"), "3-4 open \"x");
  EXPECT_EQ(Found("\xef\xbb\xbf\"a,b\n"), "1-2 open \"a,b");
}

TEST_F(OpenQuote, TheFormIsTheDeclaredOne) {
  EXPECT_EQ(Found("a;b\n1;\"x\";2\n", {";", '"', '"'}), "none");
  EXPECT_EQ(Found("a||b\n\"x\"||\"y\"\n\"z\"|\n", {"||", '"', '"'}), "none");
  EXPECT_EQ(Found("a||b\n\"x\"|y\n", {"||", '"', '"'}), "2-2 closed \"x\"|y");
  EXPECT_EQ(Found("a,b\n'x, y',\"\n", {",", '\'', '\''}), "none");
  EXPECT_EQ(Found("a,b\n\"x \\\" y\",1\n", {",", '"', '\\'}), "none");
  EXPECT_EQ(Found("a,b\n\"x \\\" y,1\n", {",", '"', '\\'}), "2-3 open \"x \\\" y,1");
}

// A block is a mebibyte: neither a cell nor a doubled quote ends with it.
TEST_F(OpenQuote, BlocksAreNoBoundaries) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  for (std::size_t length = kBlock - 3; length < kBlock + 3; ++length) {
    const std::string cell = "\"" + std::string(length - 1, 'x') + "\"\"y\"";
    EXPECT_EQ(Found(cell + ",2\n"), "none") << length;
    EXPECT_EQ(Found(cell + ",\"2\n"), "1-2 open \"2") << length;
  }
}

TEST_F(OpenQuote, PackedTextIsUnpacked) {
  Add("a.csv.gz", "no gzip");
  const auto fault = FindQuoteFault(files[0], {});
  ASSERT_FALSE(fault.ok());
  EXPECT_EQ(fault.error().code, ErrorCode::kData);
}

TEST_F(OpenQuote, TheErrorNamesLineAndWayOut) {
  const Json usual{{"delimiter", ","}, {"quote", "\""}, {"escape", "\""}};
  const std::string none = ", or declare `quote: none` where a quote is a character like others";
  const Error open = Checked("a,b\n1,\"x\n2,y\n", usual);
  EXPECT_EQ(open.code, ErrorCode::kData);
  EXPECT_EQ(open.message, "data/a.csv:2 begins a quote that is never closed");
  EXPECT_EQ(open.hint, "close it" + none);
  const Error late = Checked("a,b\n1,\"x\n2,\"y\"\n", usual);
  EXPECT_EQ(late.message, "data/a.csv:2 begins a quote that is not closed before line 3: \"x");
  EXPECT_EQ(late.hint, "close it in its line" + none);
  const Error behind = Checked("a,b\n\"x\"y,1\n", usual);
  EXPECT_EQ(behind.message, "data/a.csv:2 has text behind the quote that closes a cell: \"x\"y");
  EXPECT_EQ(behind.hint, "write a quote within a quoted cell twice" + none);
}

TEST_F(OpenQuote, ParametersMayBeAbsent) {
  const std::string open = "data/a.csv:2 begins a quote that is never closed";
  EXPECT_EQ(Checked("a,b\n1,\"x\n", Json::object()).message, open);
  EXPECT_EQ(Checked("a,b\n1,\"x\n", Json{{"quote", "none"}}).message, "");
  EXPECT_EQ(Checked("a\tb\n\"x\"\t1\n", Json{{"delimiter", "\\t"}}).message, "");
  EXPECT_EQ(Checked("a,b\n'x,1\n", Json{{"quote", "'"}}).message, open);
}

TEST_F(OpenQuote, WhatIsShownIsShortAndPrintable) {
  const std::string place = "data/a.csv:2 begins a quote that is not closed before line 3: ";
  EXPECT_EQ(Checked("a\n\"" + std::string(100, 'x') + "\n\"y\n", Json::object()).message,
            place + "\"" + std::string(39, 'x'));
  EXPECT_EQ(Checked("a\n\"x\t\x02\n\"z\n", Json::object()).message, place + "\"x\t\xef\xbf\xbd");
}

}  // namespace
}  // namespace assay::source
