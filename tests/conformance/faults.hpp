// Faults of the disk under a plugin. The kit itself defines write(2), fsync(2), open(2) and their like, so that every
// library in its process calls these; for files of one folder they count, and at a chosen operation fail, kill the
// process or cut the power. Power loss is played: each sync keeps a copy of what is safe from then on, and the cut
// puts the files back to that, block by block, where some later blocks may have reached the disk too.
#pragma once
#include <string>

namespace kit::faults {

enum class Effect {
  count,         // nothing happens, operations are counted
  fails,         // this one fails: no space, an input/output error, permission denied
  fails_on,      // this one and all later ones
  kills,         // the process is killed before it
  kills_inside,  // of a write only the first half is done, then the process is killed
  power_cut,     // only what was synced is left
  power_torn     // what was synced is left, and by lot some of what was written since
};
enum class Operation {
  write,
  sync,
  open,
  any
};  // write: also truncating; open: for writing; any: and unlink

// From now on, in this process: the nth (from 1) such operation on files below `folder`. Real syncs are left out, since
// a killed process leaves its pages to the system, and a cut is played.
void arm(const std::string& folder, Operation operation, unsigned nth, Effect effect);
void disarm();
unsigned seen();  // matching operations since arm()
bool struck();    // the effect came about

}  // namespace kit::faults
