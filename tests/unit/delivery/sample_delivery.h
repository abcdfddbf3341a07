#pragma once

#include <sealift/delivery/delivery.h>
#include <sealift/oci/reference.h>

#include <string>

namespace sealift::delivery::test {

inline Delivery make_delivery(const std::string& url = "oci://registry.example.com/shop") {
  return Delivery(
      "web", "shop",
      ArtifactSpec{oci::Reference::parse(url).value(), {"v1", {}, {}}, "", "", "", false});
}

}  // namespace sealift::delivery::test
