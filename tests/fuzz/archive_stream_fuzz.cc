#include <sealift/base/bytes.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "streamed_layout.h"

// An archive that comes in as a stream, read as far as it is one; and what arrives matches its
// digest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  ViewSource source(std::string_view(reinterpret_cast<const char*>(data), size));
  oci::StreamedLayout stream(source);
  if (!stream.read_manifests()) return 0;
  const auto index = stream.index();
  if (!index || *index == nullptr) std::abort();
  for (const auto& entry : (*index)->manifests()) {
    const auto held = stream.holds(entry.digest);
    if (!held || !*held) continue;
    auto bytes = stream.open(entry.digest);
    if (!bytes) std::abort();
    const auto content = read_all(**bytes, "manifest", size);
    if (!content || Digest::of(*content, entry.digest.algorithm()) != entry.digest) std::abort();
  }
  while (true) {
    const auto blob = stream.next_blob();
    if (!blob || !*blob) return 0;
    const auto content = read_all(stream.content(), "blob", size);
    if (content && content->size() != (*blob)->size) std::abort();
  }
}
