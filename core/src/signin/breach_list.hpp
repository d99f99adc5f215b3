// Passwords that have leaked from other sites: a file that ops have made of them with passwdqc's pwqfilter, a filter that is
// asked in two reads of 16 bytes wherever it is gigabytes long. Nothing of it is kept in memory.
#pragma once
#include <string>

namespace doorward::signin {

enum class Breach { none, known, unanswered };

// `file`: empty: none is asked. `password`: as it would be hashed. "Unanswered": the file can't be read or is no filter. A
// filter errs in one of a billion cases at most, and then says "known".
Breach look_up_breach(const std::string& file, const std::string& password);

}  // namespace doorward::signin
