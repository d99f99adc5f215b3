// storage/sqlite as it would be if somebody turned the syncs off to make it faster. Its sources are built with
// sqlite3_exec renamed, so that this function stands in between.
#include <string>

#undef sqlite3_exec
#include <sqlite3.h>

extern "C" int broken_exec(sqlite3* database, const char* sql, int (*row)(void*, int, char**, char**),
                           void* self, char** message) {
  const std::string found = sql;
  return sqlite3_exec(database, found == "PRAGMA synchronous=FULL" ? "PRAGMA synchronous=OFF" : sql, row,
                      self, message);
}
