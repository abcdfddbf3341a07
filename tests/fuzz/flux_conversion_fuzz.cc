#include <sealift/console/flux_conversion.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/yaml.h>
#include <sealift/signing/trust_policy.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever is converted must be a Delivery or a TrustPolicy, and the YAML with its remarks must
// hold these documents and nothing else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto objects = objects::parse_objects(bytes, "input");
  if (!objects) return 0;
  const auto conversion = console::convert_flux(*objects);
  for (const auto& [document, from, source, remarks] : conversion.documents) {
    const bool is_delivery = document.string_at({"kind"}) == "Delivery";
    const bool is_valid = is_delivery ? delivery::parse_delivery(document, source).has_value()
                                      : signing::parse_trust_policy(document, source).has_value();
    if (!is_valid) std::abort();
  }
  const auto again = objects::parse_yaml(console::conversion_yaml(conversion), "output");
  if (!again || again->size() != conversion.documents.size()) std::abort();
  for (std::size_t i = 0; i < again->size(); ++i) {
    if (!((*again)[i].value == conversion.documents[i].document)) std::abort();
  }
  return 0;
}
