#include "registry_flags.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/oci/credentials.h>

#include <CLI/CLI.hpp>

#include <iostream>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPemBytes = 1u << 20;
constexpr std::uint64_t kMaxConfigBytes = 1u << 20;
constexpr std::size_t kMaxWarning = 400;

Result<std::string> read_optional(const std::string& path) {
  if (path.empty()) return std::string();
  return read_file(system_files(), path, kMaxPemBytes);
}

Result<oci::Credentials> credentials(const oci::Reference& reference, const RegistryFlags& flags) {
  if (flags.password_stdin) {
    std::string password;
    std::getline(std::cin, password);
    if (password.ends_with('\r')) password.pop_back();
    oci::Credentials given;
    given.username = flags.username;
    given.password = std::move(password);
    return given;
  }
  if (!flags.registry_config.empty()) {
    SEALIFT_ASSIGN(auto config, read_file(system_files(), flags.registry_config, kMaxConfigBytes));
    return oci::credentials_from_docker_config(config, reference.registry());
  }
  return oci::find_credentials(system_files(), reference.registry());
}

}  // namespace

std::shared_ptr<RegistryFlags> add_registry_flags(CLI::App& command, const std::string& side) {
  auto flags = std::make_shared<RegistryFlags>();
  const std::string prefix = side.empty() ? "--" : "--" + side + "-";
  auto* group = side.empty()
                    ? command.add_option_group("Registry", "How the registry is reached")
                    : command.add_option_group(side == "from" ? "Source" : "Destination",
                                               "How the registry is reached, where it is one");
  group->add_flag(prefix + "plain-http", flags->plain_http, "Use http:// instead of https://");
  group->add_flag(prefix + "insecure", flags->insecure, "Accept any certificate of the registry");
  group
      ->add_option(prefix + "ca-file", flags->ca_file,
                   "PEM file of the certificate authority to trust")
      ->type_name("FILE");
  auto* certificate =
      group
          ->add_option(prefix + "cert-file", flags->cert_file, "PEM file of the client certificate")
          ->type_name("FILE");
  auto* key = group
                  ->add_option(prefix + "key-file", flags->key_file,
                               "PEM file of the client certificate's key")
                  ->type_name("FILE")
                  ->needs(certificate);
  certificate->needs(key);
  group
      ->add_option(prefix + "registry-config", flags->registry_config,
                   "Docker config.json with the credentials; by default $REGISTRY_AUTH_FILE, "
                   "$DOCKER_CONFIG, ~/.docker")
      ->type_name("FILE");
  auto* username = group
                       ->add_option((side.empty() ? "-u," : "") + prefix + "username",
                                    flags->username, "User name at the registry")
                       ->type_name("NAME");
  auto* password = group
                       ->add_flag(prefix + "password-stdin", flags->password_stdin,
                                  "Read the registry's password from standard input")
                       ->needs(username);
  username->needs(password);
  return flags;
}

std::shared_ptr<std::optional<oci::Reference>> add_reference(CLI::App& command,
                                                             bool names_one_artifact) {
  auto reference = std::make_shared<std::optional<oci::Reference>>();
  command
      .add_option_function<std::string>(
          "reference",
          [reference, names_one_artifact](const std::string& text) {
            auto parsed = oci::Reference::parse(text);
            if (!parsed) throw CLI::ValidationError(parsed.error().message());
            if (names_one_artifact && !parsed->tag() && !parsed->digest()) {
              throw CLI::ValidationError(
                  text + " names neither a tag nor a digest; add \":TAG\" or \"@sha256:…\"");
            }
            *reference = *std::move(parsed);
          },
          "oci://HOST/REPOSITORY:TAG@DIGEST or oci-layout:DIR:TAG")
      ->required()
      ->type_name("REFERENCE");
  return reference;
}

Result<std::unique_ptr<oci::Repository>> open_repository(const oci::Reference& reference,
                                                         const RegistryFlags& flags,
                                                         const Surroundings& surroundings) {
  oci::RepositoryOptions options;
  options.plain_http = flags.plain_http;
  auto server = std::make_shared<HttpServerSettings>();
  server->insecure_skip_tls_verify = flags.insecure;
  SEALIFT_ASSIGN(server->ca_pem, read_optional(flags.ca_file));
  SEALIFT_ASSIGN(server->client_certificate_pem, read_optional(flags.cert_file));
  SEALIFT_ASSIGN(server->client_key_pem, read_optional(flags.key_file));
  options.server = std::move(server);
  options.on_warning = [&output = surroundings.output](std::string_view text) {
    output.warning(printable(text, kMaxWarning));
  };
  if (reference.kind() == oci::Reference::Kind::kRegistry) {
    SEALIFT_ASSIGN(options.credentials, credentials(reference, flags));
  }
  return oci::open_repository(reference, options, surroundings.machine.repositories());
}

}  // namespace sealift::program
