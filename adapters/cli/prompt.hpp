// Asking the person at the terminal.
#pragma once
#include <string>

namespace doorward::cli {

// A new password, typed twice and not shown; with `from_stdin` the first line of standard input. Throws Failure where
// there is no terminal, both differ, or it is empty or longer than 1024 bytes.
std::string new_password(bool from_stdin);

// Asks for "yes". Throws Failure where there is no terminal or the answer is another.
void confirm(const std::string& question);

}  // namespace doorward::cli
