#include <sealift/crypto/secret.h>

#include <sodium.h>
#include <cassert>

namespace sealift::crypto {

void wipe(std::string& bytes) noexcept {
  // The whole capacity: a shortened string keeps its old bytes behind its end.
  bytes.resize(bytes.capacity());
  sodium_memzero(bytes.data(), bytes.size());
  bytes.clear();
}

Secret::Secret(std::string&& bytes) { take(bytes); }

Secret Secret::of_size(std::size_t size) { return Secret(std::string(size, '\0')); }

Secret::Secret(Secret&& other) noexcept { take(other.bytes_); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    take(other.bytes_);
  }
  return *this;
}

void Secret::truncate(std::size_t size) {
  assert(size <= bytes_.size());
  sodium_memzero(bytes_.data() + size, bytes_.size() - size);
  bytes_.resize(size);
}

void Secret::take(std::string& other) noexcept {
  bytes_.swap(other);
  // A short string lives inside the object, and the swap may have left a copy of it there.
  crypto::wipe(other);
}

void Secret::wipe() noexcept { crypto::wipe(bytes_); }

}  // namespace sealift::crypto
