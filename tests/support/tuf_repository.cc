#include "support/tuf_repository.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/tuf/canonical_json.h>
#include <sealift/tuf/metadata.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sealift::test {
namespace {

namespace fs = std::filesystem;

template <typename T>
T must(Result<T> result) {
  if (!result) std::abort();
  return *std::move(result);
}

Json strings(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const auto& text : texts) array.push_back(text);
  return array;
}

Json hashes_of(std::string_view bytes) {
  Json hashes;
  hashes.set("sha256", Digest::of(bytes).hex());
  return hashes;
}

Json key_ids(const std::vector<crypto::PrivateKey>& keys) {
  Json ids = Json::array();
  for (const auto& key : keys) ids.push_back(tuf_key_id(key.public_key()));
  return ids;
}

std::string in_targets(const std::string& path, const std::string& hash) {
  const auto slash = path.rfind('/');
  const auto begin = slash == std::string::npos ? 0 : slash + 1;
  return "targets/" + path.substr(0, begin) + hash + (hash.empty() ? "" : ".") + path.substr(begin);
}

}  // namespace

Json tuf_key(const crypto::PublicKey& key) {
  Json json;
  Json value;
  switch (key.type()) {
    case crypto::KeyType::kEd25519:
      json.set("keytype", "ed25519");
      json.set("scheme", "ed25519");
      value.set("public", hex_encode(std::string_view(key.der()).substr(key.der().size() - 32)));
      break;
    case crypto::KeyType::kEcdsaP256:
      json.set("keytype", "ecdsa");
      json.set("scheme", "ecdsa-sha2-nistp256");
      value.set("public", key.to_pem());
      break;
    default:
      json.set("keytype", "rsa");
      json.set("scheme", "rsa-pkcs1v15-sha256");
      value.set("public", key.to_pem());
      break;
  }
  json.set("keyval", std::move(value));
  return json;
}

std::string tuf_key_id(const crypto::PublicKey& key) {
  return Digest::of(must(tuf::canonical_json(tuf_key(key)))).hex();
}

TufRepository::TufRepository(Timestamp now, Layout layout)
    : expires_(now + std::chrono::hours(24 * 365)),
      consistent_(layout == Layout::kConsistentSnapshot) {
  for (const std::string role : {"root", "timestamp", "snapshot", "targets"}) {
    Json& content = contents_[role];
    content.set("_type", role);
    content.set("spec_version", "1.0.31");
    content.set("version", 1);
    content.set("expires", format_timestamp(expires_));
  }
  contents_["root"].set("consistent_snapshot", consistent_);
  contents_["root"].set("keys", Json::object());
  contents_["root"].set("roles", Json::object());
  for (const std::string role : {"root", "timestamp", "snapshot", "targets"}) {
    set_keys(role, {must(Key::generate(crypto::KeyType::kEcdsaP256))});
  }
  contents_["targets"].set("targets", Json::object());
  add_target("targets", "hello.txt", "hello\n");
  add_target("targets", "folder/world.txt", "world\n");
  publish("root");
  publish("targets");
  refresh_snapshot();
  publish("snapshot");
  refresh_timestamp();
  publish("timestamp");
}

std::int64_t TufRepository::version(const std::string& role) const {
  return *contents_.at(role).find("version")->as_int64();
}

void TufRepository::set_version(const std::string& role, std::int64_t version) {
  content(role).set("version", version);
}

void TufRepository::set_expiry(const std::string& role, Timestamp time) {
  content(role).set("expires", format_timestamp(time));
}

void TufRepository::set_keys(const std::string& role, std::vector<Key> keys,
                             std::int64_t threshold) {
  keys_.insert_or_assign(role, std::move(keys));
  set_role(role, threshold);
}

void TufRepository::set_role(const std::string& role, std::int64_t threshold) {
  Json& root = content("root");
  for (const auto& key : keys(role)) {
    root.find("keys")->set(tuf_key_id(key.public_key()), tuf_key(key.public_key()));
  }
  Json entry;
  entry.set("keyids", key_ids(keys(role)));
  entry.set("threshold", threshold);
  root.find("roles")->set(role, std::move(entry));
}

void TufRepository::add_target(const std::string& role, const std::string& path,
                               std::string_view bytes) {
  Json target;
  target.set("length", static_cast<std::uint64_t>(bytes.size()));
  target.set("hashes", hashes_of(bytes));
  content(role).find("targets")->set(path, std::move(target));
  files_[in_targets(path, consistent_ ? Digest::of(bytes).hex() : "")] = bytes;
}

void TufRepository::delegate(const std::string& from, const std::string& role,
                             const std::vector<std::string>& paths, bool terminating) {
  if (!contents_.contains(role)) {
    Json& made = contents_[role];
    made.set("_type", "targets");
    made.set("spec_version", "1.0.31");
    made.set("version", 1);
    made.set("expires", format_timestamp(expires_));
    made.set("targets", Json::object());
    keys_.emplace(role, std::vector<Key>{must(Key::generate(crypto::KeyType::kEcdsaP256))});
  }
  Json& parent = content(from);
  if (parent.find("delegations") == nullptr) {
    Json delegations;
    delegations.set("keys", Json::object());
    delegations.set("roles", Json::array());
    parent.set("delegations", std::move(delegations));
  }
  Json& delegations = *parent.find("delegations");
  for (const auto& key : keys(role)) {
    delegations.find("keys")->set(tuf_key_id(key.public_key()), tuf_key(key.public_key()));
  }
  Json entry;
  entry.set("name", role);
  entry.set("keyids", key_ids(keys(role)));
  entry.set("threshold", 1);
  entry.set("terminating", terminating);
  entry.set("paths", strings(paths));
  delegations.find("roles")->push_back(std::move(entry));
}

std::string TufRepository::sign(const Json& content, const std::vector<Key>& keys) const {
  const auto bytes = must(tuf::canonical_json(content));
  Json signatures = Json::array();
  std::map<std::string, bool> signed_by;
  for (const auto& key : keys) {
    const auto id = tuf_key_id(key.public_key());
    if (!signed_by.emplace(id, true).second) continue;
    Json signature;
    signature.set("keyid", id);
    signature.set("sig", hex_encode(must(key.sign(bytes))));
    signatures.push_back(std::move(signature));
  }
  Json file;
  file.set("signatures", std::move(signatures));
  file.set("signed", content);
  return dump_json_pretty(file);
}

std::string TufRepository::file_of(const std::string& role) const {
  const bool versioned = role == "root" || (consistent_ && role != "timestamp");
  return (versioned ? std::to_string(version(role)) + "." : "") + tuf::escaped_role(role) + ".json";
}

void TufRepository::publish(const std::string& role) {
  auto signers = keys(role);
  if (role == "root") {
    signers.insert(signers.end(), keys_of_published_root_.begin(), keys_of_published_root_.end());
    keys_of_published_root_ = keys(role);
  }
  files_[file_of(role)] = sign(content(role), signers);
}

void TufRepository::publish_next(const std::string& role) {
  set_version(role, version(role) + 1);
  publish(role);
}

void TufRepository::release() {
  publish_next("targets");
  refresh_snapshot();
  publish_next("snapshot");
  refresh_timestamp();
  publish_next("timestamp");
}

void TufRepository::refresh_snapshot() {
  Json meta = Json::object();
  for (const auto& [role, content] : contents_) {
    if (role == "root" || role == "timestamp" || role == "snapshot") continue;
    Json entry;
    entry.set("version", version(role));
    const auto published = files_.find(file_of(role));
    if (list_hashes_ && published != files_.end()) {
      entry.set("length", static_cast<std::uint64_t>(published->second.size()));
      entry.set("hashes", hashes_of(published->second));
    }
    meta.set(role + ".json", std::move(entry));
  }
  content("snapshot").set("meta", std::move(meta));
}

void TufRepository::refresh_timestamp() {
  Json entry;
  entry.set("version", version("snapshot"));
  if (list_hashes_) {
    const auto& published = files_.at(file_of("snapshot"));
    entry.set("length", static_cast<std::uint64_t>(published.size()));
    entry.set("hashes", hashes_of(published));
  }
  Json meta;
  meta.set("snapshot.json", std::move(entry));
  content("timestamp").set("meta", std::move(meta));
}

const std::string& TufRepository::root(std::int64_t version) const {
  return files_.at(std::to_string(version) + ".root.json");
}

void TufRepository::write_to(const std::string& directory) const {
  for (const auto& [path, bytes] : files_) {
    const auto place = fs::path(directory) / path;
    fs::create_directories(place.parent_path());
    std::ofstream(place, std::ios::binary) << bytes;
  }
}

}  // namespace sealift::test
