// Forms with a file: one reading, or none (SECURITY T029, T185).
#include "http/multipart.hpp"

#include <gtest/gtest.h>

namespace doorward::http {
namespace {

using namespace std::string_literals;

constexpr const char* type = "multipart/form-data; boundary=b";

std::string text_part(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}
std::string file_part(const std::string& name, const std::string& file_name, const std::string& bytes) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + file_name +
         "\"\r\nContent-Type: image/png\r\n\r\n" + bytes + "\r\n";
}
std::string part_with(const std::string& head) { return "--b\r\n" + head + "\r\n\r\nx\r\n"; }
const std::string end = "--b--\r\n";

void refuses(const std::string& body, int status = 400, const std::string& content_type = type) {
  const auto upload = parse_multipart(body, content_type);
  ASSERT_FALSE(upload) << body.substr(0, 80);
  EXPECT_EQ(upload.error().status, status) << body.substr(0, 80);
}

TEST(Multipart, IsReadAsBrowsersWriteIt) {
  const std::string bytes = "\x89PNG\r\n\x1a\n\0--b\r\n--c\r\n-\r\n\r\n--"s;
  const std::string body =
      text_part("csrf", "abc") + text_part("empty", "") + file_part("picture", "a (1).png", bytes) + end;
  for (const char* content_type : {type, "multipart/form-data;boundary=\"b\"",
                                   "Multipart/Form-Data; Boundary=b", "multipart/form-data ; boundary=b "}) {
    const auto upload = parse_multipart(body, content_type);
    ASSERT_TRUE(upload) << content_type;
    EXPECT_EQ(upload->fields["csrf"], "abc");
    EXPECT_TRUE(upload->fields.has("empty"));
    EXPECT_EQ(upload->fields.size(), 2U);
    EXPECT_EQ(upload->file_field, "picture");
    EXPECT_EQ(upload->file, bytes);
  }
}

TEST(Multipart, WithoutAFileIsAForm) {
  const auto upload = parse_multipart(text_part("a", "b") + "--b--", type);
  ASSERT_TRUE(upload);
  EXPECT_FALSE(upload->file);
  EXPECT_TRUE(parse_multipart("--b--\r\n", type)) << "nothing was filled in";
}

TEST(Multipart, HasABoundaryThatItMayHave) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(70, 'x')),
            std::string(70, 'x'));
  for (const std::string& bad :
       {"multipart/form-data"s, "multipart/form-data; boundary="s, "multipart/form-data; boundary=\"\""s,
        "multipart/form-data; boundary=" + std::string(71, 'x'),
        "multipart/form-data; boundary=" + std::string(1 << 20, 'x'),
        "multipart/form-data; boundary=b; boundary=c"s, "multipart/form-data; boundary=b; charset=x"s,
        "multipart/form-data; charset=x; boundary=b"s, "multipart/form-data; boundary=\"b"s,
        "multipart/form-data; boundary=a b"s, "multipart/form-data; boundary=a\r\nb"s,
        "multipart/form-data; boundary=a\0b"s, "multipart/mixed; boundary=b"s,
        "multipart/form-data boundary=b"s, "multipart/form-data; x=y"s, ""s}) {
    EXPECT_FALSE(multipart_boundary(bad)) << bad.substr(0, 60);
    refuses(text_part("a", "b") + end, 400, bad);
  }
}

TEST(Multipart, EndsWhereItSaysAndBeginsThere) {
  const std::string good = text_part("a", "b");
  for (const std::string& bad :
       {""s, "x"s, good, good + "--b"s, good + "--b-"s, good + "--c--\r\n", "\r\n" + good + end,
        "preamble\r\n" + good + end, good + end + "epilogue", good + end + "\r\n", good + "--b  \r\n" + end,
        "--b\r\n"s + end, good + "--b\n" + end, file_part("p", "a", "x").substr(0, 90)}) {
    refuses(bad);
  }
}

TEST(Multipart, HasEachFieldOnceAndOneFile) {
  refuses(text_part("a", "1") + text_part("a", "2") + end);
  refuses(file_part("a", "x", "1") + file_part("b", "x", "2") + end);
  refuses(file_part("a", "x", "1") + text_part("a", "2") + end);
  refuses(text_part("a", "2") + file_part("a", "x", "1") + end);
}

TEST(Multipart, HoldsTextsThatAreTexts) {
  for (const std::string& bad : {"\xff"s, "a\0b"s, "\xed\xa0\x80"s}) refuses(text_part("a", bad) + end);
}

TEST(Multipart, DescribesItsPartsPlainly) {
  for (const std::string& head :
       {""s, "Content-Type: text/plain"s, "Content-Disposition: attachment; name=\"a\""s,
        "Content-Disposition: form-data"s, "Content-Disposition: form-data; name=\"\""s,
        "Content-Disposition: form-data; name=\"a"s,
        "Content-Disposition: form-data; name=\"a\"; name=\"b\""s,
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\""s,
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64"s,
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: multipart/mixed; boundary=c"s,
        "Content-Disposition: form-data;\r\n name=\"a\""s,
        "Content-Disposition: form-data; name=\"a\"; filename*=UTF-8''a"s,
        "Content-Disposition: form-data; name=\"a\"x"s, "Content-Disposition: form-data; name=\"a\0\""s,
        "Content-Disposition: form-data; name=\"" + std::string(65, 'a') + "\"",
        "X: " + std::string(2000, 'x') + "\r\nContent-Disposition: form-data; name=\"a\"", "no colon"s}) {
    refuses(part_with(head) + end);
  }
}

TEST(Multipart, TakesNoFileNameThatIsAPlace) {  // T185
  for (const std::string& bad :
       {"../../x"s, "a\0.png"s, "CON"s, "nul.png"s, "com1"s, "Lpt9.jpg"s, "con .png"s, std::string(256, 'a'),
        std::string(1 << 16, 'a'), "a/b"s, "a\\b"s, ".."s, "."s, "a\x1b[0m"s, "a\u202e.png"s}) {
    refuses(file_part("p", bad, "x") + end);
  }
  EXPECT_TRUE(parse_multipart(file_part("p", "", "") + end, type)) << "no file was chosen";
}

TEST(Multipart, TakesAnyNameThatAFileMayHave) {  // T185: it is used for nothing
  std::string long_name;
  for (int i = 0; i < 255; ++i) long_name += "\xf0\x9f\x98\x80";
  for (const std::string& name :
       {std::string(255, 'a'), long_name, "...png"s, "com10.png"s, "contour.png"s, "lpt.png"s})
    EXPECT_TRUE(parse_multipart(file_part("p", name, "x") + end, type)) << name;
}

TEST(Multipart, IsNotTooLong) {
  std::string many;
  for (int i = 0; i < 10000; ++i) many += text_part("f" + std::to_string(i), "");
  refuses(many + end);
  refuses(text_part("a", std::string(max_form_bytes + 1, 'x')) + end, 413);
  refuses(text_part("a", std::string(max_form_bytes, 'x')) + text_part("b", "x") + end, 413);
  refuses(file_part("p", "x", std::string(max_file_bytes + 1, 'x')) + end, 413);
  refuses(std::string(max_upload_bytes + 1, '-'), 413);
  EXPECT_TRUE(parse_multipart(file_part("p", "x", std::string(max_file_bytes, 'x')) + end, type));
}

}  // namespace
}  // namespace doorward::http
