#include "monitor/drift_rule.h"

#include <gtest/gtest.h>

namespace assay::monitor {
namespace {

ColumnFacts Facts(TypeKind type, std::uint64_t rows, std::uint64_t distinct) {
  ColumnFacts facts;
  facts.type.kind = type;
  facts.reference_rows = facts.current_rows = rows;
  facts.reference_distinct = facts.current_distinct = facts.distinct = distinct;
  return facts;
}

std::string Chosen(TypeKind type, std::uint64_t rows, std::uint64_t distinct) {
  const ColumnFacts facts = Facts(type, rows, distinct);
  const auto method = ChooseMethod(KindOf(facts), facts);
  return KindName(KindOf(facts)) + " " + (method ? MethodName(*method) : "none");
}

TEST(DriftRule, SmallReferencesAreTestedAndLargeOnesMeasured) {
  EXPECT_EQ(Chosen(TypeKind::kFloat64, 1000, 6), "numeric ks");
  EXPECT_EQ(Chosen(TypeKind::kFloat64, 1000, 5), "numeric chi_square");
  EXPECT_EQ(Chosen(TypeKind::kFloat64, 1000, 2), "numeric z_test");
  EXPECT_EQ(Chosen(TypeKind::kFloat64, 1001, 6), "numeric wasserstein");
  EXPECT_EQ(Chosen(TypeKind::kFloat64, 1001, 5), "numeric jensen_shannon");
  EXPECT_EQ(Chosen(TypeKind::kInt32, 1000, 11), "numeric ks");
  EXPECT_EQ(Chosen(TypeKind::kInt32, 1000, 10), "categorical chi_square");
  EXPECT_EQ(Chosen(TypeKind::kInt32, 1001, 10), "categorical jensen_shannon");
  EXPECT_EQ(Chosen(TypeKind::kBool, 10, 2), "categorical z_test");
  EXPECT_EQ(Chosen(TypeKind::kBool, 10000, 1), "categorical jensen_shannon");
  EXPECT_EQ(Chosen(TypeKind::kString, 1000, 500), "categorical chi_square");
  EXPECT_EQ(Chosen(TypeKind::kDecimal, 1001, 50), "numeric wasserstein");
}

TEST(DriftRule, TimesTextsAndNestedColumnsHaveNoMethodOfTheirOwn) {
  EXPECT_EQ(Chosen(TypeKind::kTimestamp, 1000, 500), "time none");
  EXPECT_EQ(Chosen(TypeKind::kString, 1000, 501), "text none");
  EXPECT_EQ(Chosen(TypeKind::kList, 1000, 5), "other none");
  EXPECT_EQ(Chosen(TypeKind::kBytes, 1000, 5), "other none");
  ColumnFacts facts = Facts(TypeKind::kString, 1000, 900);
  facts.current_distinct = 3;
  EXPECT_EQ(KindOf(facts), ColumnKind::kCategorical) << "text that has become few values";
}

TEST(DriftRule, BordersAreEvidentlys) {
  EXPECT_TRUE(SaysDrift(DriftMethod::kKolmogorov, 0.05, 0.05));
  EXPECT_FALSE(SaysDrift(DriftMethod::kChiSquare, 0.05, 0.05));
  EXPECT_FALSE(SaysDrift(DriftMethod::kShares, 0.05, 0.05));
  EXPECT_TRUE(SaysDrift(DriftMethod::kWasserstein, 0.1, 0.1));
  EXPECT_TRUE(SaysDrift(DriftMethod::kJensenShannon, 0.1, 0.1));
  EXPECT_FALSE(SaysDrift(DriftMethod::kStability, 0.0999, 0.1));
  EXPECT_EQ(DefaultThreshold(DriftMethod::kKolmogorov), 0.05);
  EXPECT_EQ(DefaultThreshold(DriftMethod::kStability), 0.1);
}

TEST(DriftRule, NamesReadBackAndMistakesAreNamed) {
  for (const std::string& name : MethodNames()) EXPECT_EQ(MethodName(*ParseMethod(name)), name);
  EXPECT_EQ(ParseMethod("wassersteen").error().hint, "did you mean wasserstein?");
  EXPECT_EQ(ParseMethod("hellinger").error().message, "no such method of drift: hellinger");
  EXPECT_EQ(CheckMethodFits(DriftMethod::kKolmogorov, {"s", {TypeKind::kString, 0, 0, {}}})
                .error()
                .message,
            "method `ks` needs numbers, and this is string: s");
  EXPECT_TRUE(CheckMethodFits(DriftMethod::kStability, {"s", {TypeKind::kString, 0, 0, {}}}).ok());
  EXPECT_EQ(
      CheckMethodFits(DriftMethod::kStability, {"b", {TypeKind::kBytes, 0, 0, {}}}).error().message,
      "columns of type bytes are not compared: b");
  EXPECT_TRUE(CheckMethodFits(DriftMethod::kKolmogorov, {"t", {TypeKind::kDate, 0, 0, {}}}).ok());
  for (const ColumnKind kind : {ColumnKind::kNumeric, ColumnKind::kOther}) {
    EXPECT_EQ(ParseKind(KindName(kind)), kind);
  }
}

}  // namespace
}  // namespace assay::monitor
