#pragma once

#include <cstdint>

namespace sealift::oci {

// Is told how far a copy is, for people who wait for it. The calls come from many threads at once,
// some of which serve other transfers too: they must return at once and not throw.
class TransferObserver {
 public:
  virtual ~TransferObserver() = default;

  // One more manifest belongs to what is copied, whether it is at the destination or not.
  virtual void found_manifest() = 0;
  // One more blob does, of so many bytes; once for each digest.
  virtual void found_blob(std::uint64_t size) = 0;
  // So many bytes of the blobs that were found have gone. Less than zero where a transfer begins
  // anew, and what it had moved before no longer counts.
  virtual void moved(std::int64_t bytes) = 0;
  // A blob is where it should be. Without `sent` it was there, or came by itself from a repository
  // beside it, and none of its bytes moved.
  virtual void settled_blob(std::uint64_t size, bool sent) = 0;
};

}  // namespace sealift::oci
