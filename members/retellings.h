#pragma once

#include <sealift/base/clock.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "watch_key.h"

namespace sealift::members {

// When running watches tell everything once more because somebody asks for it. What tenants write
// leads to such questions, so none of them cuts short what a watch is telling, and all of them
// together take a tenth of its time, with rests of 30 s at most. Only in a watch's first minute is
// there no rest: a puller that starts gets to know its Deliveries one after the other. Pure: the
// time is an argument.
class Retellings {
 public:
  // A watch that has just begun to run, and will tell everything without being asked.
  void add(const WatchKey& key, SteadyTime now);
  // It runs no more.
  void remove(const WatchKey& key);
  // It tells everything from here.
  void on_begun(const WatchKey& key, SteadyTime now);
  // It has told everything.
  void on_told(const WatchKey& key, SteadyTime now);

  // Everything shall be told from a start that is yet to come. Nothing where the watch does not
  // run.
  void ask(const WatchKey& key);
  void ask(const WatchKey& key, const std::string& applyset_id);
  // Whether the set has asked, and not been answered.
  bool is_awaited(const WatchKey& key, const std::string& applyset_id) const;

  // When take_due() has something, if nothing else happens. Nullopt: never.
  std::optional<SteadyTime> next_due() const;
  // The watches to restart now.
  std::vector<WatchKey> take_due(SteadyTime now);

 private:
  struct Watch {
    SteadyTime added;
    bool telling = true;      // or told to
    std::uint64_t begun = 0;  // how often
    SteadyTime began;
    SteadyTime rests_until;
    std::map<std::string, std::uint64_t> awaited_by;  // and which beginning is good enough
  };

  std::map<WatchKey, Watch> watches_;
  std::set<WatchKey> asked_;
};

}  // namespace sealift::members
