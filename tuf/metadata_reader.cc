#include "metadata_reader.h"

#include <sealift/base/encoding.h>
#include <sealift/tuf/canonical_json.h>

#include <algorithm>
#include <set>

namespace sealift::tuf {
namespace {

// A target takes about eight.
constexpr std::uint64_t kMaxValues = 1u << 18;

std::string member(std::string_view name) { return printable(name, 80); }

// "1.0.31", "1.0": the first number alone says whether we can read it (4.2.1, spec_version).
bool is_supported(std::string_view specification) {
  return specification.starts_with("1.") && specification.size() > 2 &&
         specification.find_first_not_of("0123456789.", 2) == std::string_view::npos;
}

Result<std::vector<Signature>> read_signatures(ObjectReader& document) {
  if (document.any("signatures") == nullptr) {
    return fail(document.error_at("signatures", "is required"));
  }
  std::vector<Signature> signatures;
  std::set<std::string> ids;
  SEALIFT_ASSIGN(auto elements, document.objects("signatures"));
  for (auto& element : elements) {
    Signature signature;
    SEALIFT_ASSIGN(signature.key_id, element.required_string("keyid"));
    if (!ids.insert(signature.key_id).second) {
      return fail(element.error_at(
          "keyid", "there are two signatures of the key \"" + member(signature.key_id) + "\""));
    }
    // Signers who have not signed yet leave an empty text, which must not stop the others.
    SEALIFT_ASSIGN(const auto hex, element.required_string("sig"));
    if (auto raw = hex_decode(hex)) signature.bytes = *std::move(raw);
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

Result<RoleKey> read_key(const std::string& id, ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto type, reader.required_string("keytype"));
  SEALIFT_ASSIGN(const auto scheme, reader.required_string("scheme"));
  SEALIFT_ASSIGN(auto value, reader.required_object("keyval"));
  SEALIFT_ASSIGN(const auto text, value.string_or("public", ""));
  RoleKey key{id, std::nullopt, {}};
  auto read = read_verification_key(type, scheme, text);
  // A key of a kind that we do not know yet counts for nothing; others of the role may suffice.
  if (read) {
    key.key = *std::move(read);
  } else {
    key.why_unusable = "cannot be checked: " + read.error().message();
  }
  return key;
}

}  // namespace

Result<MetadataReader> MetadataReader::open(std::string_view bytes, std::string_view role,
                                            std::string_view type, std::uint64_t limit) {
  MetadataReader result;
  JsonLimits limits;
  limits.max_bytes = limit;
  limits.max_values = kMaxValues;
  result.envelope_.role = role;
  SEALIFT_ASSIGN(result.document_, parse_json(bytes, member(role) + ".json", limits));
  SEALIFT_ASSIGN(auto document, ObjectReader::open(result.document_, ""));
  SEALIFT_ASSIGN(result.envelope_.signatures, read_signatures(document));
  SEALIFT_ASSIGN(auto content, document.required_object("signed"));
  SEALIFT_ASSIGN(const auto written_type, content.required_string("_type"));
  if (written_type != type) {
    return fail(content.error_at("_type", "is \"" + member(written_type) + "\" where \"" +
                                              std::string(type) + "\" is expected"));
  }
  SEALIFT_ASSIGN(const auto specification, content.required_string("spec_version"));
  if (!is_supported(specification)) {
    return fail(content.error_at(
        "spec_version", "is \"" + member(specification) + "\"; only versions 1.x are known here"));
  }
  SEALIFT_ASSIGN(result.envelope_.version, read_positive(content, "version"));
  SEALIFT_ASSIGN(const auto expires, content.required_string("expires"));
  auto time = parse_timestamp(expires);
  if (!time) return fail(content.error_at("expires", time.error().message()));
  result.envelope_.expires = *time;
  SEALIFT_ASSIGN_CONTEXT(result.envelope_.signed_bytes,
                         canonical_json(*result.document_.find("signed")), "signed");
  return result;
}

Result<ObjectReader> MetadataReader::content() const {
  return ObjectReader::open(*document_.find("signed"), "signed");
}

Result<std::int64_t> read_positive(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto number, reader.required_int(name));
  if (number < 1) return fail(reader.error_at(name, "must be at least 1"));
  return number;
}

Result<const Json::Object*> read_members(ObjectReader& reader, std::string_view name) {
  SEALIFT_TRY(reader.required_object(name));
  return reader.any(name)->as_object();
}

Result<KeyMap> read_keys(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto* members, read_members(reader, "keys"));
  KeyMap keys;
  for (const auto& [id, value] : *members) {
    SEALIFT_ASSIGN(auto entry, ObjectReader::open(value, reader.path_of("keys." + member(id))));
    SEALIFT_ASSIGN(auto key, read_key(id, entry));
    keys.emplace(id, std::make_shared<const RoleKey>(std::move(key)));
  }
  return keys;
}

Result<RoleKeys> read_role_keys(ObjectReader& reader, const KeyMap& keys) {
  if (reader.any("keyids") == nullptr) return fail(reader.error_at("keyids", "is required"));
  SEALIFT_ASSIGN(const auto ids, reader.strings("keyids"));
  RoleKeys result;
  SEALIFT_ASSIGN(result.threshold, read_positive(reader, "threshold"));
  std::set<std::string> seen;
  for (const auto& id : ids) {
    if (!seen.insert(id).second) {
      return fail(reader.error_at("keyids", "the key \"" + member(id) + "\" is there twice"));
    }
    const auto known = keys.find(id);
    if (known != keys.end()) result.keys.push_back(known->second);
  }
  return result;
}

Result<std::vector<Digest>> read_hashes(ObjectReader& reader) {
  std::vector<Digest> hashes;
  SEALIFT_ASSIGN(const auto members, reader.string_map("hashes"));
  for (const auto& [algorithm, hex] : members) {
    if (algorithm != "sha256" && algorithm != "sha512") continue;
    auto digest = Digest::parse(algorithm + ":" + hex);
    if (!digest) return fail(reader.error_at("hashes." + algorithm, digest.error().message()));
    hashes.push_back(*std::move(digest));
  }
  if (reader.any("hashes") != nullptr && hashes.empty()) {
    return fail(reader.error_at("hashes", "holds neither sha256 nor sha512"));
  }
  return hashes;
}

Result<std::optional<std::uint64_t>> read_length(ObjectReader& reader) {
  if (reader.any("length") == nullptr) return std::nullopt;
  SEALIFT_ASSIGN(const auto length, reader.required_int("length"));
  if (length < 0) return fail(reader.error_at("length", "must not be negative"));
  return static_cast<std::uint64_t>(length);
}

Result<ListedFile> read_listed_file(ObjectReader& reader) {
  ListedFile file;
  SEALIFT_ASSIGN(file.version, read_positive(reader, "version"));
  SEALIFT_ASSIGN(file.length, read_length(reader));
  SEALIFT_ASSIGN(file.hashes, read_hashes(reader));
  return file;
}

}  // namespace sealift::tuf
