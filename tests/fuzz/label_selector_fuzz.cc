#include <sealift/objects/label_selector.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever is accepted has keys, and values where its operator wants them; matching never fails.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using Operator = objects::LabelSelector::Requirement::Operator;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto selector = objects::LabelSelector::parse(text);
  if (!selector) return 0;
  Json labels = Json::object();
  for (const auto& wanted : selector->requirements()) {
    const bool is_set = wanted.compare == Operator::kIn || wanted.compare == Operator::kNotIn;
    if (wanted.key.empty() || wanted.values.empty() == is_set) std::abort();
    if (is_set) labels.set(wanted.key, wanted.values.front());
  }
  static_cast<void>(selector->matches(labels));
  if (selector->takes_everything() && !selector->matches(Json())) std::abort();
  return 0;
}
