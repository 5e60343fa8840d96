#include "source/link_header.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace assay::source {
namespace {

std::string Next(std::string_view header) { return LinkOf(header, "next").value_or("-"); }

TEST(LinkHeader, FindsTheLinkOfARelation) {
  EXPECT_EQ(Next("<https://h/x?page=2>; rel=\"next\", <https://h/x?page=9>; rel=\"last\""),
            "https://h/x?page=2");
  EXPECT_EQ(Next("<a>; rel=prev, <b;c,d>;rel=next"), "b;c,d");
  EXPECT_EQ(Next("<a>; title=\"x, <y>; rel=next\"; rel=last, <b>; rel = \"first NEXT\""), "b");
  EXPECT_EQ(Next("<a>; title=\"q\\\"\"; REL=\"next\""), "a");
  EXPECT_EQ(Next(" , <a>; rel=\"next\""), "a");
  EXPECT_EQ(Next("<>; rel=next"), "");
  EXPECT_EQ(Next("<a>; foo; rel=next; rel=prev"), "a");
}

TEST(LinkHeader, HasNoneWhereNoneIsWritten) {
  for (const char* header : {"", ",", "<a>", "<a>; rel=nextish", "<a>; rel=\"prev\"; rel=\"next\"",
                             "a; rel=next", "<a; rel=next", "<a>; rel=\"next", "<a> rel=next",
                             "<a>; rel", "<a>; rel=", "rel=next", "<a>; rel=last <b>; rel=next"}) {
    EXPECT_EQ(Next(header), "-") << header;
  }
}

TEST(LinkHeader, ComesToAnEndWithAnyText) {
  std::minstd_rand chance(7);
  constexpr std::array<std::string_view, 13> kPieces = {
      "<", ">", ";", ",", "=", "\"", " ", "\\", "rel", "next", "\t", "\xff", "/a"};
  int links = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    if (chance() % 2 == 0) text = "</b>;";
    for (auto length = chance() % 20; length > 0; --length) {
      text += kPieces[chance() % kPieces.size()];
    }
    const auto found = LinkOf(text, "next");
    if (!found) continue;
    EXPECT_NE(text.find("<" + *found + ">"), std::string::npos) << text;
    ++links;
  }
  EXPECT_GT(links, 0);
}

}  // namespace
}  // namespace assay::source
