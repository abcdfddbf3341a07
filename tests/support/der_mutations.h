#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A document in DER with one thing wrong, and otherwise as it was: lengths fit.
struct DerMutation {
  enum class Kind {
    kRemoved,
    kRepeated,  // twice, one behind the other
    kEmptied,
    kFirstByte,  // of a primitive one's content, one bit changed
    kMiddleByte,
    kLastByte,
    kRetagged,  // a sequence for a set and the other way round, otherwise the next tag
    kForeign,   // from the other document, at the same place
  };
  std::string path;  // "0.6.1": the first one's seventh one's second one
  Kind kind = Kind::kRemoved;
  std::string der;

  std::string name() const;  // "0.6.1 removed"
};

// One of each kind for each element of `der`, where that makes a difference; those in octet strings
// are elements as well. `other` is a document of the same form. Aborts where `der` is none.
std::vector<DerMutation> der_mutations_of(std::string_view der, std::string_view other);

}  // namespace sealift::test
