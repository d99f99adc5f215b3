// Work that may block, done by a thread of nginx's pool while the event loop goes on.
//
// While a job is out, nginx's `blocked` counter keeps the request and its memory alive even if the client goes away;
// and a timer keeps a worker that was told to quit from leaving before the answer is given.
#pragma once
#include "nginx/nginx.hpp"

namespace doorward::nginx {

struct Offload {
  virtual ~Offload() = default;
  virtual void work() noexcept = 0;  // [a pool thread] may touch nothing of nginx that could change meanwhile
  virtual void finished() noexcept = 0;  // [the event loop] before the request's write handler is called

  ngx_http_request_t* request = nullptr;
  ngx_event_t guard{};
};

// Hands the job to the pool; it must live in the request's memory. False: the queue is full, or no memory.
bool start_on_thread(ngx_http_request_t* r, Offload& job) noexcept;

}  // namespace doorward::nginx
