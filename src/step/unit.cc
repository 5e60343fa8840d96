#include "step/unit.h"

#include <iterator>
#include <numeric>

#include "base/hash.h"
#include "base/nearest.h"

namespace assay::step {
namespace {

// Exact by definition: NIST Special Publication 811 (2008), appendix B.8 and the definitions that
// it rests on: the yard is 0.9144 m, the pound 0.45359237 kg, standard gravity 9.80665 m/s2, the US
// gallon 231 in3, the imperial gallon 4.54609 l, the calorie (th) 4.184 J, the BTU (IT)
// 1055.05585262 J, a millimetre of mercury 133.322387415 Pa, 0 degrees Celsius 273.15 K,
// 0 degrees Fahrenheit 459.67 degrees above absolute zero. Binary multiples of bytes: IEC 80000-13.
constexpr Unit kUnits[] = {
    {"m", "length"},
    {"nm", "length", 1, 1'000'000'000},
    {"um", "length", 1, 1'000'000},
    {"mm", "length", 1, 1000},
    {"cm", "length", 1, 100},
    {"dm", "length", 1, 10},
    {"km", "length", 1000},
    {"in", "length", 127, 5000},
    {"ft", "length", 381, 1250},
    {"yd", "length", 1143, 1250},
    {"mi", "length", 201'168, 125},
    {"nmi", "length", 1852},

    {"kg", "mass"},
    {"ug", "mass", 1, 1'000'000'000},
    {"mg", "mass", 1, 1'000'000},
    {"g", "mass", 1, 1000},
    {"t", "mass", 1000},
    {"oz", "mass", 45'359'237, 1'600'000'000},
    {"lb", "mass", 45'359'237, 100'000'000},
    {"st", "mass", 317'514'659, 50'000'000},
    {"ton_us", "mass", 45'359'237, 50'000},

    {"s", "time"},
    {"ns", "time", 1, 1'000'000'000},
    {"us", "time", 1, 1'000'000},
    {"ms", "time", 1, 1000},
    {"min", "time", 60},
    {"h", "time", 3600},
    {"d", "time", 86'400},
    {"week", "time", 604'800},

    {"K", "temperature"},
    {"C", "temperature", 100, 100, 27'315},
    {"F", "temperature", 500, 900, 229'835},
    {"R", "temperature", 5, 9},

    {"m/s", "speed"},
    {"km/h", "speed", 5, 18},
    {"mph", "speed", 1397, 3125},
    {"kn", "speed", 463, 900},
    {"ft/s", "speed", 381, 1250},

    {"B", "data"},
    {"bit", "data", 1, 8},
    {"kB", "data", 1000},
    {"MB", "data", 1'000'000},
    {"GB", "data", 1'000'000'000},
    {"TB", "data", 1'000'000'000'000},
    {"PB", "data", 1'000'000'000'000'000},
    {"KiB", "data", 1LL << 10},
    {"MiB", "data", 1LL << 20},
    {"GiB", "data", 1LL << 30},
    {"TiB", "data", 1LL << 40},
    {"PiB", "data", 1LL << 50},

    {"m2", "area"},
    {"mm2", "area", 1, 1'000'000},
    {"cm2", "area", 1, 10'000},
    {"km2", "area", 1'000'000},
    {"ha", "area", 10'000},
    {"in2", "area", 16'129, 25'000'000},
    {"ft2", "area", 145'161, 1'562'500},
    {"yd2", "area", 1'306'449, 1'562'500},
    {"acre", "area", 316'160'658, 78'125},
    {"mi2", "area", 40'468'564'224, 15'625},

    {"l", "volume"},
    {"ml", "volume", 1, 1000},
    {"cl", "volume", 1, 100},
    {"hl", "volume", 100},
    {"cm3", "volume", 1, 1000},
    {"m3", "volume", 1000},
    {"in3", "volume", 2'048'383, 125'000'000},
    {"ft3", "volume", 55'306'341, 1'953'125},
    {"gal_us", "volume", 473'176'473, 125'000'000},
    {"qt_us", "volume", 473'176'473, 500'000'000},
    {"pt_us", "volume", 473'176'473, 1'000'000'000},
    {"fl_oz_us", "volume", 473'176'473, 16'000'000'000},
    {"bbl", "volume", 9'936'705'933, 62'500'000},
    {"gal_uk", "volume", 454'609, 100'000},
    {"pt_uk", "volume", 454'609, 800'000},

    {"Pa", "pressure"},
    {"hPa", "pressure", 100},
    {"kPa", "pressure", 1000},
    {"MPa", "pressure", 1'000'000},
    {"mbar", "pressure", 100},
    {"bar", "pressure", 100'000},
    {"atm", "pressure", 101'325},
    {"psi", "pressure", 8'896'443'230'521, 1'290'320'000},
    {"mmHg", "pressure", 26'664'477'483, 200'000'000},
    {"inHg", "pressure", 3'386'388'640'341, 1'000'000'000},

    {"J", "energy"},
    {"kJ", "energy", 1000},
    {"MJ", "energy", 1'000'000},
    {"cal", "energy", 523, 125},
    {"kcal", "energy", 4184},
    {"Wh", "energy", 3600},
    {"kWh", "energy", 3'600'000},
    {"MWh", "energy", 3'600'000'000},
    {"BTU", "energy", 52'752'792'631, 50'000'000},
};

std::string Names(std::string_view dimension) {
  std::string names;
  for (const Unit& unit : kUnits) {
    if (unit.dimension != dimension) continue;
    names += names.empty() ? "" : ", ";
    names += unit.name;
  }
  return names;
}

Int128 Common(Int128 a, Int128 b) {
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

}  // namespace

Result<Unit> UnitNamed(const std::string& name) {
  std::vector<std::string> names;
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit;
    names.emplace_back(unit.name);
  }
  const std::string nearest = NearestName(name, names);
  return Error{
      ErrorCode::kUser, "no such unit: " + name,
      nearest.empty()
          ? "units are such as m, ft, kg, lb, s, h, C, km/h or GiB; the reference lists all"
          : "did you mean " + nearest + "?"};
}

std::vector<Unit> UnitsOf(std::string_view dimension) {
  std::vector<Unit> units;
  for (const Unit& unit : kUnits) {
    if (unit.dimension == dimension) units.push_back(unit);
  }
  return units;
}

Result<Conversion> ConversionOf(const Unit& from, const Unit& to) {
  if (from.dimension != to.dimension) {
    return Error{ErrorCode::kUser,
                 std::string(from.name) + " measures " + std::string(from.dimension) + ", " +
                     std::string(to.name) + " " + std::string(to.dimension),
                 "units of " + std::string(from.dimension) + " are " + Names(from.dimension)};
  }
  // ((v * n1 + o1) / d1 * d2 - o2) / n2, over one divisor.
  Int128 factor = Int128{from.numerator} * to.denominator;
  Int128 shift = Int128{from.offset} * to.denominator - Int128{to.offset} * from.denominator;
  Int128 divisor = Int128{from.denominator} * to.numerator;
  const Int128 common = Common(Common(factor, shift), divisor);
  factor /= common;
  shift /= common;
  divisor /= common;
  return Conversion{static_cast<std::int64_t>(factor), static_cast<std::int64_t>(shift),
                    static_cast<std::int64_t>(divisor)};
}

}  // namespace assay::step
