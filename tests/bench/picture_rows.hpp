// The files that doorward-bench-pictures measures: ordinary pictures, and the worst of every kind that could be thought of.
#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace doorward::bench {

inline constexpr std::size_t most_bytes = std::size_t{2} * 1024 * 1024;  // of a file that somebody sends

struct PictureRow {
  std::string what;
  std::function<std::string()> file;  // the same bytes at every call
};

std::vector<PictureRow> jpeg_rows();
std::vector<PictureRow> png_rows();
std::vector<PictureRow> webp_rows();
std::vector<std::string> one_of_each_kind();  // small ones

}  // namespace doorward::bench
