#include "support/merkle_tree.h"
#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/merkle_proof.h>

#include <gtest/gtest.h>

#include <limits>

namespace sealift::sigstore {
namespace {

using sealift::test::MerkleTree;

constexpr std::size_t kMostEntries = 33;

// The inputs that Certificate Transparency's own tests use.
const std::vector<std::string> kEntries = {
    "",
    std::string(1, '\0'),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};

MerkleTree tree_of(std::size_t size) {
  MerkleTree tree;
  for (std::size_t i = 0; i < size; ++i) tree.add("entry " + std::to_string(i));
  return tree;
}

std::string leaf(std::size_t index) { return merkle_leaf_hash("entry " + std::to_string(index)); }

void expect_refused(const Verdict<std::string>& verdict, const std::string& what) {
  ASSERT_FALSE(verdict) << what;
  EXPECT_EQ(verdict.error().kind, RefusalKind::kInclusionProof) << what;
}

// Published roots of the trees of the first 1, 2, … of kEntries.
TEST(MerkleProof, LeadsToTheKnownRoots) {
  const char* const kRoots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  };
  MerkleTree tree;
  for (std::size_t size = 1; size <= kEntries.size(); ++size) {
    tree.add(kEntries[size - 1]);
    EXPECT_EQ(hex_encode(tree.root(size)), kRoots[size - 1]);
    for (std::size_t index = 0; index < size; ++index) {
      const auto root =
          merkle_root_of(index, size, merkle_leaf_hash(kEntries[index]), tree.proof(index, size));
      ASSERT_TRUE(root) << root.error().message;
      EXPECT_EQ(hex_encode(*root), kRoots[size - 1]) << index << " of " << size;
    }
  }
}

TEST(MerkleProof, HoldsForEachEntryOfEachTree) {
  const MerkleTree tree = tree_of(kMostEntries);
  for (std::size_t size = 1; size <= kMostEntries; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto root = merkle_root_of(index, size, leaf(index), tree.proof(index, size));
      ASSERT_TRUE(root) << index << " of " << size << ": " << root.error().message;
      EXPECT_EQ(*root, tree.root(size)) << index << " of " << size;
    }
  }
}

TEST(MerkleProof, HoldsForNoOtherEntryAndNoOtherSize) {
  const MerkleTree tree = tree_of(kMostEntries);
  for (std::size_t size = 1; size <= kMostEntries; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = tree.proof(index, size);
      for (std::size_t other = 0; other < size; ++other) {
        if (other == index) continue;
        const auto moved = merkle_root_of(other, size, leaf(index), proof);
        EXPECT_FALSE(moved && *moved == tree.root(size)) << index << " as " << other;
        const auto swapped = merkle_root_of(index, size, leaf(other), proof);
        EXPECT_FALSE(swapped && *swapped == tree.root(size)) << other << " at " << index;
      }
      for (std::size_t other = index + 1; other <= kMostEntries; ++other) {
        if (other == size) continue;
        const auto root = merkle_root_of(index, other, leaf(index), proof);
        EXPECT_FALSE(root && *root == tree.root(other)) << size << " as " << other;
      }
    }
  }
}

TEST(MerkleProof, HoldsWithNoHashChangedRemovedRepeatedOrMoved) {
  const MerkleTree tree = tree_of(kMostEntries);
  for (std::size_t size = 1; size <= kMostEntries; ++size) {
    for (std::size_t index = 0; index < size; ++index) {
      const auto good = tree.proof(index, size);
      const std::string where = std::to_string(index) + " of " + std::to_string(size);
      for (std::size_t i = 0; i < good.size(); ++i) {
        auto changed = good;
        changed[i][i % kMerkleHashBytes] ^= 1;
        const auto root = merkle_root_of(index, size, leaf(index), changed);
        ASSERT_TRUE(root) << where;
        EXPECT_NE(*root, tree.root(size)) << where;
        auto removed = good;
        removed.erase(removed.begin() + static_cast<std::ptrdiff_t>(i));
        expect_refused(merkle_root_of(index, size, leaf(index), removed), where);
        auto repeated = good;
        repeated.insert(repeated.begin() + static_cast<std::ptrdiff_t>(i), good[i]);
        expect_refused(merkle_root_of(index, size, leaf(index), repeated), where);
        auto cut = good;
        cut[i].pop_back();
        expect_refused(merkle_root_of(index, size, leaf(index), cut), where);
      }
      for (std::size_t i = 1; i < good.size(); ++i) {
        auto moved = good;
        std::swap(moved[i - 1], moved[i]);
        const auto root = merkle_root_of(index, size, leaf(index), moved);
        ASSERT_TRUE(root) << where;
        EXPECT_NE(*root, tree.root(size)) << where;
      }
    }
  }
}

TEST(MerkleProof, KnowsTheEndsOfItsNumbers) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  expect_refused(merkle_root_of(0, 0, leaf(0), {}), "an empty tree");
  expect_refused(merkle_root_of(1, 1, leaf(0), {}), "an index that is the size");
  expect_refused(merkle_root_of(kMost, kMost, leaf(0), {}), "the largest numbers");
  const std::string hash(kMerkleHashBytes, 'x');
  EXPECT_TRUE(merkle_root_of(kMost - 1, kMost, leaf(0), std::vector<std::string>(63, hash)));
  EXPECT_TRUE(merkle_root_of(0, kMost, leaf(0), std::vector<std::string>(64, hash)));
  expect_refused(merkle_root_of(0, kMost, leaf(0), std::vector<std::string>(65, hash)),
                 "more levels than 64 bits have");
  expect_refused(merkle_root_of(0, 1, leaf(0), {hash}), "a hash for a single entry");
}

}  // namespace
}  // namespace sealift::sigstore
