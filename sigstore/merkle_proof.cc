#include <sealift/crypto/hash.h>
#include <sealift/sigstore/merkle_proof.h>

namespace sealift::sigstore {
namespace {

// What keeps leaves and nodes apart (RFC 6962, section 2.1).
constexpr char kLeafPrefix = '\x00';
constexpr char kNodePrefix = '\x01';

std::string sha256(std::string_view bytes) {
  return crypto::hash(crypto::HashAlgorithm::kSha256, bytes);
}

Refusal wrong_proof(std::string message) {
  return {RefusalKind::kInclusionProof, std::move(message)};
}

Refusal wrong_count(std::uint64_t index, std::uint64_t size, std::size_t count) {
  return wrong_proof("the inclusion proof has " + std::to_string(count) +
                     " hashes, which is not the way from entry " + std::to_string(index) +
                     " to the root of " + std::to_string(size) + " entries");
}

}  // namespace

std::string merkle_leaf_hash(std::string_view entry) {
  std::string bytes(1, kLeafPrefix);
  return sha256(bytes.append(entry));
}

std::string merkle_node_hash(std::string_view left, std::string_view right) {
  std::string bytes(1, kNodePrefix);
  return sha256(bytes.append(left).append(right));
}

Verdict<std::string> merkle_root_of(std::uint64_t index, std::uint64_t size,
                                    std::string_view leaf_hash,
                                    const std::vector<std::string>& hashes) {
  if (index >= size) {
    return fail(wrong_proof("the inclusion proof is for entry " + std::to_string(index) +
                            " of a tree of " + std::to_string(size)));
  }
  // Both are positions on the present level: of the node on the way, and of the level's last one.
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  std::string root(leaf_hash);
  for (const auto& hash : hashes) {
    if (hash.size() != kMerkleHashBytes) {
      return fail(wrong_proof("a hash of the inclusion proof has " + std::to_string(hash.size()) +
                              " bytes instead of 32"));
    }
    if (last == 0) return fail(wrong_count(index, size, hashes.size()));
    if (node % 2 == 1) {
      root = merkle_node_hash(hash, root);
    } else if (node < last) {
      root = merkle_node_hash(root, hash);
    } else {
      // The last of its level without a sibling goes up unchanged until it has one on its left.
      while (node % 2 == 0) {
        node /= 2;
        last /= 2;
      }
      root = merkle_node_hash(hash, root);
    }
    node /= 2;
    last /= 2;
  }
  if (last != 0) return fail(wrong_count(index, size, hashes.size()));
  return root;
}

}  // namespace sealift::sigstore
