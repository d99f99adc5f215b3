// A thread to which no signal is delivered: they are the host server's.
#pragma once
#include <functional>
#include <thread>

namespace doorward {

std::thread quiet_thread(std::function<void()> work);  // throws std::system_error

}  // namespace doorward
