# Everything a builder may switch, in one place.

string(COMPARE EQUAL "${CMAKE_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}" BELLWETHER_IS_TOP)

option(BELLWETHER_TESTS "Build the tests" ${BELLWETHER_IS_TOP})
option(BELLWETHER_BENCHMARKS "Build the benchmarks" ${BELLWETHER_IS_TOP})
option(BELLWETHER_FUZZ "Build the fuzzers (needs Clang)" OFF)
option(BELLWETHER_PCH "Use precompiled headers" ON)
option(BELLWETHER_WERROR "Treat warnings as errors" OFF)
option(BELLWETHER_COVERAGE "Instrument for gcov" OFF)
set(BELLWETHER_SANITIZE "" CACHE STRING "Sanitizers, a list: address undefined thread")
set(BELLWETHER_PARALLEL "openmp" CACHE STRING "Backend of core/parallel: openmp, threads or serial")
set_property(CACHE BELLWETHER_PARALLEL PROPERTY STRINGS openmp threads serial)

if(BELLWETHER_IS_TOP AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# ccache when it is there; the sloppiness lets it cache sources compiled with a precompiled header.
find_program(BELLWETHER_CCACHE ccache)
if(BELLWETHER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER AND BELLWETHER_IS_TOP)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${BELLWETHER_CCACHE}")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
