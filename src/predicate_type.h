#pragma once

#include <string>

namespace sealift::program {

// The URI that cosign's short name of a type of attestation stands for ("slsaprovenance1"); any
// other text as it is.
std::string predicate_type_of(const std::string& name);

// The short names, for help: "cyclonedx, openvex, …".
std::string predicate_type_names();

}  // namespace sealift::program
