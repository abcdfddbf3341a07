#include "layout_lock.h"

#include <sealift/base/patient_lock.h>

namespace sealift::oci {

Result<std::shared_ptr<void>> lock_layout(const std::string& directory, FileSystem& files,
                                          Clock& clock, std::stop_token stop) {
  constexpr std::chrono::seconds kPatience{30};
  return lock_patiently(files, join_path(directory, kLayoutLockFile), clock, kPatience, stop);
}

}  // namespace sealift::oci
