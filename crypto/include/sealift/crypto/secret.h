#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sealift::crypto {

// Bytes that must not stay in memory: wiped when the object goes and when it is moved from. Cannot
// be copied.
class Secret {
 public:
  Secret() = default;
  // Takes the bytes over; nothing readable stays behind in `bytes`.
  explicit Secret(std::string&& bytes);
  // `size` zero bytes, to be filled in place.
  static Secret of_size(std::size_t size);
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view view() const { return bytes_; }
  char* data() { return bytes_.data(); }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  // Shortens to `size`, which must not exceed the present one; the rest is wiped.
  void truncate(std::size_t size);

 private:
  void take(std::string& other) noexcept;
  void wipe() noexcept;
  std::string bytes_;
};

// Overwrites a string's bytes in a way that the compiler cannot leave out, then empties it.
void wipe(std::string& bytes) noexcept;

}  // namespace sealift::crypto
