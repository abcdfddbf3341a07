#include <sealift/logins/find_login.h>

#include <sealift/logins/credential_helper.h>
#include <sealift/logins/login_files.h>

#include <utility>

namespace sealift::logins {
namespace {

// What the program says, where there is one; `skipped_helper` stays where there is none.
Result<oci::Credentials> ask_helper(oci::Credentials configured, std::string_view place,
                                    const std::stop_token& stop) {
  if (configured.skipped_helper.empty()) return configured;
  auto helper = CredentialHelper::find(configured.skipped_helper);
  // A configuration that was copied to a machine without its programs must not keep anybody from
  // what is public.
  if (!helper && helper.error().code() == ErrorCode::kNotFound) return configured;
  if (!helper) return fail(std::move(helper).error());
  const std::string registry(place.substr(0, place.find('/')));
  SEALIFT_ASSIGN(auto found, helper->get(oci::docker_server_name(registry), stop));
  if (!found.empty()) return found;
  configured.skipped_helper.clear();
  return configured;
}

Result<oci::Credentials> look_into(FileSystem& files, const LoginFile& file, std::string_view place,
                                   const std::stop_token& stop) {
  auto text = read_file(files, file.path, oci::kMaxDockerConfigBytes);
  if (!text && text.error().code() == ErrorCode::kNotFound && !file.must_exist) {
    return oci::Credentials{};
  }
  if (!text) return fail(std::move(text).error().with_context("read the registry's login"));
  SEALIFT_ASSIGN_CONTEXT(auto configured, oci::credentials_from_docker_config(*text, place),
                         file.path);
  SEALIFT_ASSIGN_CONTEXT(auto found, ask_helper(std::move(configured), place, stop), file.path);
  return found;
}

}  // namespace

Result<oci::Credentials> find_login(FileSystem& files, const std::string& named,
                                    std::string_view place, std::stop_token stop) {
  std::string skipped;
  for (const auto& file : login_files(named)) {
    SEALIFT_ASSIGN(auto found, look_into(files, file, place, stop));
    if (!found.empty()) return found;
    if (skipped.empty()) skipped = std::move(found.skipped_helper);
  }
  oci::Credentials none;
  none.skipped_helper = std::move(skipped);
  return none;
}

}  // namespace sealift::logins
