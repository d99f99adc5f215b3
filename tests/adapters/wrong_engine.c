/* An engine made for another border, and nothing behind it. */
#include <doorward/host.h>

static const doorward_host table = {
    .size = sizeof(doorward_host), .abi = DOORWARD_HOST_ABI + 41, .version = "wrong"};

const doorward_host* doorward_host_v1(void) { return &table; }
