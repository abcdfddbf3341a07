#pragma once

#include <sealift/signing/freshness.h>

#include "unit/signing/signed_artifact.h"

namespace sealift::signing::test {

// The statement, signed, as `sealift freshness` stores it.
inline MadeSignature freshness_bundle(const crypto::PrivateKey& key,
                                      const FreshnessStatement& statement) {
  const std::string type(kFreshnessPredicateType);
  auto bundle = bundle_of(key, std::string(sigstore::kInTotoPayloadType),
                          sigstore::attestation_statement(statement.repository, statement.digest,
                                                          type, to_json(statement)));
  return {FoundSignature::Format::kBundle, std::move(bundle.payload), {}, type};
}

}  // namespace sealift::signing::test
