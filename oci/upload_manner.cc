#include "upload_manner.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace sealift::oci {
namespace {

// A program that stores fewer blobs would lose a request by trying.
constexpr unsigned kStoredBeforeTrial = 6;
constexpr std::uint64_t kAnySize = std::numeric_limits<std::uint64_t>::max();

// What no answer tells in time. Anything else is learnt from the registry itself.
struct KnownHost {
  std::string_view name;  // with a dot in front: and every host below it
  bool parts;
  bool mounts;
  std::uint64_t largest_body;
};

constexpr std::array kKnownHosts{
    // Refuses a body of about 20 MB, after it has been sent.
    KnownHost{".azurecr.io", true, true, 16u << 20},
    KnownHost{".azurecr.cn", true, true, 16u << 20},
    KnownHost{".azurecr.us", true, true, 16u << 20},
    // Acknowledges a second part, and stores something else.
    KnownHost{"ghcr.io", false, true, kAnySize},
    // Knows neither parts nor mounts, and answers a mount as if it were to come.
    KnownHost{"gcr.io", false, false, kAnySize},
    KnownHost{".gcr.io", false, false, kAnySize},
    KnownHost{".pkg.dev", false, false, kAnySize},
};

bool is_named(std::string_view host, std::string_view name) {
  return name.starts_with(".") ? host.ends_with(name) : host == name;
}

}  // namespace

UploadManner::UploadManner(std::string_view host) : largest_body_(kAnySize) {
  const auto known = std::find_if(kKnownHosts.begin(), kKnownHosts.end(),
                                  [&](const KnownHost& one) { return is_named(host, one.name); });
  if (known == kKnownHosts.end()) return;
  parts_ = known->parts;
  mounts_ = known->mounts;
  largest_body_ = known->largest_body;
}

bool UploadManner::takes_parts() const {
  const std::lock_guard lock(mutex_);
  return parts_;
}

void UploadManner::note_no_parts() {
  const std::lock_guard lock(mutex_);
  parts_ = false;
}

std::uint64_t UploadManner::largest_body() const {
  const std::lock_guard lock(mutex_);
  return largest_body_;
}

void UploadManner::note_too_large(std::uint64_t body) {
  const std::lock_guard lock(mutex_);
  largest_body_ = std::min(largest_body_, body / 2);
}

bool UploadManner::may_mount(std::string_view from) const {
  const std::lock_guard lock(mutex_);
  return mounts_ && !unmountable_.contains(from);
}

void UploadManner::note_no_mount(std::string_view from) {
  const std::lock_guard lock(mutex_);
  unmountable_.emplace(from);
}

bool UploadManner::mounts_own() const {
  const std::lock_guard lock(mutex_);
  return mounts_own_;
}

void UploadManner::note_mounts_own() {
  const std::lock_guard lock(mutex_);
  mounts_own_ = true;
}

bool UploadManner::is_time_to_try_own() {
  const std::lock_guard lock(mutex_);
  return mounts_ && ++stored_ == kStoredBeforeTrial;
}

}  // namespace sealift::oci
