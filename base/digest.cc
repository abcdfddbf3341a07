#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace sealift {
namespace {

struct AlgorithmName {
  std::string_view name;
  std::size_t hex_length;
};

AlgorithmName describe(Digest::Algorithm algorithm) {
  return algorithm == Digest::Algorithm::kSha512 ? AlgorithmName{"sha512", 128}
                                                 : AlgorithmName{"sha256", 64};
}

// OpenSSL 3 looks an algorithm up by name on each use of EVP_sha256(); fetched once, a hash of a
// small input costs half.
const EVP_MD* fetched(Digest::Algorithm algorithm) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  static const EVP_MD* const sha512 = EVP_MD_fetch(nullptr, "SHA2-512", nullptr);
  return algorithm == Digest::Algorithm::kSha512 ? sha512 : sha256;
}

// Only a broken installation or no memory makes a hash fail; no caller could go on without it.
void require(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(text) + "\" is no digest: " + std::string(why));
  };
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return refuse("write it as sha256:<64 hex digits>");
  const std::string_view name = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  for (const auto algorithm : {Algorithm::kSha256, Algorithm::kSha512}) {
    const AlgorithmName known = describe(algorithm);
    if (name != known.name) continue;
    if (hex.size() != known.hex_length) {
      return refuse(std::string(name) + " has " + std::to_string(known.hex_length) +
                    " hex digits, here are " + std::to_string(hex.size()));
    }
    if (hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
      return refuse("only 0-9 and a-f in lower case are allowed after the colon");
    }
    return Digest(algorithm, std::string(hex));
  }
  return refuse("the algorithm must be sha256 or sha512");
}

Digest Digest::of(std::string_view bytes, Algorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.finish();
}

std::string_view Digest::algorithm_name() const { return describe(algorithm_).name; }

std::string Digest::raw() const { return *hex_decode(hex_); }

std::string Digest::to_string() const {
  std::string text(algorithm_name());
  text += ':';
  text += hex_;
  return text;
}

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(Digest::Algorithm algorithm)
    : algorithm_(algorithm), state_(std::make_unique<State>()) {
  require(state_->context != nullptr &&
          EVP_DigestInit_ex(state_->context, fetched(algorithm), nullptr) == 1);
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest Hasher::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int length = 0;
  require(EVP_DigestFinal_ex(state_->context, hash.data(), &length) == 1);
  return Digest(algorithm_,
                hex_encode(std::string_view(reinterpret_cast<const char*>(hash.data()), length)));
}

Result<> HashingSink::write(std::string_view bytes) {
  if (next_ != nullptr) SEALIFT_TRY(next_->write(bytes));
  hasher_.update(bytes);
  size_ += bytes.size();
  return {};
}

}  // namespace sealift
