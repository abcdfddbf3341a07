#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/secret_source.h>
#include <sealift/objects/substitution.h>

#include <stop_token>
#include <string>

namespace sealift::delivery {

// What ${NAME} means in the manifests of one Delivery.
struct Variables {
  objects::VariableValues values;
  // Over all names and values, so that a change is noticed; empty where there are none. It may be
  // computed over passwords, so it belongs in no log and no file.
  std::string hash;
};

// Reads what substituteFrom names, later ones over earlier ones, and `substitute` over all. Values
// lose their line breaks, as Flux does it. Where no source gives anything, nothing is replaced.
// kInvalidInput for a name that no variable can have, or above 10,000 variables or 4 MiB;
// otherwise as SecretSource, an optional source that is missing apart.
Result<Variables> read_variables(const Delivery& delivery, SecretSource& secrets,
                                 std::stop_token stop);

}  // namespace sealift::delivery
