# doorward_add_gtests(<target> <prefix> [ALONE])
#
# The tests of a GoogleTest program, for ctest, as <prefix>.<suite>.<test>: each in a process of its own. With a sanitizer a
# process takes most of a second to begin, so there it is a suite, as <prefix>.<suite>; not with ALONE, which tests need that look
# at their whole process. Nor are tests themselves optimized there, only what they test: they compile in half the time.
find_package(GTest REQUIRED)
include(GoogleTest)

set(DOORWARD_SUITES_IN ${CMAKE_CURRENT_LIST_DIR}/suites.cmake.in)

function(doorward_add_gtests target prefix)
  if(DOORWARD_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  if(NOT DOORWARD_SANITIZE OR "ALONE" IN_LIST ARGN)
    gtest_discover_tests(${target} TEST_PREFIX ${prefix}. DISCOVERY_MODE PRE_TEST)
    return()
  endif()
  set(program "$<TARGET_FILE:${target}>")
  configure_file(${DOORWARD_SUITES_IN} ${target}_suites.cmake.in @ONLY)
  file(GENERATE OUTPUT ${target}_suites.cmake INPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake.in)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
endfunction()
