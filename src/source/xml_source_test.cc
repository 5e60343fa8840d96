#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/test_packing.h"
#include "source/test_sources.h"

namespace assay::source {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Json Mapping(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json list = Json::array();
  for (const auto& [name, text] : pairs) list.push_back(Json::array({name, text}));
  return list;
}

class XmlSource : public SourceFiles {
 protected:
  Outcome Of(const std::string& text, Json params = Json::object()) {
    files.clear();
    Add("a.xml", text);
    return ReadAll("xml", std::move(params));
  }
  std::string ErrorOf(const std::string& text, Json params = Json::object()) {
    const Outcome outcome = Of(text, std::move(params));
    EXPECT_NE(outcome.error, "") << text << outcome.rows;
    EXPECT_NE(outcome.hint, "") << text;
    return outcome.error;
  }
};

// The documents and what pandas.read_xml makes of their attributes and children.
TEST_F(XmlSource, AttributesAndElementsOfTheRootsChildren) {
  const Outcome outcome = Of(
      "<?xml version=\"1.0\"?>\n<catalog>\n"
      "  <book id=\"b1\" sold=\"true\"><title>  One\n</title><price>1.50</price><n>1</n></book>\n"
      "  <book id=\"b2\" sold=\"false\"><title><![CDATA[<Two> &]]></title><price>2</price>"
      "<day>2024-02-29</day><n/></book>\n"
      "  <book id=\"b3\"/>\n"
      "</catalog>");
  EXPECT_EQ(outcome.types, "id string, sold bool, title string, price float64, n int64, day date");
  EXPECT_EQ(outcome.rows,
            "b1|true|One|1.5|1|-\n"
            "b2|false|<Two> &|2.0|-|2024-02-29\n"
            "b3|-|-|-|-|-\n");
  EXPECT_EQ(outcome.refused, "");
}

TEST_F(XmlSource, WhatLiesDeeperHasTheNamesOnItsWay) {
  const Outcome outcome =
      Of("<r><o k='1'><box u='px'><min>1</min><max at='2'>3</max></box><note>see <b>this</b> "
         "<i>one</i></note></o></r>");
  EXPECT_EQ(outcome.types,
            "k int64, box_u string, box_min int64, box_max_at int64, box_max int64, note string");
  EXPECT_EQ(outcome.rows, "1|px|1|2|3|see this one\n");
}

TEST_F(XmlSource, ARowThatIsTextAlone) {
  EXPECT_EQ(Of("<r><v>1</v><v u='m'>2</v><v/></r>").rows, "1|-\n2|m\n-|-\n");
  EXPECT_EQ(Of("<r><v>1</v><v u='m'>2</v></r>").types, "v int64, u string");
}

TEST_F(XmlSource, DeclaredPathsAreTheColumns) {
  const Json paths = Mapping({{"name", "t"},
                              {"lang", "t/@lang"},
                              {"id", "@id"},
                              {"all", "."},
                              {"any", "*/x"},
                              {"set", "../@set"},
                              {"top", "../../title"}});
  const Outcome outcome =
      Of("<a><title>T</title><g set='s1'><r id='1'><t lang='en'>one <b>two</b></t></r></g>"
         "<g set='s2'><r id='2'><t>three</t><y><x>X</x></y></r></g></a>",
         {{"rows", "r"}, {"paths", paths}});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.types,
            "name string, lang string, id int64, all string, any string, set string, top string");
  EXPECT_EQ(outcome.rows,
            "one two|en|1|one two|-|s1|T\n"
            "three|-|2|threeX|X|s2|T\n");
}

TEST_F(XmlSource, ValuesFromAboveMayStandBehindTheRow) {
  const Json params = {{"rows", "r"}, {"paths", Mapping({{"n", "."}, {"file", "../file"}})}};
  EXPECT_EQ(Of("<a><i><r>1</r><r>2</r><file>f</file><r>3</r></i><i><r>4</r></i>"
               "<i><file>g</file><r>5</r></i></a>",
               params)
                .rows,
            "1|f\n2|f\n3|f\n4|-\n5|g\n");
}

TEST_F(XmlSource, TwoValuesFromAboveAreNoValue) {
  const Json params = {{"rows", "r"}, {"paths", Mapping({{"n", "."}, {"file", "../file"}})}};
  EXPECT_EQ(ErrorOf("<a>\n<r>1</r><file>f</file><r>2</r><file>g</file></a>", params),
            "data/a.xml:2:38 has a second value of `file`, which is above the rows: g");
  const Outcome before = Of("<a><file>f</file><file>g</file><r>1</r></a>", params);
  EXPECT_EQ(before.error,
            "no row of the source could be read; data/a.xml:1: file: comes 2 times in the row: "
            "<r>1</r>");
  // Where no row is below, they may be many.
  EXPECT_EQ(
      Of("<a><o><file>f</file><file>g</file></o><o><file>h</file><r>1</r></o></a>", params).rows,
      "1|h\n");
}

TEST_F(XmlSource, RowsWithinRowsStandInTheOrderOfTheirBeginnings) {
  const std::string text = "<s n='1'><s n='2'><s n='3'/></s><s n='4'/></s>";
  EXPECT_EQ(Of(text, {{"rows", "s"}, {"paths", Mapping({{"n", "@n"}, {"up", "../@n"}})}}).rows,
            "1|-\n2|1\n3|2\n4|1\n");
}

TEST_F(XmlSource, WhatComesTwiceRefusesTheRowOrIsAList) {
  const std::string text =
      "<r>\n<b><t>1</t><w>Ann</w><w>\"Bo\"</w></b>\n<b><t>2</t><w>Cy</w></b>\n<b><t>3</t></b></r>";
  for (const Json& paths : {Json(), Mapping({{"t", "t"}, {"w", "w"}})}) {
    Json params = Json::object();
    if (!paths.is_null()) params["paths"] = paths;
    const Outcome refused = Of(text, params);
    EXPECT_EQ(refused.rows, "2|Cy\n3|-\n");
    EXPECT_EQ(refused.refused,
              "data/a.xml|2|w|comes 2 times in the row|<b><t>1</t><w>Ann</w><w>\"Bo\"</w></b>\n");
    params["lists"] = Json::array({"w"});
    EXPECT_EQ(Of(text, params).rows, "1|[\"Ann\",\"\\\"Bo\\\"\"]\n2|[\"Cy\"]\n3|-\n");
    EXPECT_EQ(Of(text, params).refused, "");
  }
  EXPECT_THAT(ErrorOf("<r><b id='1'><id>2</id></b></r>"),
              HasSubstr("data/a.xml:1: id: comes 2 times in the row: <b id='1'>"));
}

TEST_F(XmlSource, DeclaredTypesRefuseWhatTheyWouldBend) {
  const Outcome outcome =
      Of("<r>\n<b n='1'/>\n<b n='x'/>\n<b n='300'/></r>", {{"columns", Mapping({{"n", "uint8"}})}});
  EXPECT_EQ(outcome.types, "n uint8");
  EXPECT_EQ(outcome.rows, "1\n");
  EXPECT_EQ(outcome.refused,
            "data/a.xml|3|n|not a value of type uint8: x|<b n='x'/>\n"
            "data/a.xml|4|n|not a value of type uint8: 300|<b n='300'/>\n");
  EXPECT_EQ(ErrorOf("<r><b n='1'/></r>", {{"columns", Mapping({{"m", "uint8"}})}}),
            "no row has a column of this name: m");
}

TEST_F(XmlSource, NullsAreWordsOfTheProject) {
  EXPECT_EQ(Of("<r><b n='NA' s=''/><b n='2' s='x'/></r>", {{"nulls", Json::array({"NA"})}}).rows,
            "-|\n2|x\n");
}

TEST_F(XmlSource, NamespacesByNameOrByPrefix) {
  const std::string text =
      "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:x='urn:d'><entry><x:title>t</x:title>"
      "<title>u</title></entry></feed>";
  EXPECT_EQ(Of(text, {{"rows", "/feed/entry"},
                      {"namespaces", Mapping({{"d", "urn:d"}})},
                      {"paths", Mapping({{"t", "d:title"}})}})
                .rows,
            "t\n");
  // By name alone both are found.
  EXPECT_THAT(ErrorOf(text), HasSubstr("title: comes 2 times"));
}

TEST_F(XmlSource, EncodingsOfThePrologOfAMarkAndOfTheProject) {
  const std::string body = "<r><b>caf\xe9</b></r>";
  EXPECT_EQ(Of("<?xml version='1.0' encoding='ISO-8859-1'?>" + body).rows, "café\n");
  EXPECT_EQ(Of(body, {{"encoding", "latin-1"}}).rows, "café\n");
  EXPECT_EQ(Of("<?xml version='1.0' encoding='Shift_JIS'?><r><b>\x93\xfa\x96\x7b</b></r>").rows,
            "日本\n");
  EXPECT_EQ(Of("\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><r><b>é</b></r>").rows, "é\n");
  std::string wide = "\xff\xfe";
  for (const char c : std::string("<?xml version='1.0' encoding='UTF-16'?><r><b>x</b></r>")) {
    wide += {c, '\0'};
  }
  EXPECT_EQ(Of(wide).rows, "x\n");
  EXPECT_EQ(ErrorOf("<r>\n<b>caf\xe9</b></r>"),
            "data/a.xml:2 is not utf-8 at offset 10: the byte 233");
  EXPECT_EQ(ErrorOf("<?xml version='1.0' encoding='klingon'?><r/>"),
            "data/a.xml is in an encoding that is not known: klingon");
}

TEST_F(XmlSource, ADocumentThatIsNotWellFormedIsAnErrorWithItsPlace) {
  EXPECT_EQ(ErrorOf("<r>\n<b>1</b>\n<b>2</r>"),
            "data/a.xml:3:7 is not well-formed XML: mismatched tag");
  EXPECT_EQ(ErrorOf("<r><b>1</b>"), "data/a.xml:1:12 is not well-formed XML: no element found");
  EXPECT_EQ(ErrorOf(""), "data/a.xml:1:1 is not well-formed XML: no element found");
  EXPECT_EQ(ErrorOf("<r>&eacute;</r>"), "data/a.xml:1:4 is not well-formed XML: undefined entity");
  EXPECT_THAT(ErrorOf("not xml"), StartsWith("data/a.xml:1:1 is not well-formed XML: "));
  EXPECT_THAT(ErrorOf("<r><b>1</b></r><r/>"), HasSubstr("junk after document element"));
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "<a>";
  EXPECT_EQ(ErrorOf(deep), "data/a.xml:1:1537 nests deeper than 512 elements");
}

TEST_F(XmlSource, EntitiesOfItsOwnAreTextAndThoseFromElsewhereAnError) {
  EXPECT_EQ(Of("<!DOCTYPE r [<!ENTITY who 'Ann &amp; Bo'>]><r><b>&who;&#33;</b></r>").rows,
            "Ann & Bo!\n");
  EXPECT_EQ(ErrorOf("<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>\n<r><b>&e;</b></r>"),
            "data/a.xml:2:7 takes text from elsewhere, which is never opened: file:///etc/passwd");
  EXPECT_THAT(ErrorOf("<!DOCTYPE r [<!ENTITY e SYSTEM '/etc/passwd'>]><r><b a='&e;'/></r>"),
              HasSubstr("is not well-formed XML: reference to external entity in attribute"));
  EXPECT_EQ(ErrorOf("<!DOCTYPE r SYSTEM 'far.dtd'><r><b>&e;</b></r>"),
            "data/a.xml:1:36 has an entity that is declared elsewhere: &e;");
  // Attributes that the document's own DTD gives.
  EXPECT_EQ(Of("<!DOCTYPE r [<!ATTLIST b k CDATA 'v'>]><r><b/><b k='w'/></r>").rows, "v\nw\n");
}

TEST_F(XmlSource, EntitiesThatExpandWithoutBoundsAreAnError) {
  std::string bomb = "<!DOCTYPE r [<!ENTITY e0 'lol'>";
  for (int i = 1; i < 12; ++i) {
    bomb += "<!ENTITY e" + std::to_string(i) + " '";
    for (int j = 0; j < 10; ++j) bomb += "&e" + std::to_string(i - 1) + ";";
    bomb += "'>";
  }
  EXPECT_THAT(ErrorOf(bomb + "]><r><b>&e11;</b></r>"),
              HasSubstr("limit on input amplification factor"));
  std::string chain = "<!DOCTYPE r [<!ENTITY e0 'x'>";
  for (int i = 1; i < 2000; ++i) {
    chain += "<!ENTITY e" + std::to_string(i) + " '&e" + std::to_string(i - 1) + ";'>";
  }
  EXPECT_THAT(ErrorOf(chain + "]><r><b>&e1999;</b></r>"),
              HasSubstr("declares more than 1000 entities"));
}

TEST_F(XmlSource, RowsThatAreNowhereAreToldWithWhatIsThere) {
  const Outcome outcome = Of("<a><b><c/></b><b><d/></b></a>", {{"rows", "/a/x"}});
  EXPECT_EQ(outcome.error, "no element is at `rows`: /a/x");
  EXPECT_EQ(outcome.hint, "the first elements of data/a.xml are /a, /a/b, /a/b/c, /a/b/d");
  EXPECT_EQ(ErrorOf("<a><b>1</b></a>", {{"paths", Mapping({{"n", "nmae"}})}}),
            "no row has anything at the path of this column: n");
  // A file without rows beside one with.
  files.clear();
  Add("a.xml", "<a/>");
  Add("b.xml", "<a><b>1</b></a>");
  EXPECT_EQ(ReadAll("xml", {{"file_column", "f"}}).rows, "1|data/b.xml\n");
}

TEST_F(XmlSource, MistakesOfTheProjectAreFoundBeforeAnythingIsRead) {
  const auto message = [](const Json& params) {
    const Status status = FindSource("xml")->info.check(params);
    EXPECT_FALSE(status.ok());
    return status.ok() ? "" : status.error().message;
  };
  EXPECT_EQ(message({{"rows", "/a[1]"}}), "rows: not a path of elements: /a[1]");
  EXPECT_EQ(message({{"paths", Mapping({{"n", "a//b"}})}}),
            "paths: n: not a path from a row to its value: a//b");
  EXPECT_EQ(message({{"lists", Json::array({"m"})}, {"paths", Mapping({{"n", "a"}})}}),
            "`lists` names no column of `paths`: m");
  EXPECT_EQ(message({{"lists", Json::array({"n"})}, {"paths", Mapping({{"n", "../a"}})}}),
            "a value from above the row is no list: n");
  EXPECT_EQ(message({{"encoding", "klingon"}}), "an encoding that is not known: klingon");
  EXPECT_THAT(message({{"columns", Mapping({{"n", "nit64"}})}}), StartsWith("columns: n: "));
}

TEST_F(XmlSource, PackedDocuments) {
  const std::string text = "<r><b>1</b></r>";
  Add("a.xml.gz", Gzipped(text));
  Add("b.xml.zst", Zstandard(text));
  EXPECT_EQ(ReadAll("xml").rows, "1\n1\n");
}

// Rows and text that end anywhere in the blocks that are read.
TEST_F(XmlSource, DocumentsOfManyBlocks) {
  std::string text = "<r>";
  std::string expected;
  std::string refused;
  for (int i = 0; i < 20'000; ++i) {
    const std::string value(static_cast<std::size_t>(i % 97), 'x');
    const std::string id = std::to_string(i);
    const std::string twice = i % 1000 == 7 ? "<n>1</n>" : "";
    const std::string row =
        "<b id='" + id + "'><n>" + id + "</n>" + twice + "<v>é" + value + "</v></b>";
    text += row + "\n";
    if (twice.empty()) {
      expected += id + "|" + id + "|é" + value + "\n";
    } else {
      refused +=
          "data/a.xml|" + std::to_string(i + 1) + "|n|comes 2 times in the row|" + row + "\n";
    }
  }
  const Outcome outcome = Of(text + "</r>");
  EXPECT_EQ(outcome.rows, expected);
  EXPECT_EQ(outcome.refused, refused);
}

TEST_F(XmlSource, OneRowOfManyMegabytes) {
  const std::string value(5 << 20, 'x');
  const Outcome outcome =
      Of("<r><b><v>" + value + "</v></b><b><v>1</v><v>" + value + "</v></b></r>");
  EXPECT_EQ(outcome.rows, value + "\n");
  EXPECT_EQ(outcome.refused.substr(0, 60),
            "data/a.xml|1|v|comes 2 times in the row|<b><v>1</v><v>xxxxxx");
  EXPECT_LT(outcome.refused.size(), (1U << 20) + 200);
}

TEST_F(XmlSource, RowsThatWaitWithoutEndAreAnError) {
  const std::string row = "<r>" + std::string(1 << 20, 'x') + "</r>";
  std::string text = "<a>";
  for (int i = 0; i < 70; ++i) text += row;
  const Json params = {{"rows", "r"}, {"paths", Mapping({{"f", "../f"}})}};
  EXPECT_THAT(ErrorOf(text + "<f>1</f></a>", params),
              HasSubstr("has rows that wait for what stands behind them, more than 64 MiB"));
}

}  // namespace
}  // namespace assay::source
