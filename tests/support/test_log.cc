#include "support/test_log.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>

#include <openssl/evp.h>

namespace sealift::test {
namespace {

constexpr std::size_t kKeyIdBytes = 4;
constexpr const char* kTreeId = "2605736670972794746";

std::string sha256(const std::string& bytes) { return Digest::of(bytes).raw(); }

std::string key_type(const TestKey& key) { return EVP_PKEY_get0_type_name(key.get()); }

std::string key_details(const TestKey& key) {
  if (key_type(key) == "ED25519") return "PKIX_ED25519";
  const int bits = EVP_PKEY_get_bits(key.get());
  if (key_type(key) == "RSA") return "PKIX_RSA_PKCS1V15_" + std::to_string(bits) + "_SHA256";
  if (bits == 384) return "PKIX_ECDSA_P384_SHA_384";
  return bits == 521 ? "PKIX_ECDSA_P521_SHA_512" : "PKIX_ECDSA_P256_SHA_256";
}

std::string hash_of(const TestKey& key) {
  const std::string details = key_details(key);
  if (details.ends_with("SHA_384")) return "SHA384";
  return details.ends_with("SHA_512") ? "SHA512" : "SHA256";
}

// The whole hash by which signed notes name a key (C2SP signed-note).
std::string note_key_hash(const TestKey& key, const std::string& name) {
  const std::string der = key.public_der();
  if (key_type(key) == "ED25519") return sha256(name + "\n\x01" + der.substr(der.size() - 32));
  if (key_type(key) == "RSA") return sha256(name + "\n\xffPKIX-RSA-PKCS#1v1.5" + der);
  return sha256(der);
}

}  // namespace

TestLog::TestLog(Make make, std::string host, TestKey key, std::uint64_t first_index)
    : make_(make),
      host_(std::move(host)),
      key_(std::move(key)),
      first_index_(make == Make::kTiles ? 0 : first_index) {}

std::string TestLog::id() const {
  return make_ == Make::kTiles ? note_key_hash(key_, host_) : sha256(key_.public_der());
}

std::string TestLog::checkpoint_key_id() const { return id().substr(0, kKeyIdBytes); }

std::string TestLog::origin() const {
  return make_ == Make::kTiles ? host_ : host_ + " - " + kTreeId;
}

std::size_t TestLog::add(const std::string& body) {
  bodies_.push_back(body);
  return tree_.add(body);
}

std::string TestLog::promise(const std::string& body, std::uint64_t index, Timestamp time) const {
  const Json payload = Json::Object{{"body", base64_encode(body)},
                                    {"integratedTime", time.time_since_epoch().count()},
                                    {"logID", hex_encode(id())},
                                    {"logIndex", index}};
  return key_.sign(dump_json_sorted(payload), hash_of(key_));
}

std::string TestLog::note_line(const std::string& name, const std::string& key_id,
                               const std::string& signature) {
  return "\u2014 " + name + " " + base64_encode(key_id + signature) + "\n";
}

std::string TestLog::sign_note(const std::string& text) const {
  return text + "\n" + note_line(host_, checkpoint_key_id(), key_.sign(text, hash_of(key_)));
}

std::string TestLog::checkpoint(std::size_t size) const {
  return sign_note(origin() + "\n" + std::to_string(size) + "\n" + base64_encode(tree_.root(size)) +
                   "\n");
}

Json TestLog::proof(std::size_t place) const {
  Json::Array hashes;
  for (const auto& hash : tree_.proof(place, tree_.size())) {
    hashes.emplace_back(base64_encode(hash));
  }
  return Json::Object{{"logIndex", std::to_string(place)},
                      {"rootHash", base64_encode(tree_.root(tree_.size()))},
                      {"treeSize", std::to_string(tree_.size())},
                      {"hashes", hashes},
                      {"checkpoint", Json::Object{{"envelope", checkpoint(tree_.size())}}}};
}

Json TestLog::entry(std::size_t place, Timestamp time) const {
  const std::string& body = bodies_.at(place);
  const Json parsed = parse_json(body, "body").value();
  const std::uint64_t index = first_index_ + place;
  Json entry =
      Json::Object{{"logIndex", std::to_string(index)},
                   {"logId", Json::Object{{"keyId", base64_encode(id())}}},
                   {"kindVersion", Json::Object{{"kind", parsed.string_at({"kind"})},
                                                {"version", parsed.string_at({"apiVersion"})}}},
                   {"inclusionProof", proof(place)},
                   {"canonicalizedBody", base64_encode(body)}};
  if (make_ == Make::kTiles) return entry;
  entry.set("integratedTime", std::to_string(time.time_since_epoch().count()));
  entry.set("inclusionPromise",
            Json::Object{{"signedEntryTimestamp", base64_encode(promise(body, index, time))}});
  return entry;
}

Json TestLog::classic_entry(std::size_t place, Timestamp time) const {
  const std::string& body = bodies_.at(place);
  const std::uint64_t index = first_index_ + place;
  const Json payload = Json::Object{{"body", base64_encode(body)},
                                    {"integratedTime", time.time_since_epoch().count()},
                                    {"logIndex", index},
                                    {"logID", hex_encode(id())}};
  return Json::Object{{"SignedEntryTimestamp", base64_encode(promise(body, index, time))},
                      {"Payload", payload}};
}

Json TestLog::trusted_root_entry(const std::string& start) const {
  const Json key = Json::Object{{"rawBytes", base64_encode(key_.public_der())},
                                {"keyDetails", key_details(key_)},
                                {"validFor", Json::Object{{"start", start}}}};
  return Json::Object{{"baseUrl", "https://" + host_},
                      {"hashAlgorithm", "SHA2_256"},
                      {"publicKey", key},
                      {"logId", Json::Object{{"keyId", base64_encode(id())}}}};
}

Json trusted_root_of(const std::vector<const TestLog*>& logs) {
  Json::Array tlogs;
  for (const TestLog* log : logs) tlogs.push_back(log->trusted_root_entry());
  return Json::Object{{"mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1"},
                      {"tlogs", tlogs}};
}

}  // namespace sealift::test
