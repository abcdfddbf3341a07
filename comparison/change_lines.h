#pragma once

#include <sealift/comparison/comparison.h>

#include <vector>

#include "line_diff.h"

namespace sealift::comparison {

// One object's change as lines of a diff, each fit to be looked at: a pair of '-' and '+' with the
// field's path and value, values in one column; fields of several lines under their path as '@';
// the whole of an object that is new or gone.
std::vector<DiffLine> change_lines(const ObjectChange& change);

}  // namespace sealift::comparison
