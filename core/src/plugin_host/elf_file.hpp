// Is a file a whole shared library of this machine, and does it export a certain function? Answered from the file's
// own tables, without loading it: a library's constructors run inside dlopen(3), which crashes on a truncated file.
#pragma once
#include <string>

namespace doorward::plugin_host {

// Empty: yes. Else a sentence that names the file.
std::string elf_fault(const std::string& path, const char* function);

}  // namespace doorward::plugin_host
