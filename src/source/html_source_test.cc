#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HtmlSource : public SourceFiles {
 protected:
  Outcome Of(const std::string& text, Json params = Json::object()) {
    files.clear();
    Add("a.html", text);
    return ReadAll("html", std::move(params));
  }
  std::string ErrorOf(const std::string& text, Json params = Json::object()) {
    const Outcome outcome = Of(text, std::move(params));
    EXPECT_NE(outcome.error, "") << text << outcome.rows;
    EXPECT_NE(outcome.hint, "") << text;
    return outcome.error;
  }
  // The cells of a table of one column, whose header is `h`.
  std::string CellOf(const std::string& cell, Json params = Json::object()) {
    const Outcome outcome =
        Of("<table><tr><th>head<tr><td>" + cell + "<tr><td>end</table>", std::move(params));
    EXPECT_EQ(outcome.error, "");
    EXPECT_TRUE(outcome.rows.ends_with("\nend\n")) << outcome.rows;
    return outcome.rows.substr(0, outcome.rows.size() - 5);
  }
};

// The pages and what pandas.read_html (lxml) makes of them.
TEST_F(HtmlSource, ATableWithAHead) {
  const Outcome outcome =
      Of("<!doctype html><html><body><p>x</p><table><thead><tr><th>City<th>People<th>Since"
         "<tbody><tr><td>Ulm<td>126000<td>1163-01-01<tr><td>Bonn<td>&nbsp;<td></table>");
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types, "City string, People int64, Since date");
  EXPECT_EQ(outcome.rows, "Ulm|126000|1163-01-01\nBonn|-|-\n");
}

TEST_F(HtmlSource, TheFirstRowsThatAreAllHeadersAreTheHeader) {
  EXPECT_EQ(Of("<table><tr><th>a<th>b<tr><th>1<td>2<tr><th>3<td>4</table>").rows, "1|2\n3|4\n");
  const Outcome none = Of("<table><tr><td>a<td>b<tr><td>1<td>2</table>");
  EXPECT_EQ(none.types, "column0 string, column1 string");
  EXPECT_EQ(none.rows, "a|b\n1|2\n");
  const Outcome one = Of("<table><tr><td>a<td>b<tr><td>1<td>2</table>", {{"header_rows", 1}});
  EXPECT_EQ(one.types, "a int64, b int64");
  EXPECT_EQ(Of("<table><tr><th>a<tr><td>1</table>", {{"header_rows", 0}}).rows, "a\n1\n");
}

TEST_F(HtmlSource, HeaderRowsOfSeveralLevelsAreJoined) {
  const Outcome outcome =
      Of("<table><thead><tr><th colspan=5>A title over all</tr>"
         "<tr><th rowspan=2>Name<th colspan=2>2023<th colspan=2>2024</tr>"
         "<tr><th>Sales<th>Net<br>cost<th>Sales<th>2024</tr></thead>"
         "<tr><td>x<td>1<td>2<td>3<td>4</table>");
  EXPECT_EQ(outcome.types,
            "Name string, 2023 Sales int64, 2023 Net cost int64, 2024 Sales int64, 2024 int64");
  EXPECT_EQ(outcome.rows, "x|1|2|3|4\n");
}

TEST_F(HtmlSource, NamesThatAreMissingOrComeAgain) {
  EXPECT_EQ(Of("<table><tr><th>a<th><th>A<th>a_1<tr><td>1<td>2<td>3<td>4<td>5</table>").types,
            "a int64, column1 int64, A_1 int64, a_1_1 int64, column4 int64");
}

TEST_F(HtmlSource, SpansAreFilled) {
  EXPECT_EQ(Of("<table><tr><th>a<th>b<th>c"
               "<tr><td rowspan=2>1<td colspan=2>2"
               "<tr><td>3<td>4"
               "<tr><td rowspan='2' colspan='2'>5<td>6"
               "<tr><td>7</table>")
                .rows,
            "1|2|2\n1|3|4\n5|5|6\n5|5|7\n");
}

TEST_F(HtmlSource, SpansEndWithTheirSection) {
  EXPECT_EQ(Of("<table><thead><tr><th>a<th>b</thead>"
               "<tbody><tr><td rowspan=9>1<td>2</tbody><tbody><tr><td>3<td>4</tbody></table>")
                .rows,
            "1|2\n3|4\n");
  EXPECT_EQ(Of("<table><thead><tr><th>a<th>b</thead>"
               "<tr><td rowspan=0>1<td>2<tr><td>3<tr><td>4</table>")
                .rows,
            "1|2\n1|3\n1|4\n");
  // Spans that are no numbers, and one that reaches over more columns than there are.
  EXPECT_EQ(Of("<table><tr><th>a<th>b<tr><td colspan=x>1<td rowspan=-3>2<tr><td>3"
               "<td colspan='100%'>4</table>")
                .rows,
            "1|2\n3|4\n");
}

TEST_F(HtmlSource, TheFootComesLastAndShortRowsEndInNulls) {
  EXPECT_EQ(Of("<table><tfoot><tr><td>sum<td>3</tfoot><thead><tr><th>a<th>b</thead>"
               "<tr><td>x<td>1<tr><td>y</table>")
                .rows,
            "x|1\ny|-\nsum|3\n");
}

TEST_F(HtmlSource, WhiteSpaceAsABrowserShowsIt) {
  EXPECT_EQ(CellOf("  a \n\t b<b> c </b> d "), "a b c d");
  EXPECT_EQ(CellOf("a<br>b<br/> c"), "a\nb\nc");
  EXPECT_EQ(CellOf("<p>a</p><p>b</p>c<div>d</div>"), "a\nb\nc\nd");
  EXPECT_EQ(CellOf("<ul><li>a<li>b</ul>"), "a\nb");
  EXPECT_EQ(CellOf("<pre>a  b\n c</pre>"), "a  b\n c");
  EXPECT_EQ(CellOf("&nbsp;a&nbsp;&nbsp;b&nbsp;"), "a  b");
  EXPECT_EQ(CellOf("1<!-- 2 -->3"), "13");
}

TEST_F(HtmlSource, Entities) {
  EXPECT_EQ(CellOf("&amp;&lt;&eacute;&#8364;&#x1F600;&#150;&copy"), "&<é€😀–©");
  EXPECT_EQ(CellOf("&unknown; &"), "&unknown; &");
}

TEST_F(HtmlSource, WhatIsHiddenIsLeftOut) {
  const std::string cell =
      "<span style='color: red; DISPLAY : none !important'>a</span><span hidden>b</span>"
      "<i style='visibility:hidden'>c</i><style>d{}</style><script>e()</script>"
      "<noscript>f</noscript><template>g</template>h";
  EXPECT_EQ(CellOf(cell), "h");
  EXPECT_EQ(CellOf(cell, {{"displayed_only", false}}), "abch");
  EXPECT_EQ(Of("<table><tr><th>a<th hidden>x<th>b<tr style='display:none'><td>0<td>0"
               "<tr><td>1<td style='display:none'>x<td>2</table>")
                .rows,
            "1|2\n");
  EXPECT_EQ(Of("<div hidden><table><tr><td>1</table></div><table><tr><td>2</table>").rows, "2\n");
}

TEST_F(HtmlSource, MarksOfFootnotes) {
  const std::string cell = "12<sup class='x reference'>[1]</sup><sup><a href='#n2'>b</a></sup>";
  EXPECT_EQ(CellOf(cell), "12[1]b");
  EXPECT_EQ(CellOf(cell, {{"footnotes", false}}), "12");
  EXPECT_EQ(CellOf("m<sup>2</sup><sup><a href='x.html'>3</a></sup>", {{"footnotes", false}}),
            "m23");
}

TEST_F(HtmlSource, ATableInACellIsTextAndATableOfItsOwn) {
  const std::string page =
      "<table id=o><tr><th>a<th>b<tr><td>1<td><table id=i><tr><th>c<th>d<tr><td>2<td>3</table>"
      "</table>";
  EXPECT_EQ(Of(page, {{"id", "o"}}).rows, "1|c\td\n2\t3\n");
  EXPECT_EQ(Of(page, {{"id", "i"}}).rows, "2|3\n");
  EXPECT_EQ(Of(page, {{"index", 1}}).rows, "2|3\n");
}

constexpr char kThree[] =
    "<table></table><table><caption>Cities of <b>1900</b></caption><tr><th>City<th>n<tr><td>A<td>1"
    "</table><table id=t><caption>Cities</caption><tr><th>City<th>m<tr><td>B<td>2</table>"
    "<table><tr><th>n<th>x<tr><td>3<td>4</table>";

TEST_F(HtmlSource, TablesByCaptionIdIndexAndHeader) {
  EXPECT_EQ(Of(kThree, {{"caption", "of 1900"}}).rows, "A|1\n");
  EXPECT_EQ(Of(kThree, {{"caption", "Cities"}}).rows, "B|2\n");  // the same before a part
  EXPECT_EQ(Of(kThree, {{"id", "t"}}).rows, "B|2\n");
  EXPECT_EQ(Of(kThree, {{"index", 2}}).rows, "3|4\n");
  EXPECT_EQ(Of(kThree, {{"header", Json::array({"x"})}}).rows, "3|4\n");
  EXPECT_EQ(Of(kThree, {{"header", Json::array({"n", "City"})}}).rows, "A|1\n");
  EXPECT_EQ(Of(kThree, {{"header", Json::array({"n"})}, {"index", 0}}).rows, "A|1\n");
}

TEST_F(HtmlSource, ATableThatIsNotThereOrNotAloneIsTold) {
  const Outcome several = Of(kThree);
  EXPECT_EQ(several.error, "data/a.html has 3 such tables");
  EXPECT_EQ(several.hint,
            "choose one by `caption`, `id`, `index` or `header`; its tables are 0: caption `Cities "
            "of 1900`, 2 rows of City, n; 1: id `t`, caption `Cities`, 2 rows of City, m; 2: 2 "
            "rows of n, x");
  const Outcome none = Of(kThree, {{"id", "u"}});
  EXPECT_EQ(none.error, "data/a.html has no such table");
  EXPECT_THAT(none.hint, StartsWith("its tables are 0: caption `Cities of 1900`"));
  EXPECT_EQ(ErrorOf(kThree, {{"index", 3}}), "data/a.html has no such table");
  EXPECT_EQ(ErrorOf("<p>x"), "data/a.html has no table");
  EXPECT_EQ(ErrorOf(""), "data/a.html has no table");
}

TEST_F(HtmlSource, RowsThatAreNoDataAreRefused) {
  const Outcome outcome =
      Of("<table>\n<tr><th>City<th>n</tr>\n<tr><td colspan=2>Europe</tr>\n<tr><td>Ulm<td>1</tr>\n"
         "<tr><th>City<th>n</tr>\n<tr><td> <td></tr>\n<tr><td>Bonn<td>2</tr></table>");
  EXPECT_EQ(outcome.types, "City string, n int64");
  EXPECT_EQ(outcome.rows, "Ulm|1\nBonn|2\n");
  EXPECT_EQ(outcome.refused,
            "data/a.html|3|-|one cell over all columns|Europe | Europe\n"
            "data/a.html|5|-|the header again|City | n\n");
  const Outcome typed = Of("<table>\n<tr><th>n\n<tr><td>1,5\n<tr><td>2</table>",
                           {{"columns", Json::array({Json::array({"n", "int32"})})}});
  EXPECT_EQ(typed.rows, "2\n");
  EXPECT_EQ(typed.refused, "data/a.html|3|n|not a value of type int32: 1,5|1,5\n");
}

TEST_F(HtmlSource, Links) {
  const std::string page =
      "<table><tr><th>City<th>n<tr><td><a href='/ulm?a=1&amp;b'>Ulm</a> <a href='x'>y</a><td>1"
      "<tr><td>Bonn<td>2</table>";
  const Outcome outcome = Of(page, {{"links", Json::array({"City"})}});
  EXPECT_EQ(outcome.types, "City string, n int64, City_link string");
  EXPECT_EQ(outcome.rows, "Ulm y|1|/ulm?a=1&b\nBonn|2|-\n");
  EXPECT_EQ(ErrorOf(page, {{"links", Json::array({"Town"})}}),
            "`links` names no column of the table: Town");
}

TEST_F(HtmlSource, Encodings) {
  const std::string body = "<table><tr><th>h<tr><td>caf\xe9</table>";
  EXPECT_EQ(Of("<meta charset=iso-8859-1>" + body).rows, "café\n");
  EXPECT_EQ(
      Of("<META http-equiv='Content-Type' content='text/html; charset=windows-1252'>" + body).rows,
      "café\n");
  EXPECT_EQ(Of(body, {{"encoding", "latin-1"}}).rows, "café\n");
  EXPECT_EQ(Of("<meta charset=utf-8>" + body, {{"encoding", "latin-1"}}).rows, "café\n");
  EXPECT_EQ(Of("\xef\xbb\xbf<meta charset=latin1><table><tr><th>h<tr><td>é</table>").rows, "é\n");
  EXPECT_EQ(Of("<meta charset=shift_jis><table><tr><th>h<tr><td>\x93\xfa\x96\x7b</table>").rows,
            "日本\n");
  std::string wide = "\xff\xfe";
  for (const char c : std::string("<table><tr><th>h<tr><td>x</table>")) wide += {c, '\0'};
  EXPECT_EQ(Of(wide).rows, "x\n");
  EXPECT_EQ(ErrorOf("<p>\n" + body),
            "data/a.html:2 is not utf-8, which a page is in that does not tell: the byte 233 at "
            "offset 31");
  EXPECT_EQ(ErrorOf("<meta charset=utf-8>" + body),
            "data/a.html:1 is not utf-8: the byte 233 at offset 47");
  EXPECT_EQ(ErrorOf("<meta charset=klingon>" + body),
            "data/a.html is in an encoding that is not known: klingon");
}

TEST_F(HtmlSource, FilesHaveTheSameColumns) {
  Add("a.html", "<table><tr><th>a<th>b<tr><td>1<td>x</table>");
  Add("b.html.gz", Gzipped("<table><tr><th>b<th>a<tr><td>y<td>2.5</table>"));
  const Outcome outcome = ReadAll("html", {{"file_column", "f"}});
  EXPECT_EQ(outcome.types, "a float64, b string, f string");
  EXPECT_EQ(outcome.rows, "1.0|x|data/a.html\n2.5|y|data/b.html.gz\n");
  Add("c.html", "<table><tr><th>a<th>c<tr><td>1<td>x</table>");
  EXPECT_EQ(ReadAll("html").error, "data/c.html has the columns a, c where data/a.html has a, b");
}

TEST_F(HtmlSource, MistakesOfTheProject) {
  const auto message = [](const Json& params) {
    const Status status = FindSource("html")->info.check(params);
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(message({{"index", -1}}), "`index` is less than 0: -1");
  EXPECT_EQ(message({{"header_rows", -2}}), "`header_rows` is less than 0: -2");
  EXPECT_EQ(message({{"encoding", "klingon"}}), "an encoding that is not known: klingon");
  EXPECT_EQ(message({{"index", 0}, {"encoding", "latin1"}}), "");
}

TEST_F(HtmlSource, PagesThatNestVeryDeep) {
  const auto divs = [](int count) {
    std::string deep;
    for (int i = 0; i < count; ++i) deep += "<div>";
    return deep;
  };
  EXPECT_EQ(Of("<table><tr><th>h<tr><td>" + divs(1900) + "x</table>").rows, "x\n");
  EXPECT_EQ(ErrorOf(divs(100'000) + "<frameset>"),
            "data/a.html: elements of the page nest deeper than 2000");
}

TEST_F(HtmlSource, TablesThatWouldNotFit) {
  std::string wide = "<table><tr>";
  for (int i = 0; i < 3; ++i) wide += "<td colspan=1000>x";
  EXPECT_EQ(ErrorOf(wide + "</table>"),
            "data/a.html: the page has a table of more than 2000 columns");
  std::string large = "<table>";
  for (int i = 0; i < 60'000; ++i) large += "<tr><td colspan=1000>";
  EXPECT_EQ(ErrorOf(large), "data/a.html: the page has a table of more than 50 million cells");
}

}  // namespace
}  // namespace assay::source
