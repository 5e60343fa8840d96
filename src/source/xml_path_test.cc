#include "source/xml_path.h"

#include <gtest/gtest.h>

namespace assay::source {
namespace {

const XmlNamespaces kSpaces = {{"dc", "http://purl.org/dc/elements/1.1/"}};

// Whether elements of these names, from the root down, are a row.
bool IsRow(const std::string& path, const std::vector<std::string>& names,
           const std::string& space = "") {
  const auto parsed = XmlRowPath::Parse(path, kSpaces);
  EXPECT_TRUE(parsed.ok()) << path;
  XmlRowPath::Reached reached = XmlRowPath::AtRoot();
  for (const std::string& name : names) reached = parsed->Below(reached, {space, name});
  return parsed->IsAtEnd(reached);
}

TEST(XmlPath, RowsFromTheRootDown) {
  EXPECT_TRUE(IsRow("/a/b", {"a", "b"}));
  EXPECT_FALSE(IsRow("/a/b", {"a"}));
  EXPECT_FALSE(IsRow("/a/b", {"a", "b", "b"}));
  EXPECT_FALSE(IsRow("/a/b", {"x", "a", "b"}));
  EXPECT_TRUE(IsRow("/*/b", {"x", "b"}));
  EXPECT_TRUE(IsRow("/a", {"a"}));
}

TEST(XmlPath, RowsAtAnyDepth) {
  for (const char* path : {"b", "//b"}) {
    EXPECT_TRUE(IsRow(path, {"b"})) << path;
    EXPECT_TRUE(IsRow(path, {"a", "x", "b"})) << path;
    EXPECT_TRUE(IsRow(path, {"b", "b"})) << path;
    EXPECT_FALSE(IsRow(path, {"b", "a"})) << path;
  }
  EXPECT_TRUE(IsRow("/a//b/c", {"a", "b", "b", "c"}));
  EXPECT_TRUE(IsRow("/a//b/c", {"a", "b", "x", "b", "c"}));
  EXPECT_FALSE(IsRow("/a//b/c", {"a", "b", "x", "c"}));
  EXPECT_TRUE(IsRow("//a//a", {"a", "x", "a"}));
  EXPECT_FALSE(IsRow("//a//a", {"x", "a"}));
  EXPECT_TRUE(IsRow("a/b", {"x", "a", "b"}));
}

TEST(XmlPath, NamesWithoutAPrefixAreOfAnyNamespace) {
  EXPECT_TRUE(IsRow("/title", {"title"}, "urn:x"));
  EXPECT_TRUE(IsRow("/dc:title", {"title"}, "http://purl.org/dc/elements/1.1/"));
  EXPECT_FALSE(IsRow("/dc:title", {"title"}, "urn:x"));
  EXPECT_FALSE(IsRow("/dc:title", {"title"}));
  EXPECT_TRUE(IsRow("/dc:*", {"x"}, "http://purl.org/dc/elements/1.1/"));
  EXPECT_FALSE(IsRow("/dc:*", {"x"}));
}

TEST(XmlPath, CellsSeenFromTheRow) {
  const auto parse = [](const std::string& text) {
    auto path = XmlCellPath::Parse(text, kSpaces);
    EXPECT_TRUE(path.ok()) << text;
    return path.ok() ? *path : XmlCellPath{};
  };
  EXPECT_EQ(parse(".").steps.size(), 0U);
  EXPECT_EQ(parse("a/b").steps.size(), 2U);
  EXPECT_EQ(parse("a.b-c/_d").steps[0].local, "a.b-c");
  EXPECT_EQ(parse("@id").attribute->local, "id");
  EXPECT_EQ(parse("../../size/@width").up, 2U);
  EXPECT_EQ(parse("../../size/@width").steps[0].local, "size");
  EXPECT_EQ(parse("*/@dc:lang").attribute->space, "http://purl.org/dc/elements/1.1/");
}

TEST(XmlPath, WhatIsNoPathIsToldWithAWayOut) {
  std::string long_path;
  for (int i = 0; i < 61; ++i) long_path += "/a";
  for (const std::string& text :
       {std::string(), std::string("/"), std::string("//"), std::string("/a/"), std::string("a//"),
        std::string("///a"), std::string("/a[1]"), std::string("/a/@id"), std::string("/a/.."),
        std::string("./a"), std::string("a b"), std::string("text()"), std::string(":a"),
        std::string("dc:"), long_path}) {
    const auto path = XmlRowPath::Parse(text, kSpaces);
    ASSERT_FALSE(path.ok()) << text;
    EXPECT_EQ(path.error().message, "not a path of elements: " + text);
    EXPECT_NE(path.error().hint, "");
  }
  for (const char* text : {"", "/a", "a/", "a//b", "..", "../..", "a/..", "@", "@a/b", "a/@", "./a",
                           "a[1]", "text()"}) {
    const auto path = XmlCellPath::Parse(text, kSpaces);
    ASSERT_FALSE(path.ok()) << text;
    EXPECT_EQ(path.error().message, std::string("not a path from a row to its value: ") + text);
    EXPECT_NE(path.error().hint, "");
  }
  EXPECT_EQ(XmlRowPath::Parse("/x:a", kSpaces).error().message, "a prefix that is not declared: x");
  EXPECT_EQ(XmlCellPath::Parse("@x:a", kSpaces).error().message,
            "a prefix that is not declared: x");
}

}  // namespace
}  // namespace assay::source
