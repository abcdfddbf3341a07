#pragma once

#include <sealift/base/error.h>

namespace sealift::program {

// What both programs end with; docs/exit-codes.md is the same list for people.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,    // the local machine failed (io)
  kUsage = 2,      // a flag or argument is wrong
  kUntrusted = 3,  // a policy, a signature or a digest said no
  kNotFound = 4,
  kDenied = 5,       // unauthenticated or forbidden
  kUnavailable = 6,  // may be tried again
  kInvalidInput = 7,
  kConflict = 8,
  kCancelled = 9,  // interrupted, or a deadline passed
};

ExitCode exit_code_of(ErrorCode code);

}  // namespace sealift::program
