#include <sealift/sigstore/signing_config.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace sealift;
using namespace sealift::sigstore;

const Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};

// What is chosen is valid, of one version, of one operator each, and as many as demanded.
void choose(const std::vector<Service>& services, const ServiceSelection& selection) {
  const auto chosen = select_services(services, selection, {1, 2}, kNow, "service");
  if (!chosen) return;
  if (chosen->empty()) std::abort();
  const auto selector = selection.selector;
  if (selector == ServiceSelection::Selector::kAny && chosen->size() != 1) std::abort();
  if (selector == ServiceSelection::Selector::kExact && chosen->size() != selection.count) {
    std::abort();
  }
  for (const auto& one : *chosen) {
    if (!one.validity.contains(kNow) || one.api_version != chosen->front().api_version) {
      std::abort();
    }
    for (const auto& other : *chosen) {
      if (&one != &other && one.operator_name == other.operator_name) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = parse_signing_config({reinterpret_cast<const char*>(data), size}, "input");
  if (!config) return 0;
  choose(config->transparency_logs, config->log_selection);
  choose(config->timestamp_authorities, config->timestamp_selection);
  choose(config->certificate_authorities, {});
  choose(config->identity_providers, {});
  return 0;
}
