# Headers that most files read are parsed once. Files still include what they use: the preset clang
# compiles each on its own, without this. GCC 12 takes what is in a precompiled header for ours and
# warns of the inside of std::string; the presets switch those warnings off, and the sanitizers look
# for the real thing.
set(standard_headers <algorithm> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set>
  <string> <string_view> <vector>)

# assay_precompile(TARGET FIRST HEADER ...): FIRST keeps them, the other targets take them from it.
function(assay_precompile target first)
  if(target STREQUAL first)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endfunction()

# assay_room(NAME [DEPENDS room|library ...] [KINDS suffix ...])
#
# One room = one folder of src/: a static library of its .cc files, one test program of its *_test.cc
# files, and for each SUFFIX in KINDS a table of kinds generated from the file names:
# `filter_step.cc` must define `StepKind filter_step()`; the table is `step/all_steps.inc`. A file
# that forgets its function fails at link, naming the function.
function(assay_room name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;KINDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  list(REMOVE_ITEM sources ${tests} ${CMAKE_CURRENT_SOURCE_DIR}/main.cc)

  set(generated ${CMAKE_BINARY_DIR}/generated)
  set(namespace ${name})
  if(name STREQUAL "export")
    set(namespace exports)  # the room's own name is a keyword
  endif()
  foreach(suffix IN LISTS ARG_KINDS)
    string(SUBSTRING ${suffix} 0 1 first)
    string(TOUPPER ${first} first)
    string(SUBSTRING ${suffix} 1 -1 rest)
    set(type ${first}${rest}Kind)
    file(GLOB kinds CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_${suffix}.cc)
    list(SORT kinds)
    # Kinds are written alike, with the same names inside: each is compiled on its own.
    set_source_files_properties(${kinds} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    set(declarations "")
    set(entries "")
    foreach(kind IN LISTS kinds)
      get_filename_component(function ${kind} NAME_WE)
      string(APPEND declarations "${type} ${function}();\n")
      string(APPEND entries "    assay::${namespace}::${function}(),\n")
    endforeach()
    file(CONFIGURE OUTPUT ${generated}/${name}/all_${suffix}s_declared.inc CONTENT "${declarations}")
    file(CONFIGURE OUTPUT ${generated}/${name}/all_${suffix}s.inc CONTENT "${entries}")
  endforeach()

  add_library(assay_${name} STATIC ${sources})
  target_include_directories(assay_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src ${generated})
  target_link_libraries(assay_${name} PUBLIC ${ARG_DEPENDS})
  assay_precompile(assay_${name} assay_base ${standard_headers} <nlohmann/json.hpp>)
  if(BUILD_TESTING AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE assay_${name} GTest::gmock GTest::gtest_main)
    target_compile_options(${name}_test PRIVATE -O0)  # matchers take half as long to compile
    assay_precompile(${name}_test base_test
      ${standard_headers} <nlohmann/json.hpp> <gmock/gmock.h> <gtest/gtest.h>)
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS ${name} ENVIRONMENT "ASSAY_SOURCE_DIR=${CMAKE_SOURCE_DIR};ASSAY_BINARY_DIR=${CMAKE_BINARY_DIR}")
  endif()
endfunction()
