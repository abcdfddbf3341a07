#pragma once

#include <sealift/base/json.h>
#include <sealift/sigstore/verification.h>

#include <string>

namespace sealift::sigstore {

// What an acceptance rests on: who signed, which logs hold it at which place, who says when, which
// authority vouches for the signer, and what was stated. For machines; the members are listed in
// docs/signed-files.md.
Json to_json(const VerifiedSignature& verified);

// The same for people: lines "Name  value", each ended by LF. Text from outside is made printable.
std::string describe(const VerifiedSignature& verified);

}  // namespace sealift::sigstore
