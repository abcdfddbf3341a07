#pragma once

#include <sealift/base/clock.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::artifacts {

// Who follows which reference, so that a new digest reaches all of them at once. The caller holds
// the lock.
class ReferenceWatchers {
 public:
  // `key` stands for one reference and one way to it. An empty `tag` stands for a range.
  void watch(const std::string& key, const std::string& repository, const std::string& tag,
             const std::string& watcher, SteadyTime until);
  std::vector<std::string> of(const std::string& key) const;
  // The keys that a change of this tag (empty: of any) may concern.
  std::vector<std::string> keys(std::string_view repository, std::string_view tag) const;
  // Forgets those whose time is over.
  void forget(SteadyTime now);

 private:
  struct Watched {
    std::string repository;
    std::string tag;
    std::map<std::string, SteadyTime> watchers;  // until when
  };
  std::map<std::string, Watched> watched_;
};

}  // namespace sealift::artifacts
