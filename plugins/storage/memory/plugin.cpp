// storage/memory as a plugin.
#include "memory_store.hpp"

namespace memory_store {

constexpr std::span<const sdk::Setting> no_settings;

}  // namespace memory_store

DOORWARD_STORAGE_PLUGIN(memory_store::MemoryStore, "memory", "1.0.0",
                        "Keeps everything in this process until it ends: for tests and a first look",
                        memory_store::no_settings, 0)
