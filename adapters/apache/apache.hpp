// Apache's own headers, which know nothing of C++. Every file here includes them through this one.
#pragma once

#include <httpd.h>
#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>

#include <string>
#include <string_view>

extern "C" {
extern module AP_MODULE_DECLARE_DATA doorward_module;
}
APLOG_USE_MODULE(doorward);

namespace doorward::apache {

inline std::string_view view(const char* text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

inline char* copy(apr_pool_t* pool, std::string_view text) noexcept {
  return apr_pstrmemdup(pool, text.empty() ? "" : text.data(), text.size());  // null is not copied to ""
}

// A C++ object that is destroyed with the pool.
template <typename T, typename... Arguments>
T* make_in(apr_pool_t* pool, Arguments&&... arguments) {
  auto* object = new (apr_palloc(pool, sizeof(T))) T(std::forward<Arguments>(arguments)...);
  apr_pool_cleanup_register(
      pool, object,
      [](void* data) {
        static_cast<T*>(data)->~T();
        return apr_status_t{APR_SUCCESS};
      },
      apr_pool_cleanup_null);
  return object;
}

}  // namespace doorward::apache
