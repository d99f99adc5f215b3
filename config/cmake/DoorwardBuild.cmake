# How everything here is compiled, and the rule that keeps the layers of core/src apart.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

find_program(DOORWARD_CCACHE ccache)
if(DOORWARD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DOORWARD_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${DOORWARD_CCACHE})
endif()
# No precompiled headers: GCC 12 takes 2 s to load those of the library, JSON and GoogleTest (130 MB), as long as to read them.
find_program(DOORWARD_MOLD mold)
if(DOORWARD_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# -fno-gnu-unique: a symbol marked unique pins its library for the life of the process, and a server's
# reload would then go on with the old engine. Clang has no such symbols and no such flag.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fno-gnu-unique)
endif()
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT DOORWARD_SANITIZE)
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
# One place for what a library's header would otherwise decide differently in two files.
add_compile_definitions(BOOST_DLL_USE_STD_FS)

if(DOORWARD_FUZZ) # what libFuzzer is led by; the targets themselves: tests/fuzz
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
set(DOORWARD_SANITIZE "" CACHE STRING "address,undefined or thread")
if(DOORWARD_SANITIZE)
  add_compile_options(-fsanitize=${DOORWARD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DOORWARD_SANITIZE})
endif()

# doorward_add_layer(<name> USES <layers...> LINK <libraries...>)
#
# A layer is a folder of core/src with all of its .cpp files, built as doorward_<name>. It sees its own
# headers and those of the layers it names in USES, as "<layer>/<header>", and nothing else: every layer has an include
# root of its own that holds one link, so that a forbidden include doesn't compile.
function(doorward_add_layer name)
  cmake_parse_arguments(arg "" "" "USES;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/${name}/*.cpp)
  set(root ${PROJECT_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/src/${name} ${root}/${name} SYMBOLIC)
  add_library(doorward_${name} STATIC ${sources})
  target_include_directories(doorward_${name} PUBLIC ${root})
  foreach(used IN LISTS arg_USES)
    target_link_libraries(doorward_${name} PUBLIC doorward_${used})
  endforeach()
  target_link_libraries(doorward_${name} PUBLIC ${arg_LINK})
endfunction()
