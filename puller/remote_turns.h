#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace sealift::puller {

// Which Deliveries into remote clusters are stepped. Such a cluster is its tenant's: it may answer
// as slowly as a request lasts, and a step of it holds a worker that long. So one worker is always
// left to the puller's own cluster, and a namespace has no more of the others than leave as many to
// each namespace that wants some. Not safe from many threads.
class RemoteTurns {
 public:
  // `workers`: of the puller; none counts as one.
  explicit RemoteTurns(std::size_t workers);

  // "NAMESPACE/NAME". True: it is stepped now, and end() follows. False: next() names it later.
  bool begin(const std::string& id);
  void end(const std::string& id);
  // It does not begin any more, whoever named it.
  void withdraw(const std::string& id);
  // One that waits and may begin: a turn is kept for it until begin() or withdraw(). The namespaces
  // take turns, and within one comes first who waited first.
  std::optional<std::string> next();

 private:
  struct Turns {
    std::size_t running = 0;
    std::set<std::string> promised;
    std::deque<std::string> waiting;

    std::size_t taken() const { return running + promised.size(); }
    bool is_idle() const { return taken() == 0 && waiting.empty(); }
  };
  using TurnsOfAll = std::map<std::string, Turns>;  // by namespace; none of them is idle

  bool has_room(const Turns& turns) const;
  void forget_idle(TurnsOfAll::iterator turns);

  std::size_t workers_;
  std::size_t taken_ = 0;
  std::string last_;  // namespace that next() chose
  TurnsOfAll turns_;
};

}  // namespace sealift::puller
