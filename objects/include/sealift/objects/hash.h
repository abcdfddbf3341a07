#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>

namespace sealift::objects {

// SHA-256 of dump_json_sorted(): the same for every order of members. It tells an object that must
// be sent from one that has not changed; it is no proof towards anybody.
Digest hash_of(const Json& object);

}  // namespace sealift::objects
