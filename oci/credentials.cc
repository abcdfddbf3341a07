#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/credentials.h>

#include <algorithm>
#include <cstdlib>

namespace sealift::oci {
namespace {

constexpr std::uint64_t kMaxConfigBytes = 1u << 20;
constexpr std::string_view kTokenUser = "<token>";

// "https://index.docker.io/v1/" → "index.docker.io".
std::string_view host_of(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  return key.substr(0, key.find('/'));
}

bool is_docker_hub(std::string_view host) {
  return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

bool same_registry(std::string_view key, std::string_view registry) {
  const auto host = host_of(key);
  return host == registry || (is_docker_hub(host) && is_docker_hub(registry));
}

// The entry whose key is the registry, or else the first whose key begins with it.
const Json* find_entry(const Json* entries, std::string_view registry) {
  if (entries == nullptr || !entries->is_object()) return nullptr;
  if (const Json* exact = entries->find(registry)) return exact;
  for (const auto& [key, entry] : *entries->as_object()) {
    if (same_registry(key, registry)) return &entry;
  }
  return nullptr;
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

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

}  // namespace

Result<Credentials> credentials_from_docker_config(std::string_view config_json,
                                                   std::string_view registry) {
  JsonLimits limits;
  limits.max_bytes = kMaxConfigBytes;
  SEALIFT_ASSIGN(const Json config, parse_json(config_json, "docker configuration", limits));
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(config, ""));
  const Json* auths = reader.any("auths");
  if (auths != nullptr && !auths->is_object()) {
    return fail(reader.error_at("auths", "must be an object, one member for each registry"));
  }
  Credentials credentials;
  if (const Json* entry = find_entry(auths, registry)) {
    SEALIFT_ASSIGN(credentials,
                   read_entry(*entry, "docker configuration, auths." + printable(registry)));
  }
  if (!credentials.empty()) return credentials;
  SEALIFT_ASSIGN(credentials.skipped_helper, reader.string_or("credsStore", ""));
  if (const Json* helper = find_entry(reader.any("credHelpers"), registry)) {
    if (const std::string* name = helper->as_string()) credentials.skipped_helper = *name;
  }
  return credentials;
}

Result<Credentials> find_credentials(FileSystem& files, std::string_view registry) {
  std::string path;
  const auto named = environment("REGISTRY_AUTH_FILE");
  if (named) {
    path = *named;
  } else if (const auto directory = environment("DOCKER_CONFIG")) {
    path = join_path(*directory, "config.json");
  } else if (const auto home = environment("HOME")) {
    path = join_path(*home, ".docker/config.json");
  } else {
    return Credentials{};
  }
  auto text = read_file(files, path, kMaxConfigBytes);
  if (!text && text.error().code() == ErrorCode::kNotFound && !named) return Credentials{};
  if (!text) return fail(std::move(text).error().with_context("read the registry's login"));
  SEALIFT_ASSIGN_CONTEXT(Credentials credentials, credentials_from_docker_config(*text, registry),
                         path);
  return credentials;
}

}  // namespace sealift::oci
