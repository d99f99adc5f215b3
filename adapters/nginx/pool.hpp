// C++ objects in nginx's pools.
#pragma once
#include "nginx/nginx.hpp"

#include <new>

namespace doorward::nginx {

template <typename T>
void destroy_in_pool(void* object) {
  static_cast<T*>(object)->~T();
}

// A C++ object that is destroyed with the pool. Null: no memory.
template <typename T>
T* make_in(ngx_pool_t* pool) noexcept {
  ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
  if (cleanup == nullptr) {
    return nullptr;
  }
  auto* object = new (cleanup->data) T;
  cleanup->handler = destroy_in_pool<T>;
  return object;
}

}  // namespace doorward::nginx
