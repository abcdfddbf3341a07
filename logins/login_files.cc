#include <sealift/logins/login_files.h>

#include <sealift/base/file_system.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace sealift::logins {
namespace {

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

std::string dockers_file() {
  if (const auto directory = environment("DOCKER_CONFIG")) {
    return join_path(*directory, "config.json");
  }
  if (const auto home = environment("HOME")) return join_path(*home, ".docker/config.json");
  return {};
}

}  // namespace

std::vector<LoginFile> login_files(const std::string& named) {
  if (!named.empty()) return {{named, true}};
  if (auto path = environment("REGISTRY_AUTH_FILE")) return {{*std::move(path), true}};
  std::vector<LoginFile> files;
  if (auto path = dockers_file(); !path.empty()) files.push_back({std::move(path), false});
  if (const auto directory = environment("XDG_RUNTIME_DIR")) {
    files.push_back({join_path(*directory, "containers/auth.json"), false});
  }
  if (const auto directory = environment("XDG_CONFIG_HOME")) {
    files.push_back({join_path(*directory, "containers/auth.json"), false});
  } else if (const auto home = environment("HOME")) {
    files.push_back({join_path(*home, ".config/containers/auth.json"), false});
  }
  return files;
}

std::string login_file_to_write(const std::string& named) {
  std::string path = named;
  if (path.empty()) path = environment("REGISTRY_AUTH_FILE").value_or(dockers_file());
  if (path.empty()) return path;
  std::error_code missing;
  const auto followed = std::filesystem::canonical(path, missing);
  return missing ? path : followed.string();
}

}  // namespace sealift::logins
