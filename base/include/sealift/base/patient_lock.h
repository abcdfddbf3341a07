#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

namespace sealift {

// FileSystem::lock(), waiting as long as `patience` for another process that holds it: kUnavailable
// then. kCancelled where the stop comes first; kConflict, kIo.
Result<std::shared_ptr<void>> lock_patiently(FileSystem& files, const std::string& path,
                                             Clock& clock, std::chrono::seconds patience,
                                             const std::stop_token& stop);

}  // namespace sealift
