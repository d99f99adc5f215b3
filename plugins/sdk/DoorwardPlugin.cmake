# doorward_add_plugin(<kind> <name> <sources...> [LINK <libraries...>])
#
# A plugin as the engine loads it: <name>.so without a prefix, one exported symbol, no unresolved ones. Inside
# Doorward's own tree and, through find_package(doorward), outside of it. The target is called plugin_<kind>_<name>;
# it is built into <build>/plugins/<kind>/ and installed into <libdir>/doorward/plugins/<kind>/.
set(DOORWARD_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
include(GNUInstallDirs)

function(doorward_add_plugin kind name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  if(NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "doorward_add_plugin: \"${name}\" is not a name of a plugin: [a-z][a-z0-9_]*")
  endif()
  set(target plugin_${kind}_${name})
  add_library(${target} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE doorward::sdk ${arg_LINK})
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} SUFFIX .so
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins/${kind}
    LINK_DEPENDS ${DOORWARD_PLUGIN_MAP})
  # A symbol marked unique would pin the library for the life of the process. Only GCC has such symbols.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_options(${target} PRIVATE -Wl,--version-script=${DOORWARD_PLUGIN_MAP})
  # A missing library is to show at link time, not in a worker. A sanitizer's own symbols come from the program.
  if(NOT DOORWARD_SANITIZE AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    target_link_options(${target} PRIVATE -Wl,-z,defs)
  endif()
  install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/doorward/plugins/${kind})
endfunction()
