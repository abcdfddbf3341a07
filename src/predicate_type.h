#pragma once

#include <string>

namespace sealift::program {

// The URI that cosign's short name of a type of attestation stands for ("slsaprovenance1"); any
// other text as it is.
std::string predicate_type_of(const std::string& name);

// For CLI11's check(): empty for a URI or one of the short names, otherwise what is wrong with it.
// A misspelt name would be a type that nothing has.
std::string check_predicate_type(const std::string& name);

// The short names, for help: "cyclonedx, openvex, …".
std::string predicate_type_names();

}  // namespace sealift::program
