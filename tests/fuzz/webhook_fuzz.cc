#include <sealift/endpoints/webhook_content.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// The first byte says whose webhook it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::endpoints;
  if (size == 0) return 0;
  const auto kind = static_cast<WebhookKind>(data[0] % 9);
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  HttpHeaders headers;
  headers.add("X-GitHub-Event", "registry_package");
  if (data[0] >= 128) headers.add("ce-type", "harbor.artifact.pushed");
  const auto content = parse_webhook(kind, headers, body);
  if (!content) return 0;
  if (content->pushes.size() > 100) std::abort();
  for (const auto& [repository, tag] : content->pushes) {
    if (repository.find('/') == std::string::npos || tag.empty() || tag.size() > 128) std::abort();
  }
  return 0;
}
