#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>

#include <memory>
#include <stop_token>
#include <string>

namespace sealift::oci {

inline constexpr std::string_view kLayoutLockFile = ".sealift.lock";

// The lock under which a layout's index.json changes, sessions begin and garbage is collected; held
// until the handle goes. Waits for 30 s: kUnavailable then; kCancelled, kIo.
Result<std::shared_ptr<void>> lock_layout(const std::string& directory, FileSystem& files,
                                          Clock& clock, std::stop_token stop);

}  // namespace sealift::oci
