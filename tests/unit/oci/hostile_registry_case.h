#pragma once

#include "registry_fixture.h"
#include "support/hostile_registry.h"

#include <string>

namespace sealift::oci {

inline constexpr std::size_t kMiB = 1u << 20;

// A repository of a registry that does what a test wants of it.
class HostileRegistryTest : public RegistryTest {
 protected:
  HostileRegistryTest() {
    on_request = [this](const test::SeenRequest& request) { return registry_.answer(request); };
  }

  // So many bytes of which no two pieces are alike.
  static std::string content_of(std::size_t size) {
    std::string content;
    content.reserve(size + 16);
    for (std::size_t i = 0; content.size() < size; ++i) content += std::to_string(i) + "\n";
    content.resize(size);
    return content;
  }

  test::HostileRegistry registry_;
};

}  // namespace sealift::oci
