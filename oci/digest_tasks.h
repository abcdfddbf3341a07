#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

namespace sealift::oci {

// Work that many threads want done once for each digest.
class DigestTasks {
 public:
  // Runs the task, or waits for the thread that does and returns what it returned. A task may ask
  // for others of which it is no part, as manifests ask for what they name.
  Result<> once(const Digest& digest, const std::function<Result<>()>& task);
  // Whether anybody wanted the work of this digest done.
  bool knows(const Digest& digest);

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::map<Digest, std::optional<Result<>>> tasks_;  // nullopt: under way
};

}  // namespace sealift::oci
