#pragma once

#include <sealift/base/bytes.h>
#include <sealift/oci/transfer_observer.h>

#include <cstdint>

namespace sealift::oci {

// The way of one blob that was found, told to an observer. Must outlive what it gives out.
class ObservedTransfer {
 public:
  // Without an observer (null) it notes only whether the bytes were asked for.
  ObservedTransfer(TransferObserver* observer, std::uint64_t size)
      : observer_(observer), size_(size) {}
  ObservedTransfer(const ObservedTransfer&) = delete;
  ObservedTransfer& operator=(const ObservedTransfer&) = delete;

  // The same bytes, which count as they are read. A blob that is opened again begins at zero; one
  // source is read at a time.
  Blob follow(Blob blob);
  // Whether somebody opened the followed blob.
  bool sent() const { return sent_; }
  // The transfer came to a good end.
  void settle() const;

 private:
  class Source;

  void move(std::uint64_t bytes);

  TransferObserver* observer_;
  std::uint64_t size_;
  std::uint64_t moved_ = 0;
  bool sent_ = false;
};

// Passes on what a blob's reader writes, and tells the observer (which may be null). Both must
// outlive this.
class ObservedSink : public ByteSink {
 public:
  ObservedSink(ByteSink& sink, TransferObserver* observer) : sink_(sink), observer_(observer) {}

  Result<> write(std::string_view bytes) override;

 private:
  ByteSink& sink_;
  TransferObserver* observer_;
};

}  // namespace sealift::oci
