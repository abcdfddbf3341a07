#include <sealift/sigstore/signed_evidence.h>

namespace sealift::sigstore {

const std::string& SignedEvidence::signature() const {
  return std::visit([](const auto& each) -> const std::string& { return each.signature; }, content);
}

}  // namespace sealift::sigstore
