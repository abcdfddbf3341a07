#pragma once

#include "support/certificate_builder.h"
#include "support/merkle_tree.h"

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sealift::test {

// A transparency log of a test's own: its key, its tree, and what it gives out about an entry. It
// is written from the formats and shares no code with what verifies them.
class TestLog {
 public:
  enum class Make {
    kRekor1,  // promises and proofs
    kTiles,   // Rekor 2: proofs alone
  };
  // Rekor 1 counts its entries over several trees: entry 0 of this tree has the index
  // `first_index`.
  explicit TestLog(Make make, std::string host = "rekor.example.com", TestKey key = TestKey::ec(),
                   std::uint64_t first_index = 1000);

  const TestKey& key() const { return key_; }
  const std::string& host() const { return host_; }
  // As trusted roots and entries name the log; bytes.
  std::string id() const;
  // The four bytes that begin its signatures under checkpoints.
  std::string checkpoint_key_id() const;
  std::string origin() const;

  // Takes an entry in; returns its place in the tree.
  std::size_t add(const std::string& body);
  const MerkleTree& tree() const { return tree_; }

  // The promise to take this body in, with the log's index.
  std::string promise(const std::string& body, std::uint64_t index, Timestamp time) const;
  // A signed note over the tree of the first `size` entries.
  std::string checkpoint(std::size_t size) const;
  // A signed note of any text that ends with a line feed.
  std::string sign_note(const std::string& text) const;
  // "— <name> <base64>\n"
  static std::string note_line(const std::string& name, const std::string& key_id,
                               const std::string& signature);

  // An entry as bundles have it (TransparencyLogEntry), proven against the tree as it is now.
  // `time` is for Rekor 1; logs of tiles give none.
  Json entry(std::size_t place, Timestamp time) const;
  // The annotation "dev.sigstore.cosign/bundle" of classic storage.
  Json classic_entry(std::size_t place, Timestamp time) const;

  // An element of "tlogs" in a trusted root.
  Json trusted_root_entry(const std::string& start = "2026-01-01T00:00:00Z") const;

 private:
  Json proof(std::size_t place) const;

  Make make_;
  std::string host_;
  TestKey key_;
  std::uint64_t first_index_;
  std::vector<std::string> bodies_;
  MerkleTree tree_;
};

// A trusted root of these logs and nobody else.
Json trusted_root_of(const std::vector<const TestLog*>& logs);

}  // namespace sealift::test
