// What places ask of those who come: `--protect /intranet:role=administrator:fresh=15m` lets in who is signed in and
// fits, `--optional /shop` everybody, and tells the application who it is. Elsewhere nobody is asked.
#pragma once
#include <doorward/host.h>

#include <deque>
#include <string>
#include <string_view>

namespace doorward::server {

class Protections {
 public:
  // The texts of the options. Throw std::invalid_argument with a sentence for what isn't written so, or names a place
  // a second time.
  void protect(std::string_view text);
  void optional(std::string_view text);

  // The rule of the longest place that holds `path`; null where there is none. Valid as long as this object is; any
  // thread.
  const doorward_rule* rule_for(std::string_view path) const noexcept;

 private:
  struct Protection {
    std::string place;  // without a slash at its end; "" is the whole site
    std::string role;
    doorward_rule rule;
  };
  Protection& add(std::string_view option, std::string_view place);

  std::deque<Protection> protections_;  // rules point into it, so that nothing may move
};

}  // namespace doorward::server
