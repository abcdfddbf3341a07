#pragma once

#include <sealift/base/json.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A document with one thing wrong.
struct JsonMutation {
  enum class Kind {
    kRemoved,     // a member or an element is not there
    kNull,        // …or is null
    kChanged,     // text that still has its form: base64, a number, otherwise letters
    kBroken,      // text that has lost its form
    kEmptied,     // "", [] or {}
    kOtherType,   // true in its place
    kRepeated,    // an element twice
    kUnexpected,  // an object has a member more
    kForeign,     // from the other document, at the same path
  };
  std::string path;  // "inclusionProof.hashes[0]"
  Kind kind = Kind::kRemoved;
  Json json;

  std::string name() const;  // "inclusionProof.hashes[0] removed"
};

// One of each kind for each path of `json`, where there is one that makes a difference. `other` is
// a document of the same form.
std::vector<JsonMutation> mutations_of(const Json& json, const Json& other);

}  // namespace sealift::test
