/// The program's own version.
#pragma once

namespace assay::run {

inline constexpr char kProgramVersion[] = "0.1.0";

}  // namespace assay::run
