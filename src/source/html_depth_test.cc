#include "source/html_depth.h"

#include <gtest/gtest.h>

#include <string>

namespace assay::source {
namespace {

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

// The depth of a page.
std::size_t DepthOf(const std::string& page) {
  for (std::size_t depth = 0;; ++depth) {
    if (!NestsDeeper(page, depth)) return depth;
  }
}

TEST(HtmlDepth, ElementsInElements) {
  EXPECT_EQ(DepthOf(""), 0U);
  EXPECT_EQ(DepthOf("<div><p>x</p><p>y</p></div><div></div>"), 2U);
  EXPECT_EQ(DepthOf(Times(50, "<div>")), 50U);
  EXPECT_EQ(DepthOf(Times(50, "<DIV a='>' b=\">\">x</Div >")), 1U);
  EXPECT_EQ(DepthOf(Times(50, "<br><img src=x><hr/>")), 0U);
}

TEST(HtmlDepth, TagsThatAreLeftOut) {
  EXPECT_EQ(DepthOf("<table>" + Times(50, "<tr><td>x<td><b>y") + "</table>"), 4U);
  EXPECT_EQ(DepthOf("<ul>" + Times(50, "<li>x<p>y") + "</ul>"), 3U);
  EXPECT_EQ(DepthOf(Times(50, "<p>x<div>y</div>")), 1U);
  EXPECT_EQ(DepthOf("<dl>" + Times(50, "<dt>x<dd>y")), 2U);
  EXPECT_EQ(DepthOf("<select>" + Times(50, "<option>x")), 2U);
  EXPECT_EQ(DepthOf("<table>" + Times(50, "<tbody><tr><td>")), 4U);
  // A table in a cell is a table of its own.
  EXPECT_EQ(DepthOf(Times(10, "<table><tr><td>")), 30U);
}

TEST(HtmlDepth, EndTagsThatEndNothing) {
  EXPECT_EQ(DepthOf(Times(50, "<div></x></span>")), 50U);
  EXPECT_EQ(DepthOf(Times(50, "<div><object></div></object>")), 51U);
  EXPECT_EQ(DepthOf(Times(50, "<b><i></b></i>")), 2U);
}

TEST(HtmlDepth, WhatIsNoElement) {
  EXPECT_EQ(DepthOf(Times(50, "a < b <3 <!-- <div> --> <!doctype div> <?div?> </ div>")), 0U);
  EXPECT_EQ(DepthOf("<script>" + Times(50, "'<div>'") + "</SCRIPT><div>"), 1U);
  EXPECT_EQ(DepthOf("<svg>" + Times(50, "<path d='x'/>") + "</svg>"), 1U);
  EXPECT_EQ(DepthOf("<div <div <div"), 1U);
  EXPECT_EQ(DepthOf("<!-- <div>"), 0U);
}

}  // namespace
}  // namespace assay::source
