// nginx's own headers, which know nothing of C++. Every file here includes them through this one.
#pragma once

extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_channel.h>
#include <ngx_event.h>
#include <ngx_http.h>
#include <ngx_thread_pool.h>
}

#if !(NGX_THREADS)
#error "Doorward needs an nginx that was built --with-threads"
#endif

#include <string_view>

namespace doorward::nginx {

inline std::string_view view(const ngx_str_t& s) noexcept {
  return {reinterpret_cast<const char*>(s.data), s.len};
}

// nginx never writes through the strings it is given here, its types just don't say so.
inline u_char* bytes(const char* s) noexcept { return reinterpret_cast<u_char*>(const_cast<char*>(s)); }
inline ngx_str_t as_ngx(std::string_view s) noexcept { return {s.size(), bytes(s.data())}; }

}  // namespace doorward::nginx
