// The sites whose e-mails a person wants (M22). What is written to a person because of their account, such as that a password
// was changed, isn't asked of this.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace doorward::records {

struct Notifications {
  enum class Choice { all, selected, none };

  Choice choice = Choice::all;
  std::vector<std::string>
      sites;  // of `selected`: keys, sorted; also those that aren't among the settings any more

  bool wants(std::string_view site) const;

  // As an account keeps it: empty for all, "none", or keys with commas between.
  static Notifications read(std::string_view text);
  std::string text() const;
};

}  // namespace doorward::records
