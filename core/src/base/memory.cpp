#include "base/memory.hpp"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <exception>
#include <span>

namespace doorward {
namespace {

using Segment = ElfW(Phdr);

std::span<const Segment> segments(const dl_phdr_info& object) {
  return {object.dlpi_phdr, object.dlpi_phnum};
}

bool holds(const dl_phdr_info& object, std::uintptr_t address) {
  for (const Segment& segment : segments(object)) {
    const std::uintptr_t from = object.dlpi_addr + segment.p_vaddr;
    if (segment.p_type == PT_LOAD && address >= from && address < from + segment.p_memsz) return true;
  }
  return false;
}

// Code that the dynamic linker has written to (DT_TEXTREL) isn't what the file has.
bool has_written_code(const dl_phdr_info& object) {
  for (const Segment& segment : segments(object)) {
    if (segment.p_type != PT_DYNAMIC) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): ELF tells addresses as numbers
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + segment.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
        return true;
    }
  }
  return false;
}

void release_code(const dl_phdr_info& object) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const Segment& segment : segments(object)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const std::uintptr_t from = (object.dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const std::uintptr_t to = (object.dlpi_addr + segment.p_vaddr + segment.p_filesz) & ~(page - 1);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): as above
    if (to > from) ::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED);
  }
}

// Web servers are written in C: where one has the runtime of C++, it came with its module of ours.
bool is_cpp_runtime(const dl_phdr_info& object) {
  return holds(object, reinterpret_cast<std::uintptr_t>(&std::terminate));
}

// Objects come in the order in which they were loaded. What was there before the engine is the server's own, and left alone.
int release_own(dl_phdr_info* object, std::size_t, void* is_ours) {
  bool& ours = *static_cast<bool*>(is_ours);
  ours = ours || holds(*object, reinterpret_cast<std::uintptr_t>(&release_startup_memory));
  if ((ours || is_cpp_runtime(*object)) && !has_written_code(*object)) release_code(*object);
  return 0;
}

}  // namespace

void release_startup_memory() noexcept {
  ::malloc_trim(0);
  bool is_ours = false;
  ::dl_iterate_phdr(release_own, &is_ours);
}

}  // namespace doorward
