#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/signature_store.h>

#include <string>
#include <vector>

namespace sealift::signing {

// What an attestation says that counted.
struct AcceptedStatement {
  std::string location;  // of the piece, as the evidence names it
  std::string signer;    // the name in the policy
  Json statement;        // in-toto's: {"_type":…,"subject":…,"predicateType":…,"predicate":…}
};

// The statements of the attestations that verify() accepted, in the order of the evidence. Both
// must be of one call of verify(): what counted is read again, not judged again. kInvalidInput
// where they are not.
Result<std::vector<AcceptedStatement>> accepted_statements(const Evidence& evidence,
                                                           const SignatureSet& signatures);

// A line about what the statement says: whom it names as builder, how much is in a bill of
// materials. Empty where nothing short can be said of its type. What is from outside is printable.
std::string summary_of(const Json& statement);

}  // namespace sealift::signing
