// Does a text show what it is made of? For what one person writes and others read: names. Nothing in it is invisible, nothing
// reorders what stands around it, no mark is piled on what it doesn't belong to (UTR #36 2.11, UTS #39).
#pragma once
#include <string_view>

namespace doorward {

// False for controls, format and ignorable characters, private use, noncharacters, blanks that are no spaces, leading or
// heaped combining marks, and for what isn't UTF-8. Joiners and variation selectors pass where a script or an emoji
// needs them: Persian, the Indic scripts, families, flags.
bool is_displayable(std::string_view text);

// Without the spaces at its ends, of whatever width (Zs), and ASCII white space. UTF-8 given.
std::string_view trim_spaces(std::string_view text);

}  // namespace doorward
