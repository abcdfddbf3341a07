#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <compare>
#include <memory>
#include <string>
#include <string_view>

namespace sealift {

// A content digest as OCI writes it: "sha256:<64 hex>" or "sha512:<128 hex>", lower case
// (OCI image-spec 1.1, descriptor.md, Digests). Only these two algorithms exist here, so a Digest
// is always one that can be checked.
class Digest {
 public:
  enum class Algorithm { kSha256, kSha512 };

  // kInvalidInput for another algorithm, length or alphabet.
  static Result<Digest> parse(std::string_view text);
  // Hashes bytes that are in memory.
  static Digest of(std::string_view bytes, Algorithm algorithm = Algorithm::kSha256);

  Algorithm algorithm() const { return algorithm_; }
  std::string_view algorithm_name() const;
  const std::string& hex() const { return hex_; }
  std::string raw() const;        // the hash as bytes
  std::string to_string() const;  // "sha256:…"
  std::string short_hex() const { return hex_.substr(0, 12); }

  auto operator<=>(const Digest&) const = default;

 private:
  friend class Hasher;
  Digest(Algorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {}

  Algorithm algorithm_;
  std::string hex_;
};

// Hashes a stream.
class Hasher {
 public:
  explicit Hasher(Digest::Algorithm algorithm = Digest::Algorithm::kSha256);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::string_view bytes);
  // The digest of all bytes so far; the hasher must not be used afterwards.
  Digest finish();

 private:
  struct State;
  Digest::Algorithm algorithm_;
  std::unique_ptr<State> state_;
};

// Passes bytes on to another sink (or nowhere) and hashes and counts them on the way.
class HashingSink : public ByteSink {
 public:
  // `next` may be null and must outlive this sink.
  HashingSink(ByteSink* next, Digest::Algorithm algorithm) : next_(next), hasher_(algorithm) {}
  Result<> write(std::string_view bytes) override;
  std::uint64_t size() const { return size_; }
  Digest finish() { return hasher_.finish(); }

 private:
  ByteSink* next_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
};

}  // namespace sealift
