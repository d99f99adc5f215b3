#include "nginx/offload.hpp"

#include "nginx/settings.hpp"

namespace doorward::nginx {
namespace {

constexpr ngx_msec_t guard_time = 60'000;

void on_thread(void* data, ngx_log_t*) { (*static_cast<Offload**>(data))->work(); }

void overdue(ngx_event_t* event) {
  ngx_log_error(NGX_LOG_ALERT, event->log, 0, "doorward: a job of the engine takes longer than 60 s");
}

void back_on_loop(ngx_event_t* event) {
  auto& job = *static_cast<Offload*>(event->data);
  ngx_http_request_t* r = job.request;
  ngx_connection_t* c = r->connection;
  ngx_http_set_log_request(c->log, r);
  if (job.guard.timer_set) {
    ngx_del_timer(&job.guard);
  }
  r->main->blocked--;
  r->aio = 0;
  job.finished();
#if nginx_version >= 1025004
  const bool over = r->done || r->main->terminated;
#else
  const bool over = r->done;
#endif
  if (over) {
    c->write->handler(c->write);
    return;
  }
  r->write_event_handler(r);
  ngx_http_run_posted_requests(c);
}

}  // namespace

bool start_on_thread(ngx_http_request_t* r, Offload& job) noexcept {
  ngx_thread_task_t* task = ngx_thread_task_alloc(r->pool, sizeof(Offload*));
  if (task == nullptr) {
    return false;
  }
  job.request = r;
  *static_cast<Offload**>(task->ctx) = &job;
  task->handler = on_thread;
  task->event.handler = back_on_loop;
  task->event.data = &job;
  if (ngx_thread_task_post(http_conf(r).pool, task) != NGX_OK) {
    return false;
  }
  r->main->blocked++;
  r->aio = 1;
  job.guard.handler = overdue;
  job.guard.data = &job;
  job.guard.log = r->connection->log;
  ngx_add_timer(&job.guard, guard_time);
  return true;
}

}  // namespace doorward::nginx
