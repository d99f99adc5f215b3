// What starting took and serving doesn't need, given back to the system.
#pragma once

namespace doorward {

// [once started] Parsed files and templates leave holes in the heap, and reading them maps nearly all code of the engine
// and its libraries. The holes are returned; code of the engine, of what was loaded with and after it, and of C++ itself is
// unmapped from this process's tables and comes back from the page cache, a fault each, where it is called again. Code that
// was written to is left alone, and so is the host server's.
void release_startup_memory() noexcept;

}  // namespace doorward
