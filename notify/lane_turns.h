#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sealift::notify {

// Which lane a sink sends from next: the lanes take turns, and one whose event failed waits alone.
// Where one lane after the other fails, it is the receiver that is away, and all wait: the longer,
// the more of them have failed since one succeeded.
class LaneTurns {
 public:
  // The first of `lanes` (in alphabetical order) behind the one that had the last turn that need
  // not wait; nullopt where all must.
  std::optional<std::string> choose(const std::vector<std::string>& lanes, SteadyTime now) const;
  // When choose() may find one of them that had to wait; nullopt where none has to.
  std::optional<SteadyTime> next_time(const std::vector<std::string>& lanes) const;

  // True where the lane had failed before.
  bool succeeded(const std::string& lane);
  // `chance` as in Backoff; `retry_after` is what the receiver asked for, of everybody. True for
  // the lane's first failure in a row.
  bool failed(const std::string& lane, SteadyTime now, double chance,
              std::optional<std::chrono::seconds> retry_after);

 private:
  struct Failing {
    std::uint32_t failures = 0;
    SteadyTime until;
  };

  std::string last_;
  std::map<std::string, Failing> failing_;
  std::set<std::string> failed_since_success_;  // of any lane
  SteadyTime all_wait_until_{};
};

}  // namespace sealift::notify
