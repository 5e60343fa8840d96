#include "source/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::source {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Database, FindsThePasswordOfAUrl) {
  EXPECT_THAT(PasswordsOf("postgres://me:hush@host:5432/db"), ElementsAre("hush"));
  EXPECT_THAT(PasswordsOf("mysql://me:h%40sh@host/db"), ElementsAre("h%40sh", "h@sh"));
  // An @ that should have been %40.
  EXPECT_THAT(PasswordsOf("postgres://me:h@sh@host/db"), ElementsAre("h@sh"));
  EXPECT_THAT(PasswordsOf("postgres://host/db?password=hush&user=me"), ElementsAre("hush"));
  EXPECT_THAT(PasswordsOf("postgres://me@host:5432/db"), IsEmpty());
  EXPECT_THAT(PasswordsOf("postgres://host:5432/db"), IsEmpty());
}

TEST(Database, FindsThePasswordOfPairs) {
  EXPECT_THAT(PasswordsOf("host=h password=hush user=me"), ElementsAre("hush"));
  EXPECT_THAT(PasswordsOf("host=h password = 'a b\\'c'"), ElementsAre("a b'c"));
  EXPECT_THAT(PasswordsOf("passwd=hush host=h"), ElementsAre("hush"));
  EXPECT_THAT(PasswordsOf("host=h user=password"), IsEmpty());
}

TEST(Database, TellsAnErrorWithoutTheConnection) {
  const std::string url = "postgres://me:h%40sh@127.0.0.1:1/db";
  const Error refused =
      ToldOf({ErrorCode::kIo,
              "unable to connect to Postgres at \"" + url +
                  "\": connection to server at \"127.0.0.1\", port 1 failed: Connection refused",
              ""},
             "postgres", url);
  EXPECT_EQ(refused.code, ErrorCode::kIo);
  EXPECT_EQ(refused.message,
            "postgres cannot be reached: connection to server at \"127.0.0.1\", port 1 failed: "
            "Connection refused");
  const Error syntax = ToldOf({ErrorCode::kUser,
                               "failed to prepare COPY \"COPY (SELECT 1 FROM secret_table) TO "
                               "STDOUT\": ERROR:  syntax error at or near \"from\"",
                               ""},
                              "postgres", url);
  EXPECT_EQ(syntax.code, ErrorCode::kUser);
  EXPECT_EQ(syntax.message, "postgres says: syntax error at or near \"from\"");
  const Error written_wrong =
      ToldOf({ErrorCode::kIo,
              "unable to connect to Postgres at \"h@sh:ing\": missing \"=\" after \"h@sh:ing\" in "
              "connection info string",
              ""},
             "postgres", "h@sh:ing");
  EXPECT_EQ(written_wrong.code, ErrorCode::kIo);
  EXPECT_THAT(written_wrong.message, Not(HasSubstr("h@sh")));
  const std::string at = "postgres://me:h@sh@nowhere/db";
  const Error no_host = ToldOf(
      {ErrorCode::kIo,
       "unable to connect to Postgres at \"" + at +
           "\": could not translate host name \"sh@nowhere\" to address: Name or service not "
           "known",
       ""},
      "postgres", at);
  EXPECT_EQ(no_host.message, "postgres cannot be reached: there is no such host");
}

TEST(Database, AServerThatDiesIsNoMistakeOfTheUsers) {
  for (const char* said : {"", "server closed the connection unexpectedly",
                           "Lost connection to server during query"}) {
    EXPECT_EQ(ToldOf({ErrorCode::kUser, said, ""}, "mysql", "mysql://h/d").code, ErrorCode::kIo);
  }
  EXPECT_EQ(ToldOf({ErrorCode::kIo, "unknown column 'x'", ""}, "mysql", "mysql://h/d").code,
            ErrorCode::kUser);
  EXPECT_EQ(ToldOf({ErrorCode::kIo, "Lock wait timeout exceeded", ""}, "mysql", "mysql://h/d").code,
            ErrorCode::kIo);
}

TEST(Database, AsksForATableOrAQuery) {
  EXPECT_TRUE(CheckDatabaseParams({{"table", "t"}}).ok());
  EXPECT_TRUE(CheckDatabaseParams({{"query", "SELECT 1"}}).ok());
  EXPECT_EQ(CheckDatabaseParams({{"table", "t"}, {"query", "SELECT 1"}}).error().message,
            "a table and a query");
  EXPECT_EQ(CheckDatabaseParams(Json::object()).error().message, "neither a table nor a query");
  EXPECT_EQ(
      CheckDatabaseParams({{"query", "SELECT 1"}, {"columns", Json::array({"a"})}}).error().message,
      "`columns` stands beside a query");
}

TEST(Database, WhereTheServerIsDoesNotDecideWhatIsAsked) {
  const Json params = {{"connection", Json::array({"SHOP", "mark"})},
                       {"table", "t"},
                       {"cursor", "id"},
                       {"order_by", Json::array({"a"})}};
  EXPECT_EQ(DatabaseAsks(params), (Json{{"table", "t"}, {"cursor", "id"}}));
}

}  // namespace
}  // namespace assay::source
