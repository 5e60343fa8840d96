#include "contract/text_place.h"

#include <gtest/gtest.h>

namespace assay::contract {
namespace {

std::string At(const TextPlace& place, const std::string& text, std::size_t offset) {
  return PlaceText(place.Of(text, offset));
}

TEST(TextPlace, CountsFromTheFirstCharacter) {
  const TextPlace place{Place{"a.yaml", 10, 7}, {}, {}};
  const std::string text = "SELECT é\nFROM x";
  EXPECT_EQ(At(place, text, 0), "a.yaml:10:7");
  EXPECT_EQ(At(place, text, text.find('\n')), "a.yaml:10:15") << "characters, not bytes";
  EXPECT_EQ(At(place, text, text.find('x')), "a.yaml:11:12");
  EXPECT_EQ(At(place, text, 1000), "a.yaml:11:13") << "behind the end is the end";
}

// Each byte of the text that was written itself is found where it stands in the written text.
TEST(TextPlace, FindsWhatStandsBehindVariables) {
  TextPlace place{Place{"a.sql", 1, 1}, {}, {}};
  place.written = "SELECT ${vars.column}\nFROM ${vars.nothing}${vars.table} WHERE y";
  const std::string text = "SELECT one,\n two\nFROM flights WHERE y";
  place.put_in = {{7, 14, 7, 9}, {27, 15, 22, 0}, {42, 13, 22, 7}};
  EXPECT_EQ(place.written.substr(7, 14), "${vars.column}");
  EXPECT_EQ(place.written.substr(27, 15), "${vars.nothing}");
  EXPECT_EQ(place.written.substr(42, 13), "${vars.table}");
  EXPECT_EQ(At(place, text, text.find("SELECT")), "a.sql:1:1");
  EXPECT_EQ(At(place, text, text.find("one")), "a.sql:1:8");
  EXPECT_EQ(At(place, text, text.find("two")), "a.sql:1:8") << "within a value: where it is named";
  EXPECT_EQ(At(place, text, text.find("FROM")), "a.sql:2:1");
  EXPECT_EQ(At(place, text, text.find("flights")), "a.sql:2:21");
  EXPECT_EQ(At(place, text, text.find("ghts")), "a.sql:2:21");
  EXPECT_EQ(At(place, text, text.find("WHERE")), "a.sql:2:35");
  EXPECT_EQ(At(place, text, text.size()), "a.sql:2:42");
}

TEST(TextPlace, FollowsWhatIsReplaced) {
  TextPlace place{Place{"a.sql", 1, 1}, {}, {}};
  place.written = "FROM d('${vars.name}', 'v1') JOIN ${vars.other}\nUSING (x) WHERE y";
  std::string text = "FROM d('flights', 'v1') JOIN z\nUSING (x) WHERE y";
  place.put_in = {{8, 12, 8, 7}, {34, 13, 29, 1}};
  place.Replace(text, 5, std::string("d('flights', 'v1')").size(), "\"flights@v1\"");
  EXPECT_EQ(text, "FROM \"flights@v1\" JOIN z\nUSING (x) WHERE y");
  EXPECT_EQ(At(place, text, 4), "a.sql:1:5");
  EXPECT_EQ(At(place, text, text.find("flights")), "a.sql:1:6");
  EXPECT_EQ(At(place, text, text.find("JOIN")), "a.sql:1:30");
  EXPECT_EQ(At(place, text, text.find("z\n")), "a.sql:1:35");
  EXPECT_EQ(At(place, text, text.find("WHERE")), "a.sql:2:11");
  // From the end to the beginning, as several are replaced.
  TextPlace plain{Place{"a.sql", 3, 5}, {}, {}};
  text = "one two three four";
  plain.Replace(text, 8, 5, "3");
  plain.Replace(text, 0, 3, "eins");
  EXPECT_EQ(text, "eins two 3 four");
  EXPECT_EQ(At(plain, text, text.find("two")), "a.sql:3:9");
  EXPECT_EQ(At(plain, text, text.find('3')), "a.sql:3:13");
  EXPECT_EQ(At(plain, text, text.find("four")), "a.sql:3:19");
}

}  // namespace
}  // namespace assay::contract
