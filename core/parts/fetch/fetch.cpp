// The part `fetch`: libcurl, for what another server is asked. One request, one answer, nothing kept between them.
#include <curl/curl.h>
#include <parts/part.h>

#include <array>
#include <memory>
#include <new>
#include <string>
#include <string_view>

namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Lines = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Body {
  std::string bytes;
  std::size_t most;
};

template <class Value>
void set(const Easy& curl, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(curl.get(), option, value);
  if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  if (code != CURLE_OK) throw std::string(curl_easy_strerror(code));
}

Lines lines(std::string_view text) {
  Lines made(nullptr, &curl_slist_free_all);
  while (!text.empty()) {
    const std::string line(text.substr(0, text.find('\n')));
    curl_slist* longer = curl_slist_append(made.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(made.release());
    made.reset(longer);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return made;
}

// Less than what came ends the transfer.
std::size_t take(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& body = *static_cast<Body*>(self);
  const std::size_t more = size * count;
  if (more > body.most - body.bytes.size()) return 0;
  try {
    body.bytes.append(data, more);
    return more;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

// Throws a sentence.
std::string fetch(const doorward_fetch_wish& wish) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) throw std::string(curl_easy_strerror(ready));
  const Easy curl(curl_easy_init(), &curl_easy_cleanup);
  if (curl == nullptr) throw std::bad_alloc();
  const Lines headers = lines(wish.headers);
  Body body{{}, wish.max_size};
  std::array<char, CURL_ERROR_SIZE> error{};
  set(curl, CURLOPT_ERRORBUFFER, error.data());
  set(curl, CURLOPT_URL, wish.url);
  set(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  set(curl, CURLOPT_HTTPHEADER, headers.get());
  set(curl, CURLOPT_PROXY, "");  // whatever the server's environment says
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (*wish.ca_file != '\0') {
    set(curl, CURLOPT_CAINFO, wish.ca_file);
    set(curl, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // these authorities alone
  }
  set(curl, CURLOPT_TIMEOUT_MS, wish.timeout_ms);
  set(curl, CURLOPT_WRITEFUNCTION, &take);
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&body));
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_WRITE_ERROR) throw std::string("the answer is too long");
  if (code != CURLE_OK) throw std::string(error[0] != '\0' ? error.data() : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) throw "it answers with status " + std::to_string(status);
  return std::move(body.bytes);
}

}  // namespace

__attribute__((visibility("default"))) int doorward_fetch_v1(const doorward_fetch_wish* wish, void* self,
                                                             doorward_part_put put) {
  const auto fail = [&](std::string_view why) {
    put(self, why.data(), why.size());
    return DOORWARD_FETCH_FAILED;
  };
  try {
    const std::string body = fetch(*wish);
    put(self, body.data(), body.size());
    return DOORWARD_FETCHED;
  } catch (const std::string& why) {
    return fail(why);
  } catch (...) {
    return fail("no memory");
  }
}
