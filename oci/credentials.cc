#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/base/wildcard.h>
#include <sealift/oci/credentials.h>

#include <algorithm>

namespace sealift::oci {
namespace {

constexpr std::string_view kTokenUser = "<token>";
constexpr std::string_view kDockerHub = "docker.io";
constexpr std::string_view kDockerHubServer = "https://index.docker.io/v1/";

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// One name for each registry: Docker Hub has three.
std::string canonical_host(std::string_view host) {
  auto lower = in_lower_case(host);
  const bool is_hub = lower == "index.docker.io" || lower == "registry-1.docker.io";
  return is_hub ? std::string(kDockerHub) : lower;
}

std::string canonical_place(std::string_view place) {
  const auto host = place.substr(0, place.find('/'));
  return canonical_host(host) + std::string(place.substr(host.size()));
}

// What a key of `auths` stands for: "quay.io/org" → itself, and "https://r.example/v1/" → the
// registry "r.example", because docker has used URLs of its API as keys.
std::string place_of_key(std::string_view key) {
  bool is_url = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!key.starts_with(scheme)) continue;
    key.remove_prefix(scheme.size());
    is_url = true;
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  const auto slash = std::min(key.find('/'), key.size());
  const auto path = key.substr(slash);
  if (is_url || path == "/v1" || path == "/v2") key = key.substr(0, slash);
  return canonical_place(key);
}

// The entry for a place itself; of several keys for it, the one that docker writes.
const Json* entry_at(const Json& entries, const std::string& place) {
  if (const Json* exact = entries.find(docker_server_name(place))) return exact;
  for (const auto& [key, entry] : *entries.as_object()) {
    if (place_of_key(key) == place) return &entry;
  }
  return nullptr;
}

// Label by label, so that "*.r.example" is one label before "r.example" and nothing else.
bool host_fits(std::string_view pattern, std::string_view host) {
  while (true) {
    const auto label = pattern.substr(0, pattern.find('.'));
    const auto part = host.substr(0, host.find('.'));
    if (!matches_wildcard(label, part)) return false;
    if (label.size() == pattern.size() || part.size() == host.size()) {
      return label.size() == pattern.size() && part.size() == host.size();
    }
    pattern.remove_prefix(label.size() + 1);
    host.remove_prefix(part.size() + 1);
  }
}

bool pattern_fits(const std::string& pattern, const std::string& place) {
  const auto host = pattern.substr(0, pattern.find('/'));
  const auto path = pattern.substr(host.size());
  const auto place_host = place.substr(0, place.find('/'));
  const auto rest = place.substr(place_host.size());
  return host.find('*') != std::string::npos && host_fits(host, place_host) &&
         (rest + "/").starts_with(path + "/");
}

// Of keys with "*" in the host, as Kubernetes allows them ("Images", "Interpretation of
// config.json"), the longest that fits.
const Json* entry_by_pattern(const Json& entries, const std::string& place) {
  const Json* found = nullptr;
  std::size_t longest = 0;
  for (const auto& [key, entry] : *entries.as_object()) {
    const auto pattern = place_of_key(key);
    if (pattern.size() <= longest || !pattern_fits(pattern, place)) continue;
    found = &entry;
    longest = pattern.size();
  }
  return found;
}

// The entry for the place or for the nearest one above it, as containers-auth.json(5) has it:
// "r.example/team/shop", "r.example/team", "r.example".
const Json* find_entry(const Json* entries, std::string_view wanted) {
  if (entries == nullptr || !entries->is_object()) return nullptr;
  for (std::string place = canonical_place(wanted);; place.resize(place.rfind('/'))) {
    if (const Json* entry = entry_at(*entries, place)) return entry;
    if (place.find('/') == std::string::npos) break;
  }
  return entry_by_pattern(*entries, canonical_place(wanted));
}

// "auth": base64 of "user:password"; older dockers filled it up with NULs.
Result<> read_auth(ObjectReader& reader, Credentials& credentials) {
  SEALIFT_ASSIGN(const auto auth, reader.optional_string("auth"));
  if (!auth || auth->empty()) return {};
  const auto decoded = base64_decode(*auth);
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return fail(reader.error_at("auth", "must be the base64 form of user:password"));
  }
  credentials.username = decoded->substr(0, colon);
  credentials.password = decoded->substr(colon + 1);
  while (credentials.password.ends_with('\0')) credentials.password.pop_back();
  return {};
}

Result<Credentials> read_entry(const Json& entry, const std::string& path) {
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(entry, path));
  Credentials credentials;
  SEALIFT_ASSIGN(credentials.username, reader.string_or("username", ""));
  SEALIFT_ASSIGN(credentials.password, reader.string_or("password", ""));
  SEALIFT_ASSIGN(credentials.identity_token, reader.string_or("identitytoken", ""));
  SEALIFT_TRY(read_auth(reader, credentials));
  if (credentials.username == kTokenUser) {
    if (credentials.identity_token.empty()) credentials.identity_token = credentials.password;
    credentials.username.clear();
    credentials.password.clear();
  }
  return credentials;
}

// The program in charge of a registry; empty where the file itself is.
Result<std::string> read_helper(ObjectReader& reader, std::string_view registry) {
  const Json* programs = reader.any("credHelpers");
  if (programs != nullptr && !programs->is_object()) {
    return fail(reader.error_at("credHelpers", "must be an object, one member for each registry"));
  }
  if (const Json* program = find_entry(programs, registry)) {
    const std::string* name = program->as_string();
    if (name != nullptr) return *name;
    return fail(reader.error_at("credHelpers." + printable(registry), "must be a string"));
  }
  return reader.string_or("credsStore", "");
}

}  // namespace

std::string docker_server_name(std::string_view registry) {
  const auto host = canonical_host(registry);
  return host == kDockerHub ? std::string(kDockerHubServer) : host;
}

bool is_key_of_registry(std::string_view key, std::string_view registry) {
  return place_of_key(key) == canonical_host(registry);
}

Result<Credentials> credentials_from_docker_config(std::string_view config_json,
                                                   std::string_view place) {
  JsonLimits limits;
  limits.max_bytes = kMaxDockerConfigBytes;
  SEALIFT_ASSIGN(const Json config, parse_json(config_json, "docker configuration", limits));
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(config, ""));
  const Json* auths = reader.any("auths");
  if (auths != nullptr && !auths->is_object()) {
    return fail(reader.error_at("auths", "must be an object, one member for each registry"));
  }
  Credentials credentials;
  if (const Json* entry = find_entry(auths, place)) {
    SEALIFT_ASSIGN(credentials,
                   read_entry(*entry, "docker configuration, auths." + printable(place)));
  }
  SEALIFT_ASSIGN(credentials.skipped_helper, read_helper(reader, place.substr(0, place.find('/'))));
  return credentials;
}

}  // namespace sealift::oci
