#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/small_thread.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/transfer_observer.h>

#include <atomic>
#include <mutex>
#include <stop_token>
#include <string>

#include "output.h"
#include "progress_text.h"
#include "status_line.h"
#include "transfer_rate.h"

namespace sealift::program {

// Shows people how far transfers are, on standard error: on a terminal one line, from 0.3 s on and
// at most ten times a second, gone with this object; elsewhere, where a log is kept, a line every
// 30 s; nothing where nobody reads. A thread of its own writes, so that no transfer waits for a
// terminal, and a transfer that stands still is seen to.
class TransferProgress : public oci::TransferObserver {
 public:
  // `doing`: "copying".
  TransferProgress(std::string doing, const Output& output)
      : TransferProgress(std::move(doing), output.readers(), StatusLine::of_standard_error(),
                         system_clock()) {}
  // `line` and `clock` must outlive this.
  TransferProgress(std::string doing, Output::Readers readers, StatusLine& line, Clock& clock);
  ~TransferProgress() override;
  TransferProgress(const TransferProgress&) = delete;
  TransferProgress& operator=(const TransferProgress&) = delete;

  // What is told how far it is; null where nobody reads.
  oci::TransferObserver* observer();
  // The artifact that is under way from now on.
  void turn_to(const oci::Reference& artifact);

  void found_manifest() override;
  void found_blob(std::uint64_t size) override;
  void moved(std::int64_t bytes) override;
  void settled_blob(std::uint64_t size, bool sent) override;

 private:
  void show_until(const std::stop_token& stop);
  void show();
  TransferCounts counts() const;

  const std::string doing_;
  const Output::Readers readers_;
  StatusLine& line_;
  Clock& clock_;

  std::atomic<std::uint64_t> manifests_ = 0;
  std::atomic<std::uint64_t> blobs_ = 0;
  std::atomic<std::uint64_t> settled_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::int64_t> moved_ = 0;

  std::mutex mutex_;
  std::string name_;

  TransferRate rate_;  // the thread's own
  std::stop_source end_;
  SmallThread thread_;
};

}  // namespace sealift::program
