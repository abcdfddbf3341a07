#include "fuzz/known_logs.h"

#include <sealift/base/json.h>
#include <sealift/sigstore/log_entry_verification.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace sealift;
using namespace sealift::sigstore;

void read_body(std::string_view bytes) {
  const auto body = parse_log_entry_body(bytes, "body");
  if (!body) return;
  if (body->signature.empty() || body->verifier.empty()) std::abort();
  if (body->digest.bytes.size() != crypto::hash_size(body->digest.algorithm)) std::abort();
}

// An entry that its own body agrees with is accepted only where a known log signed for it.
void read_entry(std::string_view bytes) {
  const auto json = parse_json(bytes, "entry", signature_json_limits(bytes.size()));
  if (!json) return;
  const auto entry = log_entry_from_json(*json, "entry");
  if (!entry || !check_distinct({*entry})) return;
  const auto body = parse_log_entry_body(entry->body, "body");
  if (!body || !body->is_certificate) return;
  const auto certificate = crypto::Certificate::from_der(body->verifier, "verifier");
  const auto key = certificate ? certificate->public_key() : fail(certificate.error());
  if (!key) return;
  const LoggedSignature expected{.signature = body->signature,
                                 .key = &*key,
                                 .certificate = &*certificate,
                                 .digest = body->digest};
  const auto proven = verify_log_entry(*entry, expected, known_logs(), LogEvidence::kEither);
  // Of the seeds only one is over bytes.
  if (proven && (proven->index != 3 || !proven->integrated_time)) std::abort();
}

}  // namespace

// The first byte picks an entry of a bundle, or the body of one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] == 'b' ? read_body(bytes) : read_entry(bytes);
  return 0;
}
