#include <doorward/host.h>
extern "C" const doorward_host* doorward_host_v1(void) { return nullptr; }
