#include <sealift/objects/hash.h>

namespace sealift::objects {

Digest hash_of(const Json& object) { return Digest::of(dump_json_sorted(object)); }

}  // namespace sealift::objects
