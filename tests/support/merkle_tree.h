#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A log's tree, by the definitions of RFC 6962, sections 2.1 and 2.1.1, word for word and without
// any of the shortcuts that a verifier takes.
class MerkleTree {
 public:
  // Returns the entry's index.
  std::size_t add(std::string_view entry);
  std::size_t size() const { return leaves_.size(); }

  // Of the first `size` entries.
  std::string root(std::size_t size) const { return hash_of(0, size); }
  // The hashes beside the way from an entry to that root, the lowest first.
  std::vector<std::string> proof(std::size_t index, std::size_t size) const;

 private:
  std::string hash_of(std::size_t begin, std::size_t end) const;
  void append_proof(std::size_t index, std::size_t begin, std::size_t end,
                    std::vector<std::string>& proof) const;

  std::vector<std::string> leaves_;  // hashes
};

}  // namespace sealift::test
