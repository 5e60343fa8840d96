# Everything that is not ours. What, why and under which licence: docs/reference/dependencies.md.
# Static archives where Debian has them: a verb that needs no engine then starts in milliseconds.
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only

function(assay_static_library target archive)
  find_library(${target}_ARCHIVE NAMES ${archive} REQUIRED)
  add_library(assay_${target} INTERFACE)
  target_link_libraries(assay_${target} INTERFACE ${${target}_ARCHIVE} ${ARGN})
endfunction()
assay_static_library(crypto libcrypto.a Threads::Threads ${CMAKE_DL_LIBS})
assay_static_library(xxhash libxxhash.a)
assay_static_library(zlib libz.a)
assay_static_library(zstd libzstd.a)
assay_static_library(expat libexpat.a m)
assay_static_library(gumbo libgumbo.a)
assay_static_library(re2 libre2.a Threads::Threads)
assay_static_library(minizip libminizip.a assay_zlib)
assay_static_library(sqlite libsqlite3.a Threads::Threads ${CMAKE_DL_LIBS} m)
# Debian ships yaml-cpp as a shared library only, or with an archive, depending on the release.
find_library(YAML_CPP NAMES libyaml-cpp.a yaml-cpp REQUIRED)

# Headers alone; as a system library, so that their warnings are not ours.
find_package(Boost 1.81 REQUIRED)
add_library(assay_boost INTERFACE)
target_include_directories(assay_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_link_libraries(assay_boost INTERFACE Threads::Threads)

# The engine: pinned, fetched by ./dev into the cache.
set(DUCKDB_LIBRARY ${ASSAY_CACHE}/duckdb/libduckdb.so)
set(DUCKDB_HEADER_DIR ${ASSAY_CACHE}/duckdb)
if(NOT EXISTS ${DUCKDB_LIBRARY} OR NOT EXISTS ${DUCKDB_HEADER_DIR}/duckdb.h)
  message(FATAL_ERROR "libduckdb is not in ${ASSAY_CACHE}/duckdb; run ./dev build, which fetches it")
endif()
add_library(duckdb_c SHARED IMPORTED)
set_target_properties(duckdb_c PROPERTIES IMPORTED_LOCATION ${DUCKDB_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_HEADER_DIR})

# Its extensions, where ./dev fetched them: looked for in this folder beside the program.
file(CREATE_LINK ${ASSAY_CACHE}/duckdb-extensions ${CMAKE_BINARY_DIR}/extensions SYMBOLIC)

if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
