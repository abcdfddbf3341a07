#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sealift::comparison {

// An amount as Kubernetes writes it: "1", "1000m", "0.5", "1Gi", "1e3" (the grammar of
// resource.Quantity, k8s.io/apimachinery). Two that mean the same are equal, whatever their
// spelling: the value is kept exactly.
class Quantity {
 public:
  // Nullopt for anything else, for more than 64 bytes, and for exponents beyond ±1000.
  static std::optional<Quantity> parse(std::string_view text);
  bool operator==(const Quantity&) const = default;

 private:
  Quantity() = default;
  void normalise();

  bool negative_ = false;
  std::string digits_;  // without zeros at either end; empty: zero
  int exponent_ = 0;    // of ten
};

}  // namespace sealift::comparison
