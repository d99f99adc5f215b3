# What a module for the distribution's nginx is compiled against.
#
# Debian's nginx-dev ships nginx's headers, its configure script and the options that the distribution built
# nginx with, but not the one header that configure writes, ngx_auto_config.h. It is made here, once, in the
# build folder, with exactly those options: nginx refuses to load a module whose signature differs.
# Makes the target doorward_nginx_headers and the variable DOORWARD_NGINX_MODULE_DIR.
set(DOORWARD_NGINX_SOURCE /usr/share/nginx/src CACHE PATH "nginx's headers and configure script (package nginx-dev)")
# Below the prefix: with /usr this is the folder that Debian's nginx looks into.
set(DOORWARD_NGINX_MODULE_DIR lib/nginx/modules CACHE STRING "Where the nginx module is installed")

if(NOT EXISTS ${DOORWARD_NGINX_SOURCE}/conf_flags)
  message(FATAL_ERROR "There is no ${DOORWARD_NGINX_SOURCE}/conf_flags: install the package nginx-dev, or leave the nginx "
                      "module out with -DDOORWARD_NGINX=OFF.")
endif()

# The stamp says what the header was made from, so that an upgraded nginx-dev makes it anew.
file(GLOB nginx_autos ${DOORWARD_NGINX_SOURCE}/auto/*)
set(nginx_stamp "")
foreach(part ${DOORWARD_NGINX_SOURCE}/conf_flags ${DOORWARD_NGINX_SOURCE}/src/core/nginx.h ${nginx_autos})
  if(NOT IS_DIRECTORY ${part})
    file(SHA256 ${part} hash)
    string(APPEND nginx_stamp ${hash})
  endif()
endforeach()
string(SHA256 nginx_stamp "${CMAKE_C_COMPILER}${nginx_stamp}")

set(nginx_out ${PROJECT_BINARY_DIR}/nginx)
if(NOT EXISTS ${nginx_out}/${nginx_stamp} OR NOT EXISTS ${nginx_out}/objs/ngx_auto_config.h)
  message(STATUS "Making nginx's ngx_auto_config.h")
  file(REMOVE_RECURSE ${nginx_out})
  file(WRITE ${nginx_out}/stub/stub.c "")
  file(WRITE ${nginx_out}/stub/config
       "ngx_addon_name=stub\nngx_module_type=HTTP\nngx_module_name=stub\nngx_module_srcs=\"$ngx_addon_dir/stub.c\"\n. auto/module\n")
  execute_process(
    COMMAND bash -c ". ./conf_flags && exec ./configure \"\${NGX_CONF_FLAGS[@]}\" \"--builddir=$1\" \"--add-dynamic-module=$2\""
            configure ${nginx_out}/objs ${nginx_out}/stub
    WORKING_DIRECTORY ${DOORWARD_NGINX_SOURCE}
    OUTPUT_FILE ${nginx_out}/configure.log ERROR_FILE ${nginx_out}/configure.log
    RESULT_VARIABLE nginx_failed)
  if(nginx_failed OR NOT EXISTS ${nginx_out}/objs/ngx_auto_config.h)
    message(FATAL_ERROR "nginx's configure failed; see ${nginx_out}/configure.log")
  endif()
  file(WRITE ${nginx_out}/${nginx_stamp} "")
endif()

add_library(doorward_nginx_headers INTERFACE)
set(nginx_folders core event event/modules os/unix http http/modules http/v2)
list(TRANSFORM nginx_folders PREPEND ${DOORWARD_NGINX_SOURCE}/src/)
target_include_directories(doorward_nginx_headers SYSTEM INTERFACE ${nginx_out}/objs ${nginx_folders})
