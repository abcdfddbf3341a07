#include "archive_plan.h"
#include "manifest_counter.h"
#include "read_only_layout.h"
#include "streamed_layout.h"

#include <sealift/base/worker_pool.h>
#include <sealift/oci/archive.h>
#include <sealift/oci/copy_completeness.h>
#include <sealift/oci/observed_transfer.h>

#include <mutex>
#include <set>
#include <utility>

namespace sealift::oci {
namespace {

// What is no larger is kept until it is stored, so that several can be under way at once and each
// can be sent again.
constexpr std::uint64_t kSmallBlob = 256u << 10;
constexpr std::uint64_t kMaxTogether = 4u << 20;

class Lent : public ByteSource {
 public:
  explicit Lent(ByteSource& source) : source_(source) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    return source_.read(buffer, size);
  }

 private:
  ByteSource& source_;
};

// Stores blobs of a stream as they come.
class Arrivals {
 public:
  Arrivals(StreamedLayout& stream, Repository& to, const ArchivePlan& plan,
           const CopyOptions& options)
      : stream_(stream), to_(to), plan_(plan), options_(options) {}

  Result<> store_all(const std::stop_token& stop);
  const std::set<Digest>& stored() const { return stored_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t sent_bytes() const { return sent_bytes_; }

 private:
  struct Small {
    Descriptor descriptor;
    std::string bytes;
  };

  Result<> take(const Descriptor& blob, const std::stop_token& stop);
  Result<> store_small(const std::stop_token& stop);
  Result<> store(const Descriptor& blob, Blob bytes, const std::stop_token& stop);
  Blob rest_of_stream(std::uint64_t size);

  StreamedLayout& stream_;
  Repository& to_;
  const ArchivePlan& plan_;
  const CopyOptions& options_;
  std::vector<Small> small_;
  std::uint64_t small_bytes_ = 0;

  std::mutex mutex_;
  std::set<Digest> stored_;
  std::uint64_t sent_ = 0;
  std::uint64_t sent_bytes_ = 0;
};

Result<> Arrivals::store_all(const std::stop_token& stop) {
  if (options_.observer != nullptr) {
    for (const auto& [digest, blob] : plan_.blobs()) {
      options_.observer->found_blob(blob.descriptor.size);
    }
  }
  while (true) {
    SEALIFT_ASSIGN(const auto entry, stream_.next_blob());
    if (!entry) break;
    const auto wanted = plan_.blobs().find(entry->digest);
    if (wanted == plan_.blobs().end()) continue;
    const Descriptor& blob = wanted->second.descriptor;
    if (entry->size != blob.size) {
      return fail(ErrorCode::kUntrusted, stream_.shown() + ": " + blob.digest.to_string() +
                                             " has " + std::to_string(entry->size) +
                                             " bytes, but its descriptor promises " +
                                             std::to_string(blob.size));
    }
    SEALIFT_TRY(take(blob, stop));
  }
  return store_small(stop);
}

Result<> Arrivals::take(const Descriptor& blob, const std::stop_token& stop) {
  if (blob.size > kSmallBlob) return store(blob, rest_of_stream(blob.size), stop);
  if (small_bytes_ + blob.size > kMaxTogether) SEALIFT_TRY(store_small(stop));
  SEALIFT_ASSIGN(auto bytes, read_all(stream_.content(), blob.digest.to_string(), kSmallBlob));
  small_bytes_ += bytes.size();
  small_.push_back({blob, std::move(bytes)});
  return {};
}

Result<> Arrivals::store_small(const std::stop_token& stop) {
  auto small = std::exchange(small_, {});
  small_bytes_ = 0;
  return run_parallel(
      small.size(), options_.parallel, stop, [&](std::size_t i, std::stop_token token) {
        return store(small[i].descriptor, Blob::from_string(std::move(small[i].bytes)), token);
      });
}

Result<> Arrivals::store(const Descriptor& blob, Blob bytes, const std::stop_token& stop) {
  ObservedTransfer transfer(options_.observer, blob.size);
  SEALIFT_TRY(to_.push_blob(blob, transfer.follow(std::move(bytes)), stop));
  transfer.settle();
  const std::lock_guard lock(mutex_);
  stored_.insert(blob.digest);
  if (transfer.sent()) {
    ++sent_;
    sent_bytes_ += blob.size;
  }
  return {};
}

Blob Arrivals::rest_of_stream(std::uint64_t size) {
  Blob blob;
  blob.size = size;
  blob.open = [this, opened = false]() mutable -> Result<std::unique_ptr<ByteSource>> {
    if (std::exchange(opened, true)) {
      return fail(ErrorCode::kIo,
                  "the destination wants the content from its start again, and standard input "
                  "cannot be read twice. Run the same command again: what has arrived is not sent "
                  "again; if it ends like this each time, copy from a file");
    }
    return std::make_unique<Lent>(stream_.content());
  };
  return blob;
}

}  // namespace

Result<StreamedCopy> copy_from_stream(ByteSource& archive, Repository& to,
                                      const ChooseItems& choose, const CopyOptions& options,
                                      std::stop_token stop) {
  auto owned = std::make_unique<StreamedLayout>(archive);
  StreamedLayout& stream = *owned;
  SEALIFT_TRY(stream.read_manifests());
  ReadOnlyLayout from(std::move(owned));

  StreamedCopy copied;
  SEALIFT_ASSIGN(const auto index, stream.index());
  SEALIFT_ASSIGN(copied.items, choose(index->tags()));
  ArchivePlan plan({});
  const auto noted = plan.destination(from);
  ManifestCounter counter(options.observer);
  CopyOptions planned = options;
  planned.observer = &counter;
  SEALIFT_TRY(copy_artifacts(from, *noted, copied.items, planned, stop));

  Arrivals arrivals(stream, to, plan, options);
  SEALIFT_TRY(arrivals.store_all(stop));
  CopyOptions rest = options;
  rest.present_blobs = &arrivals.stored();
  rest.observer = nullptr;  // it was told of everything
  SEALIFT_TRY(check_copy_is_complete(from, to, copied.items, rest, stop));
  SEALIFT_ASSIGN(copied.summary, copy_artifacts(from, to, copied.items, rest, stop));
  copied.summary.blobs += arrivals.sent();
  copied.summary.bytes += arrivals.sent_bytes();
  return copied;
}

}  // namespace sealift::oci
