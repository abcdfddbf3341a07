#include "build_machine.h"

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>

#include <string>

#include "environment_variable.h"

namespace sealift::program {
namespace {

std::string value_or(const char* name, const char* otherwise) {
  auto value = environment_variable(name);
  return value.empty() ? otherwise : value;
}

}  // namespace

builder::BuildEnvironment build_environment() {
  return {system_files(), system_random(), value_or("TMPDIR", "/tmp"),
          value_or("PATH", "/usr/bin:/bin")};
}

}  // namespace sealift::program
