#include <sealift/oci/reference.h>
#include <sealift/oci/version_range.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// An address that is accepted reads itself back; so does a version; a range takes any version.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::oci;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto reference = Reference::parse(text)) {
    const auto again = Reference::parse(reference->to_string());
    if (!again || !(*again == *reference)) std::abort();
  }
  const auto version = SemanticVersion::parse(text);
  if (version) {
    const auto again = SemanticVersion::parse(version->to_string());
    if (!again || compare(*again, *version) != 0) std::abort();
    // A version is also a range, and is in it.
    const auto exact = VersionRange::parse(text);
    if (!exact || !exact->contains(*version)) std::abort();
  }
  if (const auto range = VersionRange::parse(text)) {
    static_cast<void>(range->contains(version ? *version : SemanticVersion{1, 2, 3, {}, ""}));
  }
  return 0;
}
