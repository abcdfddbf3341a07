#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace sealift::artifacts {

// Agrees between those who use a name and one who would remove what it stands for: a pinned name is
// not removed, and whoever pins one that is just being removed waits for that. Handles must not
// outlive the object. Safe from many threads.
class RemovalPins {
 public:
  std::shared_ptr<void> pin(const std::string& name);
  // Null where the name is pinned. Otherwise it may be removed as long as the handle lives, which
  // should be short.
  std::shared_ptr<void> begin_removal(const std::string& name);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::size_t> pinned_;  // how many times
  std::set<std::string> removing_;
};

}  // namespace sealift::artifacts
