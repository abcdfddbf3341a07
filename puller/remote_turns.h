#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace sealift::puller {

// Which Deliveries into remote clusters are stepped. Such a cluster is its tenant's: it may answer
// as slowly as a request lasts, so the Deliveries of one namespace hold a part of the workers at
// most. Not safe from many threads.
class RemoteTurns {
 public:
  // `most`: steps of a namespace at a time.
  explicit RemoteTurns(std::size_t most) : most_(most) {}

  // "NAMESPACE/NAME". True: it is stepped now, and end() follows. False: an end() names it.
  bool begin(const std::string& id) {
    auto& turns = turns_[name_space_of(id)];
    if (turns.running < most_) {
      ++turns.running;
      return true;
    }
    auto& waiting = turns.waiting;
    if (std::find(waiting.begin(), waiting.end(), id) == waiting.end()) waiting.push_back(id);
    return false;
  }

  // Those that may begin again, in the order in which they came.
  std::deque<std::string> end(const std::string& id) {
    const auto turns = turns_.find(name_space_of(id));
    auto waiting = std::exchange(turns->second.waiting, {});
    if (--turns->second.running == 0) turns_.erase(turns);
    return waiting;
  }

 private:
  struct Turns {
    std::size_t running = 0;
    std::deque<std::string> waiting;
  };
  static std::string name_space_of(const std::string& id) { return id.substr(0, id.find('/')); }

  std::size_t most_;
  std::map<std::string, Turns> turns_;  // by namespace
};

}  // namespace sealift::puller
