#include "exit_code.h"

namespace sealift::program {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return kNotFound;
    case ErrorCode::kUnauthenticated:
    case ErrorCode::kForbidden:
      return kDenied;
    case ErrorCode::kUnavailable:
      return kUnavailable;
    case ErrorCode::kUntrusted:
      return kUntrusted;
    case ErrorCode::kInvalidInput:
      return kInvalidInput;
    case ErrorCode::kConflict:
      return kConflict;
    case ErrorCode::kCancelled:
      return kCancelled;
    case ErrorCode::kIo:
      return kFailure;
  }
  return kFailure;
}

}  // namespace sealift::program
