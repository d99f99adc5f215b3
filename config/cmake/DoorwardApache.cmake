# What a module for the distribution's Apache is compiled against (package apache2-dev).
# Makes the target doorward_apache_headers and the variable DOORWARD_APACHE_MODULE_DIR.
# Below the prefix: with /usr this is the folder that Debian's Apache looks into.
set(DOORWARD_APACHE_MODULE_DIR lib/apache2/modules CACHE STRING "Where the Apache module is installed")

find_path(DOORWARD_APACHE_INCLUDE httpd.h PATHS /usr/include/apache2 /usr/include/httpd)
find_package(PkgConfig REQUIRED)
pkg_check_modules(APR QUIET apr-1 apr-util-1)
if(NOT DOORWARD_APACHE_INCLUDE OR NOT APR_FOUND)
  message(FATAL_ERROR "There is no httpd.h, or no apr-1: install the package apache2-dev, or leave the Apache module out "
                      "with -DDOORWARD_APACHE=OFF.")
endif()

add_library(doorward_apache_headers INTERFACE)
target_include_directories(doorward_apache_headers SYSTEM INTERFACE ${DOORWARD_APACHE_INCLUDE} ${APR_INCLUDE_DIRS})
target_compile_options(doorward_apache_headers INTERFACE ${APR_CFLAGS_OTHER})
