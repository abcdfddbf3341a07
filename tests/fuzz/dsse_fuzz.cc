#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/statement.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// What is accepted must survive being written, and its statement must be read without harm.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::sigstore;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)parse_statement(bytes, "input");
  const auto envelope = parse_dsse(bytes, "input");
  if (!envelope) return 0;
  const auto again = dsse_from_json(to_json(*envelope), "output");
  if (!again || !(*again == *envelope)) std::abort();
  (void)parse_statement(envelope->payload, "payload");
  return 0;
}
