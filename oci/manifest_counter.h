#pragma once

#include <sealift/oci/transfer_observer.h>

namespace sealift::oci {

// Tells an observer (which may be null, and must outlive this) of manifests alone: for a copy whose
// blobs go another way, or nowhere.
class ManifestCounter : public TransferObserver {
 public:
  explicit ManifestCounter(TransferObserver* observer) : observer_(observer) {}

  void found_manifest() override {
    if (observer_ != nullptr) observer_->found_manifest();
  }
  void found_blob(std::uint64_t) override {}
  void moved(std::int64_t) override {}
  void settled_blob(std::uint64_t, bool) override {}

 private:
  TransferObserver* observer_;
};

}  // namespace sealift::oci
