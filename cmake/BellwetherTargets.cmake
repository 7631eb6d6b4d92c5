# bw_library, bw_executable, bw_test, bw_fuzzer: one way to declare each kind of target.

# Compile settings shared by everything that is ours.
add_library(bw_settings INTERFACE)
target_compile_features(bw_settings INTERFACE cxx_std_20)
# Fused multiply-add would change the last bit from one machine to the next.
target_compile_options(bw_settings INTERFACE -ffp-contract=off)

add_library(bw_warnings INTERFACE)
target_compile_options(bw_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                       $<$<BOOL:${BELLWETHER_WERROR}>:-Werror>)
# Optimising the sources of tests takes longer than running them; what they test keeps the optimiser's full effort.
add_library(bw_test_settings INTERFACE)
target_compile_options(bw_test_settings INTERFACE $<$<CONFIG:Release>:-O1>)

if(BELLWETHER_SANITIZE)
  list(JOIN BELLWETHER_SANITIZE "," bw_sanitizers)
  target_compile_options(bw_warnings INTERFACE -fsanitize=${bw_sanitizers} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(bw_warnings INTERFACE -fsanitize=${bw_sanitizers})
endif()
if(BELLWETHER_FUZZ)
  target_compile_options(bw_warnings INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                         -fno-sanitize-recover=undefined)
  target_link_options(bw_warnings INTERFACE -fsanitize=address,undefined)
endif()
if(BELLWETHER_COVERAGE)
  target_compile_options(bw_warnings INTERFACE --coverage -fprofile-abs-path)
  target_link_options(bw_warnings INTERFACE --coverage)
endif()

# One precompiled header serves all libraries, another all tests.
function(bw_use_precompiled_header target kind)
  if(NOT BELLWETHER_PCH)
    return()
  endif()
  set(owner bw_pch_${kind})
  if(NOT TARGET ${owner})
    # Executables are compiled as position-independent executables, libraries as position-independent code: the owner
    # must be of the kind it serves, else the compiler refuses its header.
    file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/pch/${kind}.cpp" CONTENT "int main() { return 0; }\n")
    if(kind STREQUAL "test")
      add_executable(${owner} "${PROJECT_BINARY_DIR}/pch/${kind}.cpp")
    else()
      add_library(${owner} OBJECT "${PROJECT_BINARY_DIR}/pch/${kind}.cpp")
    endif()
    # The owner's definitions must be those of what it serves, so it links no more than its header needs.
    if(kind STREQUAL "test")
      target_link_libraries(${owner} PRIVATE bw_settings bw_warnings bw_test_settings Eigen3::Eigen GTest::gmock)
    else()
      target_link_libraries(${owner} PRIVATE bw_settings bw_warnings Eigen3::Eigen fmt::fmt)
    endif()
    target_precompile_headers(${owner} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/precompiled_${kind}.h")
  endif()
  if(kind STREQUAL "library")  # this header was compiled with fmt's definitions: code without them could not use it
    target_compile_definitions(${target} PRIVATE $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()

# bw_library(core SOURCES a.cpp HEADERS a.h LINK bellwether::x PRIVATE_LINK y): library bellwether::core.
function(bw_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS;LINK;PRIVATE_LINK" ${ARGN})
  set(target bw_${name})
  add_library(${target} ${arg_SOURCES})
  add_library(bellwether::${name} ALIAS ${target})
  target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${target} PUBLIC bw_settings ${arg_LINK} PRIVATE ${arg_PRIVATE_LINK} $<BUILD_INTERFACE:bw_warnings>)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME bellwether_${name}
                        VERIFY_INTERFACE_HEADER_SETS ON)
  set_property(GLOBAL APPEND PROPERTY BELLWETHER_LIBRARIES ${target})
  list(TRANSFORM arg_HEADERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  set_property(GLOBAL APPEND PROPERTY BELLWETHER_HEADERS ${arg_HEADERS})
  bw_use_precompiled_header(${target} library)
endfunction()

function(bw_executable name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} bw_settings bw_warnings)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
endfunction()

# bw_test(mdp_io SOURCES a_test.cpp LINK bellwether::mdp_io LABELS unit fast): one executable, one ctest entry a case.
function(bw_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT BELLWETHER_TESTS)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  bw_executable(${name}_test SOURCES ${arg_SOURCES} LINK ${arg_LINK} bellwether::test_support GTest::gmock_main)
  target_link_libraries(${name}_test PRIVATE bw_test_settings)
  bw_use_precompiled_header(${name}_test test)
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60
                       TEST_LIST ${name}_cases PROPERTIES TIMEOUT ${arg_TIMEOUT})
  # Discovery takes no property that is a list, so ctest reads the labels from a file of their own.
  set(labels "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
  file(WRITE "${labels}" "set_tests_properties(\${${name}_cases} PROPERTIES LABELS \"${arg_LABELS}\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels}")
  set_property(GLOBAL APPEND PROPERTY BELLWETHER_TESTS ${name}_test)
endfunction()

function(bw_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  if(NOT BELLWETHER_FUZZ)
    return()
  endif()
  bw_executable(${name}_fuzzer SOURCES ${arg_SOURCES} LINK ${arg_LINK})
  target_link_options(${name}_fuzzer PRIVATE -fsanitize=fuzzer)
endfunction()
