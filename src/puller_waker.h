#pragma once

#include <sealift/puller/puller.h>

#include <mutex>
#include <string>

namespace sealift::program {

// Carries news from the library's and the views' threads to the puller. They are made before it and
// end after it, so what arrives while there is none is dropped: a puller that starts looks at
// everything anyway.
class PullerWaker {
 public:
  void attach(puller::Puller* puller) {
    const std::scoped_lock lock(mutex_);
    puller_ = puller;
  }
  void wake(const std::string& delivery_id) {
    const std::scoped_lock lock(mutex_);
    if (puller_ != nullptr) puller_->wake(delivery_id);
  }
  void wake_set(const std::string& applyset_id) {
    const std::scoped_lock lock(mutex_);
    if (puller_ != nullptr) puller_->wake_set(applyset_id);
  }

 private:
  std::mutex mutex_;
  puller::Puller* puller_ = nullptr;
};

}  // namespace sealift::program
