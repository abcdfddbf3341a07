#include "byte_ranges.h"
#include "challenge.h"
#include "page_link.h"
#include "registry_error.h"
#include "url.h"

#include <sealift/base/http_date.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

// Everything that a registry writes outside of JSON documents.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::oci;
  const std::string text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(parse_challenges(text));
  static_cast<void>(parse_retry_after(text, Timestamp{}));
  static_cast<void>(describe_answer(400, text));
  if (const auto range = parse_content_range(text)) {
    if (range->last < range->first || (range->total && *range->total <= range->last)) std::abort();
  }
  static_cast<void>(parse_stored_range(text));
  HttpHeaders headers;
  headers.add("Link", text);
  static_cast<void>(next_link(headers));
  const auto url = Url::parse(text);
  if (url) {
    static_cast<void>(is_private_host(url->host));
    const auto again = Url::parse(url->to_string());
    if (!again || !(*again == *url)) std::abort();
  }
  const auto base = Url::parse("https://registry.example/v2/shop/tags/list?n=1");
  if (const auto resolved = base->resolve(text)) {
    if (!Url::parse(resolved->to_string())) std::abort();
  }
  return 0;
}
