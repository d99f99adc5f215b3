// A thread of our own takes no signals: they are the web server's.
#pragma once
#include <functional>
#include <thread>

namespace storage_common {

std::thread quiet_thread(std::function<void()> work);  // throws std::system_error

}  // namespace storage_common
