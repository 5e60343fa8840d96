#include "stats/kolmogorov.h"

#include <gtest/gtest.h>

#include "stats/sample_values.h"

namespace assay::stats {
namespace {

struct Tail {
  std::uint64_t rows;
  double statistic, p;
};

// scipy 1.17.1: stats.kstwo.sf(statistic, rows).
constexpr Tail kTails[] = {
    {1, 0.6, 0.8},
    {1, 0.9, 0.19999999999999996},
    {2, 0.424264069, 0.7570562740445058},
    {2, 0.636396103, 0.26441558782717317},
    {2, 0.989949494, 0.00020202534171207258},
    {5, 0.134164079, 0.999821277260988},
    {5, 0.268328157, 0.7836692692716413},
    {5, 0.402492236, 0.3023001976674178},
    {5, 0.626099034, 0.020341470526804017},
    {5, 0.894427191, 2.6229522294728272e-05},
    {10, 0.09486833, 0.9998771254208477},
    {10, 0.18973666, 0.8007676650651683},
    {10, 0.284604989, 0.3276174599074857},
    {10, 0.442718872, 0.026485436555572228},
    {10, 0.632455532, 0.00020908821367463274},
    {50, 0.042426407, 0.9999555282264203},
    {50, 0.084852814, 0.8344437765716795},
    {50, 0.127279221, 0.3619633952941731},
    {50, 0.197989899, 0.03414140542067079},
    {50, 0.282842712, 0.0004949032564055544},
    {50, 0.494974747, 7.770585783290183e-12},
    {140, 0.025354628, 0.9999736451161517},
    {140, 0.050709255, 0.8461062591626555},
    {140, 0.076063883, 0.3739412528088137},
    {140, 0.118321596, 0.03644183338573582},
    {140, 0.169030851, 0.0005761521009962055},
    {140, 0.295803989, 2.363070549508731e-11},
    {140, 0.676123404, 7.402986289534602e-64},
    {141, 0.025264558, 0.9999737264160343},
    {141, 0.050529115, 0.8461715151245041},
    {141, 0.075793673, 0.3740040228277297},
    {141, 0.117901269, 0.03645427664141454},
    {141, 0.168430384, 0.0005765489710373018},
    {141, 0.294753172, 2.372958742202239e-11},
    {141, 0.673721537, 8.852154404935761e-64},
    {1000, 0.009486833, 0.9999856452034666},
    {1000, 0.018973666, 0.8573684393779953},
    {1000, 0.028460499, 0.38554931234787126},
    {1000, 0.044271887, 0.03849503456771863},
    {1000, 0.063245553, 0.0006397649133869378},
    {1000, 0.110679718, 3.998290860146799e-11},
    {1000, 0.252982213, 6.769807726154475e-57},
    {5000, 0.004242641, 0.999988620124294},
    {5000, 0.008485281, 0.8611745458400847},
    {5000, 0.012727922, 0.38949568398117107},
    {5000, 0.01979899, 0.03915495587213036},
    {5000, 0.028284271, 0.0006576876984604075},
    {5000, 0.049497475, 4.3766931882097205e-11},
    {5000, 0.113137085, 3.3244901779667382e-56},
    {100000, 0.000948683, 0.9999902553974169},
    {100000, 0.001897367, 0.8635853662643477},
    {100000, 0.00284605, 0.3920039309920783},
    {100000, 0.004427189, 0.039564584761359045},
    {100000, 0.006324555, 0.0006680672186550014},
    {100000, 0.011067972, 4.543015020950692e-11},
    {100000, 0.025298221, 4.968510866386511e-56},
    {100001, 0.000948679, 0.9999902551990201},
    {100001, 0.001897357, 0.8635855851259859},
    {100001, 0.002846036, 0.3920038342475053},
    {100001, 0.004427167, 0.039564575831842475},
    {100001, 0.006324524, 0.0006680661806519705},
    {100001, 0.011067916, 4.543028504787123e-11},
    {100001, 0.025298095, 4.968487523948231e-56},
    {500000, 0.000424264, 0.9999904997053739},
    {500000, 0.000848528, 0.8639709350309737},
    {500000, 0.001272792, 0.39240566409934674},
    {500000, 0.001979899, 0.03962946959369307},
    {500000, 0.002828427, 0.0006696546656298418},
    {500000, 0.004949747, 4.563845051055303e-11},
    {500000, 0.011313708, 5.087551387759489e-56},
    {1500000, 0.000244949, 0.9999905822006971},
    {1500000, 0.000489898, 0.8641025472166832},
    {1500000, 0.000734847, 0.39254274952817225},
    {1500000, 0.001143095, 0.03965168755356585},
    {1500000, 0.001632993, 0.0006701962804251011},
    {1500000, 0.002857738, 4.570755816887639e-11},
    {1500000, 0.006531973, 5.121994348175587e-56},
};

TEST(Kolmogorov, TailOfOneSampleEqualsScipy) {
  for (const Tail& tail : kTails) {
    EXPECT_NEAR(KolmogorovTail(tail.rows, tail.statistic) / tail.p, 1, 1e-10)
        << tail.rows << " rows, " << tail.statistic;
  }
}

TEST(Kolmogorov, TailIsOneAtTheLowerEndAndZeroAtTheUpper) {
  EXPECT_EQ(KolmogorovTail(10, 0.05), 1);
  EXPECT_EQ(KolmogorovTail(10, 1), 0);
  EXPECT_EQ(KolmogorovTail(1000, 0.7), 0);
}

struct TwoSamples {
  int reference, current, shift;
  double statistic, p;
};

// scipy 1.17.1: stats.ks_2samp of SampleValues(reference, 7, 101, 0) and SampleValues(current, 11,
// 97, shift).
constexpr TwoSamples kSamples[] = {
    {1, 1, 3, 1.0, 1.0},
    {5, 5, 2, 0.2, 1.0},
    {7, 13, 4, 0.27472527472527475, 0.7796439628482972},
    {100, 100, 20, 0.2, 0.03638428787491733},
    {100, 110, 25, 0.24545454545454545, 0.0028700093419174},
    {997, 1000, 5, 0.11990471414242729, 9.92235455539034e-07},
    {1000, 400, 9, 0.098, 0.007807397651690263},
    {3000, 2000, 3, 0.126, 4.8575119090269934e-17},
    {10000, 10000, 1, 0.1421, 2.0577846107343366e-88},
    {9000, 10000, 2, 0.14203333333333334, 9.414840412092637e-84},
    {10001, 50, 12, 0.2002019798020198, 0.031177865659966386},
    {20000, 15000, 1, 0.14226666666666665, 7.936108838190414e-152},
    {200000, 300, 6, 0.10052666666666671, 0.004310942923147609},
};

TEST(Kolmogorov, TwoSamplesEqualScipy) {
  for (const TwoSamples& samples : kSamples) {
    const KolmogorovTest test =
        TestKolmogorov(SampleValues(samples.reference, 7, 101, 0),
                       SampleValues(samples.current, 11, 97, samples.shift));
    EXPECT_NEAR(test.statistic, samples.statistic, 1e-15);
    EXPECT_NEAR(test.p / samples.p, 1, 1e-9) << samples.reference << ", " << samples.current;
  }
}

// Every way to choose which rows are the reference's, counted.
double ShareAtLeast(const std::vector<double>& values, std::size_t reference_rows,
                    double statistic) {
  std::size_t all = 0, as_great = 0;
  for (unsigned choice = 0; choice < 1U << values.size(); ++choice) {
    ValueCounts reference, current;
    for (std::size_t i = 0; i < values.size(); ++i) {
      ((choice >> i & 1U) != 0 ? reference : current).push_back({values[i], 1});
    }
    if (reference.size() != reference_rows) continue;
    ++all;
    if (TestKolmogorov(reference, current).statistic > statistic - 1e-12) ++as_great;
  }
  return static_cast<double>(as_great) / static_cast<double>(all);
}

TEST(Kolmogorov, ExactPIsTheShareOfAllArrangements) {
  const std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  for (std::size_t rows = 1; rows < values.size(); ++rows) {
    for (unsigned choice = 1; choice < 2000; choice = choice * 3 + 1) {
      ValueCounts reference, current;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool in_reference =
            reference.size() < rows &&
            ((choice >> i & 1U) != 0 || values.size() - i == rows - reference.size());
        (in_reference ? reference : current).push_back({values[i], 1});
      }
      if (reference.size() != rows) continue;
      const KolmogorovTest test = TestKolmogorov(reference, current);
      EXPECT_NEAR(test.p, ShareAtLeast(values, rows, test.statistic), 1e-12);
    }
  }
}

TEST(Kolmogorov, EqualSamplesHaveNoDistance) {
  const ValueCounts values = SampleValues(50, 3, 17, 0);
  EXPECT_EQ(TestKolmogorov(values, values).statistic, 0);
  EXPECT_EQ(TestKolmogorov(values, values).p, 1);
}

}  // namespace
}  // namespace assay::stats
