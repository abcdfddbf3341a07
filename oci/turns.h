#pragma once

#include <sealift/base/result.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

namespace sealift::oci {

// Lets one thread at a time do something to a name: for what must be read, changed and written back
// at a server that does not notice when somebody else wrote meanwhile. Other names are not held up.
class Turns {
 public:
  // Held by whoever has the turn, and given on when it goes. `Turns` must outlive it.
  class Turn {
   public:
    Turn(Turn&& other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->give_on(name_);
    }

   private:
    friend class Turns;
    Turn(Turns& turns, std::string name) : turns_(&turns), name_(std::move(name)) {}

    Turns* turns_;
    std::string name_;
  };

  // Waits until nobody else has the turn. kCancelled where the stop comes first.
  Result<Turn> take(const std::string& name, const std::stop_token& stop);

 private:
  void give_on(const std::string& name);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::set<std::string> taken_;
};

}  // namespace sealift::oci
