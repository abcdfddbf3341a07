#include <sealift/base/worker_pool.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace sealift {
namespace {

class Run {
 public:
  Run(std::size_t count,
      const std::function<Result<>(std::size_t index, std::stop_token stop)>& task)
      : count_(count), task_(task) {}

  void work() {
    while (const auto index = next()) {
      auto result = task_(*index, stop_.get_token());
      if (!result) refuse(std::move(result).error());
    }
  }

  // Ends the run from outside.
  void cancel() { stop_.request_stop(); }

  Result<> result() {
    const std::lock_guard lock(mutex_);
    if (error_) return fail(*std::move(error_));
    if (next_ < count_) return fail(ErrorCode::kCancelled, "the work was cancelled");
    return {};
  }

 private:
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    if (next_ == count_ || stop_.stop_requested()) return std::nullopt;
    return next_++;
  }

  void refuse(Error error) {
    {
      const std::lock_guard lock(mutex_);
      if (error_) return;
      error_ = std::move(error);
    }
    stop_.request_stop();
  }

  const std::size_t count_;
  const std::function<Result<>(std::size_t index, std::stop_token stop)>& task_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::size_t next_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<> run_parallel(
    std::size_t count, std::size_t max_threads, std::stop_token stop,
    const std::function<Result<>(std::size_t index, std::stop_token stop)>& task) {
  Run run(count, task);
  const std::stop_callback on_stop(std::move(stop), [&] { run.cancel(); });
  {
    std::vector<std::jthread> threads;
    const std::size_t wanted = std::min(count, std::max<std::size_t>(max_threads, 1));
    try {
      for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back([&run] { run.work(); });
    } catch (const std::system_error&) {
      // The machine has no more threads to give: those that are there do all the work.
    }
    run.work();
  }
  return run.result();
}

}  // namespace sealift
