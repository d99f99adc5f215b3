#include "nginx/headers.hpp"

#include "nginx/visitor.hpp"

#include <cstddef>
#include <cstring>

namespace doorward::nginx {
namespace {

// nginx has short cuts to headers it knows; a header that is dropped must not be found through them any more.
#if nginx_version < 1023000
void forget_in(ngx_array_t& array, const ngx_table_elt_t* header) noexcept {
  auto** all = static_cast<ngx_table_elt_t**>(array.elts);
  ngx_uint_t kept = 0;
  for (ngx_uint_t i = 0; i < array.nelts; ++i) {
    if (all[i] != header) {
      all[kept++] = all[i];
    }
  }
  array.nelts = kept;
}

void forget_cookie(ngx_http_request_t* r, const ngx_table_elt_t* header) noexcept {
  forget_in(r->headers_in.cookies, header);
}

void forget_at(ngx_http_request_t* r, size_t offset, const ngx_table_elt_t* header) noexcept {
#if (NGX_HTTP_X_FORWARDED_FOR)
  if (offset == offsetof(ngx_http_headers_in_t, x_forwarded_for)) {
    forget_in(r->headers_in.x_forwarded_for, header);
    return;
  }
#endif
  auto** single = reinterpret_cast<ngx_table_elt_t**>(reinterpret_cast<char*>(&r->headers_in) + offset);
  if (*single == header) {
    *single = nullptr;
  }
}
#else
void forget_at(ngx_http_request_t* r, size_t offset, const ngx_table_elt_t* header) noexcept {
  auto** link = reinterpret_cast<ngx_table_elt_t**>(reinterpret_cast<char*>(&r->headers_in) + offset);
  while (*link != nullptr && *link != header) {
    link = &(*link)->next;
  }
  if (*link != nullptr) {
    *link = header->next;
  }
}

void forget_cookie(ngx_http_request_t* r, const ngx_table_elt_t* header) noexcept {
  forget_at(r, offsetof(ngx_http_headers_in_t, cookie), header);
}
#endif

void forget(ngx_http_request_t* r, const ngx_table_elt_t* header) noexcept {
  auto* core =
      static_cast<ngx_http_core_main_conf_t*>(ngx_http_get_module_main_conf(r, ngx_http_core_module));
  const auto* known = static_cast<ngx_http_header_t*>(
      ngx_hash_find(&core->headers_in_hash, header->hash, header->lowcase_key, header->key.len));
  if (known != nullptr) {
    forget_at(r, known->offset, header);
  }
}

// nginx's list with some elements left out. The others stay where they are, since pointers to them are about:
// each run of neighbours becomes a part of its own.
class Runs {
 public:
  Runs(ngx_list_t& list, ngx_pool_t* pool) noexcept : list_(list), pool_(pool) {}

  bool add(ngx_table_elt_t* first, ngx_uint_t count) noexcept {
    if (count == 0) {
      return true;
    }
    ngx_list_part_t* part = &list_.part;
    if (last_ != nullptr) {
      part = static_cast<ngx_list_part_t*>(ngx_palloc(pool_, sizeof(ngx_list_part_t)));
      if (part == nullptr) {
        return false;
      }
      last_->next = part;
    }
    *part = {first, count, nullptr};
    last_ = part;
    return true;
  }

  bool finish() noexcept {
    if (last_ == nullptr) {
      return ngx_list_init(&list_, pool_, 4, sizeof(ngx_table_elt_t)) == NGX_OK;
    }
    list_.last = last_;
    list_.nalloc = last_->nelts;  // full: what lies behind the run is not free
    return true;
  }

 private:
  ngx_list_t& list_;
  ngx_pool_t* pool_;
  ngx_list_part_t* last_ = nullptr;
};

// A header that is to go has lost its lowcase_key.
bool is_dropped(const ngx_table_elt_t& header) noexcept { return header.lowcase_key == nullptr; }

bool leave_out_dropped(ngx_list_t& list, ngx_pool_t* pool) noexcept {
  Runs runs(list, pool);
  const ngx_list_part_t first = list.part;
  for (const auto* part = &first; part != nullptr; part = part->next) {
    auto* headers = static_cast<ngx_table_elt_t*>(part->elts);
    ngx_uint_t begin = 0;
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (is_dropped(headers[i])) {
        if (!runs.add(headers + begin, i - begin)) {
          return false;
        }
        begin = i + 1;
      }
    }
    if (!runs.add(headers + begin, part->nelts - begin)) {
      return false;
    }
  }
  return runs.finish();
}

enum class Fate { stays, goes, no_memory };

void note(Visitor& visitor, TakenCookie& cookie) noexcept {
  TakenCookie** end = &visitor.cookies;
  while (*end != nullptr) {
    end = &(*end)->next;
  }
  *end = &cookie;
  ++visitor.cookie_count;
}

Fate take_cookies(ngx_http_request_t* r, const embedding::Surface& surface,
                  ngx_table_elt_t& header) noexcept {
  const auto value = view(header.value);
  const auto mix = surface.look_at_cookies(value);
  if (!mix.ours) {
    return Fate::stays;
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return Fate::no_memory;
  }
  auto* cookie = visitor->cookie_count == 0
                     ? &visitor->first_cookie
                     : static_cast<TakenCookie*>(ngx_palloc(r->pool, sizeof(TakenCookie)));
  if (cookie == nullptr) {
    return Fate::no_memory;
  }
  *cookie = {nullptr, {value.data(), value.size()}, nullptr};
  note(*visitor, *cookie);
  if (!mix.others) {
    forget_cookie(r, &header);
    return Fate::goes;
  }
  auto* rest = static_cast<char*>(ngx_pnalloc(r->pool, value.size() + 1));
  if (rest == nullptr) {
    return Fate::no_memory;
  }
  const auto length = surface.without_own_cookies(value, rest);
  rest[length] = '\0';  // as nginx leaves its header values
  header.value = as_ngx({rest, length});
  cookie->header = &header;
  return Fate::stays;
}

Fate fate_of(ngx_http_request_t* r, const embedding::Surface& surface, ngx_table_elt_t& header) noexcept {
  if (surface.claims_header(view(header.key))) {
    forget(r, &header);
    return Fate::goes;
  }
  if (header.key.len == 6 && std::memcmp(header.lowcase_key, "cookie", 6) == 0) {
    return take_cookies(r, surface, header);
  }
  return Fate::stays;
}

}  // namespace

ngx_int_t clean_headers(ngx_http_request_t* r) noexcept {
  const auto* site = site_of(r);
  if (site == nullptr) {
    return NGX_DECLINED;
  }
  bool any_goes = false;
  for (auto* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
    auto* headers = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      const auto fate = fate_of(r, *site->surface, headers[i]);
      if (fate == Fate::no_memory) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
      }
      if (fate == Fate::goes) {
        headers[i].lowcase_key = nullptr;
        any_goes = true;
      }
    }
  }
  if (any_goes && !leave_out_dropped(r->headers_in.headers, r->pool)) {
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
  }
  return NGX_DECLINED;
}

}  // namespace doorward::nginx
