#include "contract/html_text.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

TEST(HtmlText, LeavesNoTagAndNoQuote) {
  EXPECT_EQ(EscapeHtml("<b title=\"x\" id='y'>a & b</b>"),
            "&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;a &amp; b&lt;/b&gt;");
  EXPECT_EQ(EscapeHtml("&amp;"), "&amp;amp;");
  EXPECT_EQ(EscapeHtml("naïve, 数"), "naïve, 数");
  EXPECT_EQ(EscapeHtml(""), "");
}

TEST(HtmlText, ShowsThatACharacterCannotBeShown) {
  EXPECT_EQ(EscapeHtml("a\x01\xff"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(EscapeHtml(std::string_view("\0<", 2)), "\xef\xbf\xbd&lt;");
}

}  // namespace
}  // namespace assay::contract
