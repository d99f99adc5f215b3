// Scripts lose what only their authors need, and nothing that says something.
#include "pages/script.hpp"

#include <gtest/gtest.h>

namespace doorward::pages {
namespace {

TEST(Scripts, LoseCommentsEmptyLinesAndWhatTheyAreSetInBy) {
  EXPECT_EQ(
      squeezed_script("// What it is for.\n\nfor (const one of all) {\n  // each\n\tdo_it(one);\r\n}\n"),
      "for (const one of all) {\ndo_it(one);\r\n}\n");
  EXPECT_EQ(squeezed_script("  a();"), "a();\n");
  EXPECT_EQ(squeezed_script("a(); // here it stays\nb('// and here');\n"),
            "a(); // here it stays\nb('// and here');\n");
  EXPECT_EQ(squeezed_script("// nothing else"), "");
  EXPECT_EQ(squeezed_script("  \n"), "");
  EXPECT_EQ(squeezed_script(""), "");
}

TEST(Scripts, KeepLinesThatMayBePartOfSomething) {
  for (const char* whole : {"a(`one\n  // two`);\n", "/*\n  // one\n*/\n  a();\n", "a('one \\\n  // two');\n",
                            "a('one \\\r\n  // two');\n"})
    EXPECT_EQ(squeezed_script(whole), whole);
}

}  // namespace
}  // namespace doorward::pages
