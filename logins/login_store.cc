#include <sealift/logins/login_store.h>

#include <sealift/base/encoding.h>
#include <sealift/base/patient_lock.h>
#include <sealift/logins/credential_helper.h>

#include <utility>
#include <vector>

namespace sealift::logins {
namespace {

// As docker writes it: the user's name stands before a colon even where a token takes the
// password's place.
Json entry_of(const oci::Credentials& credentials) {
  Json entry = Json::object();
  if (!credentials.username.empty() || !credentials.password.empty()) {
    entry.set("auth", base64_encode(credentials.username + ":" + credentials.password));
  }
  if (!credentials.identity_token.empty()) entry.set("identitytoken", credentials.identity_token);
  return entry;
}

std::vector<std::string> keys_of(const Json& config, const std::string& registry) {
  std::vector<std::string> keys;
  const Json* auths = config.find("auths");
  if (auths == nullptr || !auths->is_object()) return keys;
  for (const auto& [key, entry] : *auths->as_object()) {
    if (oci::is_key_of_registry(key, registry)) keys.push_back(key);
  }
  return keys;
}

void set_entry(Json& config, const std::string& registry, Json entry) {
  const Json* before = config.find("auths");
  if (before == nullptr || before->is_null()) config.set("auths", Json::object());
  config.find("auths")->set(oci::docker_server_name(registry), std::move(entry));
}

}  // namespace

Result<Json> LoginStore::read() {
  auto text = read_file(files_, path_, oci::kMaxDockerConfigBytes);
  if (!text && text.error().code() == ErrorCode::kNotFound) return Json::object();
  if (!text) return fail(std::move(text).error());
  // docker takes an empty file for one without settings, and so do those who make one with touch.
  if (text->find_first_not_of(" \t\r\n") == std::string::npos) return Json::object();
  JsonLimits limits;
  limits.max_bytes = oci::kMaxDockerConfigBytes;
  return parse_json(*text, path_, limits);
}

Result<> LoginStore::change(const std::function<Result<>(Json& config)>& change,
                            const std::stop_token& stop) {
  constexpr std::chrono::seconds kPatience{30};
  SEALIFT_TRY(files_.make_directories(parent_path(path_)));
  const std::string lock = path_ + ".sealift.lock";
  SEALIFT_ASSIGN(const auto held, lock_patiently(files_, lock, clock_, kPatience, stop));
  const auto replace = [&]() -> Result<> {
    SEALIFT_ASSIGN(Json config, read());
    SEALIFT_TRY(change(config));
    return write_file_atomically(files_, path_, dump_json_pretty(config) + "\n",
                                 FileSystem::Access::kPrivate);
  };
  auto replaced = replace();
  static_cast<void>(files_.remove(lock));
  return replaced;
}

Result<std::string> LoginStore::store(const std::string& registry,
                                      const oci::Credentials& credentials, std::stop_token stop) {
  const auto helper_in = [&](const Json& config) -> Result<std::string> {
    SEALIFT_ASSIGN_CONTEXT(const auto configured,
                           oci::credentials_from_docker_config(dump_json(config), registry), path_);
    return configured.skipped_helper;
  };
  SEALIFT_ASSIGN(const Json before, read());
  SEALIFT_ASSIGN(const auto in_charge, helper_in(before));
  std::string place = path_;
  Json entry = entry_of(credentials);
  if (!in_charge.empty()) {
    SEALIFT_ASSIGN_CONTEXT(const auto helper, CredentialHelper::find(in_charge), path_);
    SEALIFT_TRY(helper.store(oci::docker_server_name(registry), credentials, stop));
    place = helper.program();
    // docker marks so that there is a login, and others leave no secret behind.
    entry = Json::object();
  }
  // A helper takes its time, and others write meanwhile: what counts is what the file holds now.
  const auto set = [&](Json& config) -> Result<> {
    SEALIFT_ASSIGN(const auto now_in_charge, helper_in(config));
    if (now_in_charge != in_charge) {
      return fail(ErrorCode::kConflict, path_ +
                                            " was changed meanwhile, and names another helper "
                                            "program for " +
                                            registry + "; try again");
    }
    set_entry(config, registry, std::move(entry));
    return {};
  };
  SEALIFT_TRY(change(set, stop));
  return place;
}

Result<bool> LoginStore::erase(const std::string& registry, std::stop_token stop) {
  SEALIFT_ASSIGN(const Json before, read());
  SEALIFT_ASSIGN_CONTEXT(const auto configured,
                         oci::credentials_from_docker_config(dump_json(before), registry), path_);
  bool found = !configured.empty();
  if (!configured.skipped_helper.empty()) {
    SEALIFT_ASSIGN_CONTEXT(const auto helper, CredentialHelper::find(configured.skipped_helper),
                           path_);
    const auto server = oci::docker_server_name(registry);
    SEALIFT_ASSIGN(const auto kept, helper.get(server, stop));
    if (!kept.empty()) SEALIFT_TRY(helper.erase(server, stop));
    found = found || !kept.empty();
  }
  if (keys_of(before, registry).empty()) return found;
  const auto forget = [&](Json& config) -> Result<> {
    for (const auto& key : keys_of(config, registry)) config.find("auths")->erase(key);
    return {};
  };
  SEALIFT_TRY(change(forget, stop));
  return found;
}

}  // namespace sealift::logins
