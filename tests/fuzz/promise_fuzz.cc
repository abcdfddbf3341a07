#include "fuzz/known_logs.h"

#include <sealift/base/json.h>
#include <sealift/sigstore/promise.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// The annotation of classic storage. What the log is taken to have signed must be canonical JSON of
// what was read, and only the seeds' promises are signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::sigstore;
  const auto entry =
      parse_classic_log_entry({reinterpret_cast<const char*>(data), size}, "annotation");
  if (!entry) return 0;
  const std::string payload = promise_payload(*entry);
  const auto json = parse_json(payload, "payload", {.max_bytes = 4u << 20});
  if (!json || dump_json_sorted(*json) != payload) std::abort();
  for (const auto& log : known_logs().transparency_logs.all()) {
    if (!verify_promise(*entry, log)) continue;
    if (entry->index != 31821305 && entry->index != 6800908 && entry->index != 3) std::abort();
  }
  return 0;
}
