#pragma once

#include <sealift/builder/render.h>

namespace sealift::program {

// What a build may use of this machine: its files, $TMPDIR, and the programs on $PATH.
builder::BuildEnvironment build_environment();

}  // namespace sealift::program
