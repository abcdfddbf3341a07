#pragma once

#include <sealift/base/clock.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/transfer_observer.h>

#include <atomic>
#include <mutex>
#include <string>

#include "output.h"
#include "progress_line.h"
#include "progress_text.h"
#include "status_line.h"
#include "transfer_rate.h"

namespace sealift::program {

// Shows people how far transfers are (see ProgressLine).
class TransferProgress : public oci::TransferObserver {
 public:
  // `doing`: "copying".
  TransferProgress(std::string doing, const Output& output)
      : TransferProgress(std::move(doing), output.readers(), StatusLine::of_standard_error(),
                         system_clock()) {}
  // `line` and `clock` must outlive this.
  TransferProgress(std::string doing, Output::Readers readers, StatusLine& line, Clock& clock);

  // What is told how far it is; null where nobody reads.
  oci::TransferObserver* observer();
  // The artifact that is under way from now on.
  void turn_to(const oci::Reference& artifact);

  void found_manifest() override;
  void found_blob(std::uint64_t size) override;
  void moved(std::int64_t bytes) override;
  void settled_blob(std::uint64_t size, bool sent) override;

 private:
  std::string text(std::size_t width);
  TransferCounts counts() const;

  const std::string doing_;
  const Output::Readers readers_;
  Clock& clock_;

  std::atomic<std::uint64_t> manifests_ = 0;
  std::atomic<std::uint64_t> blobs_ = 0;
  std::atomic<std::uint64_t> settled_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::int64_t> moved_ = 0;

  std::mutex mutex_;
  std::string name_;

  TransferRate rate_;   // its thread's own
  ProgressLine shown_;  // last, so that its thread ends before what it reads is gone
};

}  // namespace sealift::program
