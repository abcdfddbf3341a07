#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/crypto/keys.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// A TUF repository that a test makes, signs with keys of its own and then falsifies. Everything in
// it aborts the test program where it cannot be done: no test can say anything then.
class TufRepository {
 public:
  using Key = crypto::PrivateKey;
  enum class Layout { kConsistentSnapshot, kPlain };

  // Version 1 of all roles with one P-256 key each, published, with two targets: "hello.txt" and
  // "folder/world.txt". All expire in a year from `now`.
  explicit TufRepository(Timestamp now, Layout layout = Layout::kConsistentSnapshot);

  // The "signed" part of a role, to be edited and published. A delegated role begins to exist with
  // delegate().
  Json& content(const std::string& role) { return contents_.at(role); }
  std::int64_t version(const std::string& role) const;
  void set_version(const std::string& role, std::int64_t version);
  void set_expiry(const std::string& role, Timestamp time);
  std::vector<Key>& keys(const std::string& role) { return keys_.at(role); }

  // Give a top-level role these keys; the next root says so.
  void set_keys(const std::string& role, std::vector<Key> keys, std::int64_t threshold = 1);
  void add_target(const std::string& role, const std::string& path, std::string_view bytes);
  // Makes a role of targets with a key of its own to which `from` delegates.
  void delegate(const std::string& from, const std::string& role,
                const std::vector<std::string>& paths, bool terminating = false);

  // Signs the content as it is, with the keys of now, and puts it where a client looks for it. A
  // root is signed by the keys of the one before as well.
  void publish(const std::string& role);
  // The same with one version more.
  void publish_next(const std::string& role);
  // A new version of targets, snapshot and timestamp, the first two listed as they are. With
  // hashes and lengths where `list_hashes`.
  void release();
  void list_hashes() { list_hashes_ = true; }
  // Takes over the versions (and hashes) of the roles that are published, without publishing.
  void refresh_snapshot();
  void refresh_timestamp();

  // A role's file as it would be published, signed by `keys`.
  std::string sign(const Json& content, const std::vector<Key>& keys) const;
  // Where a client looks for a role in its present version.
  std::string file_of(const std::string& role) const;

  // Path below the repository's URL → bytes. Targets are below "targets/".
  std::map<std::string, std::string>& files() { return files_; }
  const std::map<std::string, std::string>& files() const { return files_; }
  const std::string& root(std::int64_t version) const;
  void write_to(const std::string& directory) const;

 private:
  void set_role(const std::string& role, std::int64_t threshold);

  Timestamp expires_;
  bool consistent_;
  bool list_hashes_ = false;
  std::map<std::string, Json> contents_;
  std::map<std::string, std::vector<Key>> keys_;
  std::vector<Key> keys_of_published_root_;
  std::map<std::string, std::string> files_;
};

// A key as metadata holds it (securesystemslib's "ecdsa", "ed25519", "rsa"), and the id that is
// made of it.
Json tuf_key(const crypto::PublicKey& key);
std::string tuf_key_id(const crypto::PublicKey& key);

}  // namespace sealift::test
