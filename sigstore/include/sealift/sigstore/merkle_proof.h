#pragma once

#include <sealift/sigstore/refusal.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMerkleHashBytes = 32;  // SHA-256
inline constexpr std::size_t kMaxProofHashes = 64;

// The hash of an entry as a leaf of a log's tree (RFC 6962, section 2.1).
std::string merkle_leaf_hash(std::string_view entry);

// The hash of two subtrees under one node (RFC 6962, section 2.1).
std::string merkle_node_hash(std::string_view left, std::string_view right);

// The root of the tree of `size` entries that has `leaf_hash` at `index`, given the hashes beside
// the way from there to the root, the lowest first (RFC 9162, section 2.1.3.2). kInclusionProof:
// an index that is not below the size; more or fewer hashes than that way has; a hash of another
// length than kMerkleHashBytes.
Verdict<std::string> merkle_root_of(std::uint64_t index, std::uint64_t size,
                                    std::string_view leaf_hash,
                                    const std::vector<std::string>& hashes);

}  // namespace sealift::sigstore
