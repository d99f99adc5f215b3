#include "folder.hpp"
