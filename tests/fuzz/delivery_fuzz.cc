#include <sealift/delivery/delivery.h>
#include <sealift/objects/field_path.h>
#include <sealift/objects/yaml.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace sealift;

void require(bool holds) {
  if (!holds) std::abort();
}

// What nobody asks again behind the parser.
void check(const delivery::Delivery& delivery) {
  require(!delivery.name.empty() && delivery.name.size() <= 128 && !delivery.name_space.empty());
  require(!delivery.path.starts_with('/') &&
          ("/" + delivery.path + "/").find("/../") == std::string::npos);
  const auto& select = delivery.artifact.select;
  require(!select.tag.empty() + !select.semver.empty() + select.digest.has_value() == 1);
  require(!delivery.artifact.repository.tag() && !delivery.artifact.repository.digest());
  require(delivery.interval.count() >= 1'000 && delivery.timeout.count() >= 1'000 &&
          delivery.retry_interval.count() >= 100);
  for (const auto& name : delivery.depends_on) {
    require(!name.name.empty() && !name.name_space.empty() && name.to_string() != delivery.id());
  }
  for (const auto& rule : delivery.drift_rules) {
    for (const auto& path : rule.paths) require(objects::FieldPath::parse(path).has_value());
  }
  for (const auto& health : delivery.health_checks) {
    require(!health.kind.empty() && !health.current.empty());
    for (const auto& test : health.current) {
      require(objects::FieldPath::parse(test.path).has_value());
      require(test.values.empty() == (test.test == delivery::FieldTest::Operator::kExists));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto documents =
      objects::parse_yaml(std::string_view(reinterpret_cast<const char*>(data), size), "input");
  if (!documents) return 0;
  for (const auto& document : *documents) {
    const auto delivery = delivery::parse_delivery(document.value, "input:1:1");
    if (delivery) {
      check(*delivery);
    } else {
      require(delivery.error().message().starts_with("input:1:1: "));
    }
  }
  return 0;
}
