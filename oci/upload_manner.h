#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace sealift::oci {

// How one registry takes blobs: what is known of its host beforehand, and what its answers showed.
// Safe from many threads.
class UploadManner {
 public:
  // `host` as in a URL, without a port.
  explicit UploadManner(std::string_view host);

  // False where several parts are refused, or stored wrongly.
  bool takes_parts() const;
  void note_no_parts();

  // The largest body of one request that it takes; nothing is known to be too large: the maximum.
  std::uint64_t largest_body() const;
  // It refused a body of this size as too large: half of it may pass.
  void note_too_large(std::uint64_t body);

  // Whether a blob of the repository `from` may be mounted.
  bool may_mount(std::string_view from) const;
  void note_no_mount(std::string_view from);

  // Whether a mount from a repository into itself tells if it has a blob. False until it is known.
  bool mounts_own() const;
  void note_mounts_own();
  // To be asked after each blob that was stored: true once, when finding that out begins to pay.
  bool is_time_to_try_own();

 private:
  mutable std::mutex mutex_;
  bool parts_ = true;
  bool mounts_ = true;
  bool mounts_own_ = false;
  unsigned stored_ = 0;
  std::uint64_t largest_body_;
  std::set<std::string, std::less<>> unmountable_;
};

}  // namespace sealift::oci
