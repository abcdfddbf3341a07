#include <sealift/sigstore/trusted_root.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace sealift::sigstore;

void check(const TrustedLogs& logs) {
  if (logs.all().size() > kMaxTrustedLogs) std::abort();
  for (const auto& log : logs.all()) {
    if (logs.find(log.id) != &log || !log.validity.start) std::abort();
    if (!sealift::crypto::suits(log.scheme, log.key.type())) std::abort();
    if (log.validity.end && *log.validity.end < *log.validity.start) std::abort();
  }
}

void check(const std::vector<TrustedAuthority>& authorities) {
  if (authorities.size() > kMaxTrustedAuthorities) std::abort();
  for (const auto& authority : authorities) {
    if (authority.intermediates().size() + 1 != authority.certificates.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto root = parse_trusted_root({reinterpret_cast<const char*>(data), size}, "input");
  if (!root) return 0;
  check(root->transparency_logs);
  check(root->certificate_logs);
  check(root->certificate_authorities);
  check(root->timestamp_authorities);
  learn_issuances(*root);
  return 0;
}
