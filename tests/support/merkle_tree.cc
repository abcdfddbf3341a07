#include "support/merkle_tree.h"

#include <sealift/base/digest.h>

namespace sealift::test {
namespace {

std::string sha256(const std::string& bytes) { return Digest::of(bytes).raw(); }

// The largest power of two below the number of leaves, where a tree is split.
std::size_t split_of(std::size_t count) {
  std::size_t split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

}  // namespace

std::size_t MerkleTree::add(std::string_view entry) {
  leaves_.push_back(sha256(std::string(1, '\0') + std::string(entry)));
  return leaves_.size() - 1;
}

std::string MerkleTree::hash_of(std::size_t begin, std::size_t end) const {
  if (begin == end) return sha256("");
  if (end - begin == 1) return leaves_.at(begin);
  const std::size_t middle = begin + split_of(end - begin);
  return sha256("\x01" + hash_of(begin, middle) + hash_of(middle, end));
}

void MerkleTree::append_proof(std::size_t index, std::size_t begin, std::size_t end,
                              std::vector<std::string>& proof) const {
  if (end - begin == 1) return;
  const std::size_t middle = begin + split_of(end - begin);
  if (index < middle) {
    append_proof(index, begin, middle, proof);
    proof.push_back(hash_of(middle, end));
  } else {
    append_proof(index, middle, end, proof);
    proof.push_back(hash_of(begin, middle));
  }
}

std::vector<std::string> MerkleTree::proof(std::size_t index, std::size_t size) const {
  std::vector<std::string> proof;
  append_proof(index, 0, size, proof);
  return proof;
}

}  // namespace sealift::test
