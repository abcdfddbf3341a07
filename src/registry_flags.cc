#include "registry_flags.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/cloud/workload_logins.h>
#include <sealift/logins/find_login.h>

#include <CLI/CLI.hpp>

#include <iostream>

#include "environment_variable.h"
#include "mirror_flags.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxPemBytes = 1u << 20;
constexpr std::size_t kMaxPasswordBytes = 64u << 10;
constexpr std::size_t kMaxWarning = 400;

Result<std::string> read_optional(const std::string& path) {
  if (path.empty()) return std::string();
  return read_file(system_files(), path, kMaxPemBytes);
}

// The next line of standard input or, where nobody else reads it, all of it: a password may have
// several lines, as the JSON keys of clouds have.
std::string read_input(bool one_line, std::size_t limit) {
  std::string text;
  for (char c = 0; text.size() <= limit && std::cin.get(c) && !(one_line && c == '\n');) text += c;
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

Result<oci::Credentials> credentials(const oci::Reference& reference, const RegistryFlags& flags,
                                     const Surroundings& surroundings) {
  if (flags.password_stdin) {
    oci::Credentials given;
    given.username = flags.username;
    if (!flags.read_password) {
      SEALIFT_ASSIGN(flags.read_password, read_password_from_input(flags));
    }
    given.password = *flags.read_password;
    return given;
  }
  return logins::find_login(surroundings.machine.repositories().files, flags.registry_config,
                            reference.name(), surroundings.stop);
}

std::string login_advice(const std::string& registry, const RegistryFlags& flags,
                         const oci::Credentials& credentials) {
  std::string advice;
  if (!credentials.skipped_helper.empty()) {
    advice = "docker keeps logins in the helper program docker-credential-" +
             printable(credentials.skipped_helper, 60) + ", which is not on PATH; ";
  }
  return advice + "log in with \"sealift login " + registry +
         (flags.plain_http ? " --plain-http" : "") + "\", or name a file that has a login for " +
         registry + " in REGISTRY_AUTH_FILE";
}

std::string prefix_of(const std::string& side) { return side.empty() ? "--" : "--" + side + "-"; }

void add_connection_flags(CLI::App& group, const std::string& prefix, RegistryFlags& flags) {
  group.add_flag(prefix + "plain-http", flags.plain_http, "Use http:// instead of https://");
  group.add_flag(prefix + "insecure", flags.insecure, "Accept any certificate of the registry");
  group
      .add_option(prefix + "ca-file", flags.ca_file,
                  "PEM file of the certificate authority to trust")
      ->type_name("FILE");
  auto* certificate =
      group.add_option(prefix + "cert-file", flags.cert_file, "PEM file of the client certificate")
          ->type_name("FILE");
  auto* key = group
                  .add_option(prefix + "key-file", flags.key_file,
                              "PEM file of the client certificate's key")
                  ->type_name("FILE")
                  ->needs(certificate);
  certificate->needs(key);
}

CLI::Option* add_username(CLI::App& group, const std::string& prefix, RegistryFlags& flags) {
  return group
      .add_option((prefix == "--" ? "-u," : "") + prefix + "username", flags.username,
                  "User name at the registry")
      ->type_name("NAME");
}

CLI::Option* add_password(CLI::App& group, const std::string& prefix, RegistryFlags& flags,
                          CLI::Option* username) {
  return group
      .add_flag(prefix + "password-stdin", flags.password_stdin,
                "Read the registry's password from standard input")
      ->needs(username);
}

// A stored or given login beside it would be a second one, and what a cloud gives goes over
// verified https alone.
void add_provider_flag(CLI::Option_group& group, const std::string& prefix, RegistryFlags& flags) {
  auto* provider = group
                       .add_option(prefix + "provider", flags.provider,
                                   "Log in by the identity that azure, aws or gcp gives this "
                                   "machine or workload, at registries of that cloud alone")
                       ->check(CLI::IsMember({"generic", "azure", "aws", "gcp"}))
                       ->capture_default_str()
                       ->type_name("PROVIDER");
  for (const auto* other : {"plain-http", "insecure", "registry-config", "username"}) {
    provider->excludes(group.get_option(prefix + other));
  }
}

// How the endpoints of a cloud are reached: as the registry, but for the certificate that is meant
// for the registry alone.
std::shared_ptr<const HttpServerSettings> settings_for_cloud(HttpServerSettings server) {
  server.client_certificate_pem.clear();
  server.client_key_pem.clear();
  return std::make_shared<const HttpServerSettings>(std::move(server));
}

CLI::Option* add_reference_argument(CLI::App& command,
                                    std::shared_ptr<std::optional<oci::Reference>> reference,
                                    bool names_one_artifact) {
  return command
      .add_option_function<std::string>(
          "reference",
          [reference = std::move(reference), names_one_artifact](const std::string& text) {
            auto parsed = oci::Reference::parse(text);
            if (!parsed) throw CLI::ValidationError(parsed.error().message());
            if (names_one_artifact && !parsed->tag() && !parsed->digest()) {
              throw CLI::ValidationError(
                  text + " names neither a tag nor a digest; add \":TAG\" or \"@sha256:…\"");
            }
            *reference = *std::move(parsed);
          },
          "oci://HOST/REPOSITORY:TAG@DIGEST or oci-layout:DIR:TAG")
      ->type_name("REFERENCE");
}

}  // namespace

std::shared_ptr<RegistryFlags> add_registry_flags(CLI::App& command, const std::string& side) {
  auto flags = std::make_shared<RegistryFlags>();
  flags->shares_input = !side.empty();
  const std::string prefix = prefix_of(side);
  auto* group = side.empty()
                    ? command.add_option_group("Registry", "How the registry is reached")
                    : command.add_option_group(side == "from" ? "Source" : "Destination",
                                               "How the registry is reached, where it is one");
  add_connection_flags(*group, prefix, *flags);
  group
      ->add_option(prefix + "registry-config", flags->registry_config,
                   "Docker config.json with the credentials; by default $REGISTRY_AUTH_FILE, "
                   "$DOCKER_CONFIG, ~/.docker, and podman's auth.json")
      ->type_name("FILE");
  auto* username = add_username(*group, prefix, *flags);
  username->needs(add_password(*group, prefix, *flags, username));
  add_provider_flag(*group, prefix, *flags);
  return flags;
}

std::shared_ptr<RegistryFlags> add_login_flags(CLI::App& command) {
  auto flags = std::make_shared<RegistryFlags>();
  auto* group = command.add_option_group("Registry", "How the registry is reached");
  add_connection_flags(*group, "--", *flags);
  add_password(*group, "--", *flags, add_username(*group, "--", *flags));
  add_login_file_flag(*group, flags);
  return flags;
}

void add_login_file_flag(CLI::App& command, const std::shared_ptr<RegistryFlags>& flags) {
  command
      .add_option("--registry-config", flags->registry_config,
                  "Docker config.json that keeps the login; by default $REGISTRY_AUTH_FILE, "
                  "$DOCKER_CONFIG, ~/.docker")
      ->type_name("FILE");
}

std::shared_ptr<std::optional<oci::Reference>> add_reference(CLI::App& command,
                                                             bool names_one_artifact) {
  auto reference = std::make_shared<std::optional<oci::Reference>>();
  add_reference_argument(command, reference, names_one_artifact)->required();
  return reference;
}

std::shared_ptr<std::optional<oci::Reference>> add_optional_reference(CLI::App& command) {
  auto reference = std::make_shared<std::optional<oci::Reference>>();
  add_reference_argument(command, reference, false);
  return reference;
}

Result<std::string> read_password_from_input(const RegistryFlags& flags) {
  auto password = read_input(flags.shares_input, kMaxPasswordBytes);
  if (password.empty()) {
    return fail(ErrorCode::kInvalidInput, "standard input holds no password for the registry");
  }
  if (password.size() <= kMaxPasswordBytes) return password;
  return fail(ErrorCode::kInvalidInput,
              "the password on standard input exceeds the limit of 64 KiB");
}

Result<oci::RepositoryOptions> registry_options(const RegistryFlags& flags,
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
  return options;
}

Result<std::unique_ptr<oci::Repository>> open_repository(const oci::Reference& reference,
                                                         const RegistryFlags& flags,
                                                         const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto options, registry_options(flags, surroundings));
  if (flags.provider != "generic") {
    options.provider = flags.provider;
  } else if (reference.kind() == oci::Reference::Kind::kRegistry) {
    SEALIFT_ASSIGN(options.credentials, credentials(reference, flags, surroundings));
    options.login_advice = login_advice(reference.registry(), flags, options.credentials);
  }
  if (reference.kind() == oci::Reference::Kind::kRegistry) {
    SEALIFT_ASSIGN(options.mirrors, find_mirrors(reference, flags, *options.server, surroundings));
  }
  auto environment = surroundings.machine.repositories();
  cloud::WorkloadLogins logins(
      {environment.transport, environment.files, environment.clock, &environment_variable,
       settings_for_cloud(*options.server)},
      {cloud::Provider::kAzure, cloud::Provider::kAws, cloud::Provider::kGcp});
  environment.credential_sources = &logins;
  return oci::open_repository(reference, options, environment);
}

}  // namespace sealift::program
