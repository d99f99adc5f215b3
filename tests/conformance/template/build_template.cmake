# Installs the SDK into a folder, copies the template elsewhere, builds it there as its README says, looks at what it
# exports and asks the kit.
file(REMOVE_RECURSE ${FOLDER}/prefix ${FOLDER}/copy)
file(COPY ${TEMPLATE}/ DESTINATION ${FOLDER}/copy)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} ended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --component sdk --prefix ${FOLDER}/prefix)
run(${CMAKE_COMMAND} -S ${FOLDER}/copy -B ${FOLDER}/copy/build -DCMAKE_PREFIX_PATH=${FOLDER}/prefix
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Werror")
run(${CMAKE_COMMAND} --build ${FOLDER}/copy/build)
set(plugin ${FOLDER}/copy/build/plugins/mailer/journal.so)

run(${NM} -D --defined-only ${plugin})
string(REGEX MATCHALL "[^\n]+" symbols "${output}")
if(NOT symbols MATCHES "^[0-9a-f]+ T doorward_plugin_v1$")
  message(FATAL_ERROR "exported is more than doorward_plugin_v1, or less:\n${output}")
endif()

run(${KIT} ${plugin} ${FOLDER}/copy/journal.yaml)
message("${output}")
