#include "repository_blob.h"

#include <sealift/base/small_thread.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxWaiting = 1u << 20;
// What is no larger is fetched whole, which saves a thread.
constexpr std::uint64_t kSmallBlob = 256u << 10;

// The bytes of a blob on their way from the thread that fetches to the one that stores. The last
// ones are given away once the fetch has ended well, which says that the digest was right.
class Pipe : public ByteSink {
 public:
  explicit Pipe(std::uint64_t size) : rest_(size) {}

  // Waits while the reader is behind. kCancelled once the reader is gone; kUntrusted where there is
  // more than the blob has.
  Result<> write(std::string_view bytes) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return abandoned_ || waiting_.size() < kMaxWaiting; });
    if (abandoned_) return fail(ErrorCode::kCancelled, "nobody wants the rest of the blob");
    if (bytes.size() > rest_) {
      return fail(ErrorCode::kUntrusted, "the blob is larger than its descriptor says");
    }
    rest_ -= bytes.size();
    waiting_ += bytes;
    changed_.notify_all();
    return {};
  }

  void finish(Result<> fetched) {
    const std::lock_guard lock(mutex_);
    fetched_ = std::move(fetched);
    changed_.notify_all();
  }

  Result<std::size_t> read(char* buffer, std::size_t size) {
    if (taken_ == reading_.size()) {
      SEALIFT_TRY(refill());
    }
    const std::size_t count = std::min(size, reading_.size() - taken_);
    std::memcpy(buffer, reading_.data() + taken_, count);
    taken_ += count;
    return count;
  }

  void abandon() {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }

 private:
  // Leaves nothing to read at the end of a fetch that went well.
  Result<> refill() {
    reading_.clear();
    taken_ = 0;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return fetched_ || (!waiting_.empty() && rest_ > 0); });
    if ((waiting_.empty() || rest_ == 0) && !*fetched_) return fail(fetched_->error());
    reading_.swap(waiting_);
    changed_.notify_all();
    return {};
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;
  std::uint64_t rest_;  // of the blob, not yet written here
  std::optional<Result<>> fetched_;
  bool abandoned_ = false;

  // The reader's own.
  std::string reading_;
  std::size_t taken_ = 0;
};

class FetchingSource : public ByteSource {
 public:
  static Result<std::unique_ptr<ByteSource>> start(Repository& from, const Descriptor& blob,
                                                   std::stop_token stop) {
    auto source = std::make_unique<FetchingSource>(blob.size, std::move(stop));
    SEALIFT_ASSIGN(
        source->thread_, SmallThread::start([&from, blob, self = source.get()] {
          self->pipe_.finish(from.fetch_blob(blob, self->pipe_, self->ends_.get_token()));
        }));
    return source;
  }

  FetchingSource(std::uint64_t size, std::stop_token stop)
      : pipe_(size), on_stop_(std::move(stop), [this] { ends_.request_stop(); }) {}
  ~FetchingSource() override {
    ends_.request_stop();
    pipe_.abandon();
    thread_.join();
  }

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    return pipe_.read(buffer, size);
  }

 private:
  Pipe pipe_;
  std::stop_source ends_;
  std::stop_callback<std::function<void()>> on_stop_;
  SmallThread thread_;
};

}  // namespace

Blob repository_blob(Repository& from, const Descriptor& blob, std::stop_token stop) {
  Blob bytes;
  bytes.size = blob.size;
  bytes.is_verified = true;
  bytes.open = [&from, blob, stop = std::move(stop)]() -> Result<std::unique_ptr<ByteSource>> {
    if (blob.size > kSmallBlob) return FetchingSource::start(from, blob, stop);
    StringSink whole("the blob " + blob.digest.to_string(), blob.size);
    SEALIFT_TRY(from.fetch_blob(blob, whole, stop));
    return Blob::from_string(whole.take()).open();
  };
  return bytes;
}

}  // namespace sealift::oci
