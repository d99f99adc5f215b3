#include "plugin_host/elf_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <vector>

namespace doorward::plugin_host {

namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);

constexpr unsigned char this_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr std::size_t most_bytes_of_a_table = 64u << 20;

#if defined(__x86_64__)
constexpr unsigned this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned this_machine = EM_AARCH64;
#elif defined(__i386__)
constexpr unsigned this_machine = EM_386;
#elif defined(__arm__)
constexpr unsigned this_machine = EM_ARM;
#elif defined(__riscv)
constexpr unsigned this_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr unsigned this_machine = EM_PPC64;
#elif defined(__s390__)
constexpr unsigned this_machine = EM_S390;
#else
constexpr unsigned this_machine = EM_NONE;
#endif

class File {
 public:
  explicit File(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat found{};
    if (fd_ >= 0 && ::fstat(fd_, &found) == 0) size_ = static_cast<std::uint64_t>(found.st_size);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool open() const { return fd_ >= 0; }
  bool holds(std::uint64_t offset, std::uint64_t size) const {
    return offset <= size_ && size <= size_ - offset;
  }

  // Empty where the file doesn't hold all of it.
  template <class Item>
  std::vector<Item> read(std::uint64_t offset, std::uint64_t count) const {
    if (count > most_bytes_of_a_table / sizeof(Item) || !holds(offset, count * sizeof(Item))) return {};
    std::vector<Item> items(static_cast<std::size_t>(count));
    const auto size = static_cast<ssize_t>(items.size() * sizeof(Item));
    if (::pread(fd_, items.data(), static_cast<std::size_t>(size), static_cast<off_t>(offset)) != size)
      items.clear();
    return items;
  }

 private:
  int fd_;
  std::uint64_t size_ = 0;
};

bool exports(const File& file, const Header& header, const char* function) {
  const auto sections = file.read<Section>(header.e_shoff, header.e_shnum);
  for (const Section& section : sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) continue;
    const Section& texts = sections[section.sh_link];
    std::vector<char> names = file.read<char>(texts.sh_offset, texts.sh_size);
    names.push_back('\0');
    for (const Symbol& symbol : file.read<Symbol>(section.sh_offset, section.sh_size / sizeof(Symbol))) {
      const bool defined = symbol.st_shndx != SHN_UNDEF && (symbol.st_info & 0xf) == STT_FUNC;
      if (defined && symbol.st_name < names.size() && std::strcmp(&names[symbol.st_name], function) == 0)
        return true;
    }
  }
  return false;
}

}  // namespace

std::string elf_fault(const std::string& path, const char* function) {
  const File file(path);
  if (!file.open()) return path + " can't be read";
  const auto headers = file.read<Header>(0, 1);
  if (headers.empty() || std::memcmp(headers.front().e_ident, ELFMAG, SELFMAG) != 0)
    return path + " is not a shared library (ELF)";
  const Header& header = headers.front();
  if (header.e_ident[EI_CLASS] != this_class || (this_machine != EM_NONE && header.e_machine != this_machine))
    return path + " was built for another machine: found ELF machine " + std::to_string(header.e_machine) +
           ", wanted " + std::to_string(this_machine);
  if (header.e_type != ET_DYN || header.e_phentsize != sizeof(Segment) ||
      header.e_shentsize != sizeof(Section))
    return path + " is an ELF file, but not a shared library";
  const auto segments = file.read<Segment>(header.e_phoff, header.e_phnum);
  bool whole =
      !segments.empty() && file.holds(header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Section));
  for (const Segment& segment : segments)
    if (segment.p_type == PT_LOAD) whole = whole && file.holds(segment.p_offset, segment.p_filesz);
  if (!whole) return path + " is truncated: it is shorter than its own tables say";
  if (!exports(file, header, function))
    return path + " is not a Doorward plugin: it doesn't export the function " + function;
  return {};
}

}  // namespace doorward::plugin_host
