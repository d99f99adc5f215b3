#include "nginx/pages.hpp"

#include "embedding/text.hpp"
#include "nginx/answer.hpp"
#include "nginx/offload.hpp"
#include "nginx/pool.hpp"
#include "nginx/request.hpp"

#include <algorithm>

namespace doorward::nginx {
namespace {

constexpr auto unavailable =
    "The accounts service is not available at the moment. Please try again shortly.\n";

struct PageJob final : Offload {
  const doorward_host* host = nullptr;
  doorward_engine* engine = nullptr;
  doorward_request asked{};
  embedding::Answer answer;
  bool answered = false;

  void work() noexcept override {
    const auto response = answer.sink();
    answered = host->handle(engine, &asked, &response) == DOORWARD_OK && answer.usable();
  }
  void finished() noexcept override { back = true; }

  bool back = false;
};

// While a page is made, its job is what this module keeps of the request. Includes share the pool of the request that they
// belong to, and may be of Doorward's pages too.
PageJob* job_of(ngx_http_request_t* r) noexcept {
  for (auto* cleanup = r->pool->cleanup; cleanup != nullptr; cleanup = cleanup->next) {
    if (cleanup->handler != destroy_in_pool<PageJob>) {
      continue;
    }
    if (auto* job = static_cast<PageJob*>(cleanup->data); job->request == r) {
      return job;
    }
  }
  return nullptr;
}

void answer_page(ngx_http_request_t* r) {
  const auto* job = job_of(r);
  if (job == nullptr || !job->back) {
    return;  // a write event of the connection, not the end of the job
  }
  r->write_event_handler = ngx_http_request_empty_handler;
  if (job->answered) {
    send(r, job->answer);
    return;
  }
  ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "doorward: the engine did not answer");
  send_plain(r, NGX_HTTP_SERVICE_UNAVAILABLE, unavailable);
}

bool read_buffer(const ngx_buf_t& buffer, char* to, size_t size) noexcept {
  if (!buffer.in_file) {
    ngx_memcpy(to, buffer.pos, size);
    return true;
  }
  return ngx_read_file(buffer.file, reinterpret_cast<u_char*>(to), size, buffer.file_pos) ==
         static_cast<ssize_t>(size);
}

// The whole body as one text. False: no memory, or a temporary file that can't be read.
bool collect_body(ngx_http_request_t* r, doorward_text& body) noexcept {
  body = {nullptr, 0};
  // An include has none: what it could read is the body of the request that it belongs to.
  const auto* chain = r != r->main || r->request_body == nullptr ? nullptr : r->request_body->bufs;
  size_t size = 0;
  for (const auto* link = chain; link != nullptr; link = link->next) {
    size += static_cast<size_t>(ngx_buf_size(link->buf));
  }
  if (size == 0) {
    return true;
  }
  auto* whole = static_cast<char*>(ngx_pnalloc(r->pool, size));
  if (whole == nullptr) {
    return false;
  }
  auto* to = whole;
  for (const auto* link = chain; link != nullptr; link = link->next) {
    // An empty last buffer has neither memory nor file.
    const auto part = static_cast<size_t>(ngx_buf_size(link->buf));
    if (part > 0 && !read_buffer(*link->buf, to, part)) {
      return false;
    }
    to += part;
  }
  body = {whole, size};
  return true;
}

// Asks the engine, of a body that is here, or that is being read past. Gives back a count of the request, by its answer.
void ask_engine(ngx_http_request_t* r) {
  const auto& site = *site_of(r);
  auto* visitor = visitor_of(r);
  auto* job = make_in<PageJob>(r->pool);
  if (visitor == nullptr || job == nullptr || !describe(r, *visitor, job->asked) ||
      !collect_body(r, job->asked.body)) {
    ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    return;
  }
  if (job->asked.body.size > site.surface->max_body(view(r->uri))) {
    ngx_http_finalize_request(r, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
    return;
  }
  job->host = &site.engine->host();
  job->engine = site.engine->handle();
  if (!start_on_thread(r, *job)) {
    send_plain(r, NGX_HTTP_SERVICE_UNAVAILABLE, unavailable);
    return;
  }
  if (!r->discard_body) {
    r->read_event_handler = ngx_http_test_reading;
  }
  r->write_event_handler = answer_page;
}

bool is_too_long(const ngx_http_request_t* r, const embedding::Surface& surface) noexcept {
  return r == r->main && r->headers_in.content_length_n > 0 &&
         static_cast<std::uint64_t>(r->headers_in.content_length_n) > surface.max_body(view(r->uri));
}

// A file of somebody who is signed in: the engine has words for it, and needs none of its bytes.
ngx_int_t ask_without_body(ngx_http_request_t* r) {
  if (const auto rc = discard_body(r); rc != NGX_OK) {
    return rc;
  }
  r->main->count++;  // ask_engine() gives one back, and so does our caller
  ask_engine(r);
  return NGX_DONE;
}

ngx_int_t serve_page(ngx_http_request_t* r) {
  const auto& site = *site_of(r);
  if (site.engine == nullptr) {
    if (const auto rc = discard_body(r); rc != NGX_OK) {
      return rc;
    }
    r->main->count++;  // send_plain() gives one back, and so does our caller
    send_plain(r, NGX_HTTP_SERVICE_UNAVAILABLE, unavailable);
    return NGX_DONE;
  }
  if (is_too_long(r, *site.surface)) {
    return site.surface->takes_upload(view(r->uri)) ? ask_without_body(r) : NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
  }
  const auto rc = ngx_http_read_client_request_body(r, ask_engine);
  return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}

}  // namespace

bool take_over(ngx_http_request_t* r, const Site& site) noexcept {
  const auto* core =
      static_cast<ngx_http_core_loc_conf_t*>(ngx_http_get_module_loc_conf(r, ngx_http_core_module));
  auto* limits = static_cast<ngx_http_core_loc_conf_t*>(ngx_palloc(r->pool, sizeof *core));
  auto** confs = static_cast<void**>(ngx_palloc(r->pool, ngx_http_max_module * sizeof(void*)));
  if (limits == nullptr || confs == nullptr) {
    return false;
  }
  auto max_body = static_cast<off_t>(std::max<std::uint64_t>(site.surface->max_body(view(r->uri)), 1));
  if (core->client_max_body_size > 0) {  // 0: the site's own has no limit
    max_body = std::min(max_body, core->client_max_body_size);
  }
  *limits = *core;
  limits->client_max_body_size = max_body;
  // A form is held in memory, since it may have a password in it. A file waits on the disk until it is there: else whoever
  // sends one slowly would hold as much memory.
  if (!site.surface->takes_upload(view(r->uri))) {
    limits->client_body_buffer_size = static_cast<size_t>(max_body);
  }
  limits->client_body_in_file_only = 0;
  limits->client_body_in_single_buffer = 1;
  std::copy_n(r->loc_conf, ngx_http_max_module, confs);
  confs[ngx_http_core_module.ctx_index] = limits;
  r->loc_conf = confs;
  // What nginx has already taken over from the location's own settings.
  r->request_body_in_single_buf = 1;
  r->request_body_in_file_only = 0;
  r->request_body_in_persistent_file = 0;
  r->request_body_in_clean_file = 0;
  r->content_handler = serve_page;
  return true;
}

}  // namespace doorward::nginx
