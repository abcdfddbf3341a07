#include <sealift/base/encoding.h>
#include <sealift/logins/find_login.h>
#include <sealift/logins/login_files.h>
#include <sealift/logins/login_store.h>
#include <sealift/oci/login.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "password.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

constexpr const char* kLoginAdvice = "give --username and --password-stdin";

// "https://r.example/" → "r.example". Docker Hub's URL, which docker's files have, is its name.
std::string registry_name(const std::string& text) {
  std::string_view name = text;
  for (const std::string_view scheme : {"https://", "oci://"}) {
    if (name.starts_with(scheme)) name.remove_prefix(scheme.size());
  }
  while (name.ends_with('/')) name.remove_suffix(1);
  if (oci::is_key_of_registry(text, "docker.io")) return "docker.io";
  const auto slash = name.find('/');
  if (name.starts_with("http:") || name.starts_with("http://")) {
    throw CLI::ValidationError(printable(text) + ": give the name alone, and --plain-http");
  }
  if (slash != std::string_view::npos) {
    throw CLI::ValidationError(printable(text) + " names more than a registry; log in at " +
                               printable(name.substr(0, slash)));
  }
  // The rules for names are those of addresses.
  const auto reference = oci::Reference::parse("oci://" + std::string(name) + "/any");
  if (!reference) {
    throw CLI::ValidationError(printable(text) +
                               " is no name of a registry; write HOST or HOST:PORT");
  }
  return reference->registry();
}

std::shared_ptr<std::string> add_registry(CLI::App& command) {
  auto registry = std::make_shared<std::string>();
  command
      .add_option_function<std::string>(
          "registry", [registry](const std::string& text) { *registry = registry_name(text); },
          "The registry's name, as in addresses: HOST or HOST:PORT")
      ->required()
      ->type_name("REGISTRY");
  return registry;
}

Result<std::string> file_to_write(const RegistryFlags& flags) {
  auto path = logins::login_file_to_write(flags.registry_config);
  if (!path.empty()) return path;
  return fail(ErrorCode::kInvalidInput,
              "nothing says where logins are kept: set HOME or DOCKER_CONFIG, or give "
              "--registry-config FILE");
}

// From the flags, or from the person at the terminal.
Result<oci::Credentials> given_credentials(const std::string& registry, const RegistryFlags& flags,
                                           const std::stop_token& stop) {
  oci::Credentials given;
  given.username = flags.username;
  if (given.username.empty()) {
    SEALIFT_ASSIGN(given.username,
                   ask_person("User name at " + registry, kLoginAdvice, Echo::kOn, stop));
  }
  if (given.username.empty() || given.username.find(':') != std::string::npos) {
    return fail(ErrorCode::kInvalidInput, "the user name at " + registry +
                                              " must not be empty and holds no colon: "
                                              "a colon ends it where logins are kept and sent");
  }
  if (flags.password_stdin) {
    SEALIFT_ASSIGN(given.password, read_password_from_input(flags));
    return given;
  }
  SEALIFT_ASSIGN(given.password,
                 ask_person("Password of " + printable(given.username) + " at " + registry,
                            kLoginAdvice, Echo::kOff, stop));
  if (!given.password.empty()) return given;
  return fail(ErrorCode::kInvalidInput, "the password is empty; nothing was done");
}

Result<> log_in(const std::string& registry, const RegistryFlags& flags,
                const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto path, file_to_write(flags));
  SEALIFT_ASSIGN(auto options, registry_options(flags, surroundings));
  SEALIFT_ASSIGN(options.credentials, given_credentials(registry, flags, surroundings.stop));
  options.login_advice = "check the user name and the password; nothing was kept";
  const auto& machine = surroundings.machine.repositories();
  SEALIFT_ASSIGN(auto answer, oci::try_login(registry, options, machine, surroundings.stop));
  if (!answer.was_asked_for) {
    surroundings.output.warning("registry " + registry +
                                " asked for no login, so that the password was not checked");
  }
  auto& credentials = options.credentials;
  const bool has_token = !answer.identity_token.empty();
  if (has_token) {
    credentials.password.clear();
    credentials.identity_token = std::move(answer.identity_token);
  }
  logins::LoginStore store(machine.files, path, machine.clock);
  SEALIFT_ASSIGN_CONTEXT(const auto place, store.store(registry, credentials, surroundings.stop),
                         "keep the login");
  surroundings.output.step("logged in", "at " + registry + " as " +
                                            printable(credentials.username) + "; kept in " + place +
                                            (place == path ? ", not encrypted" : ""));
  surroundings.output.document(Json::Object{{"registry", registry},
                                            {"username", credentials.username},
                                            {"keptIn", place},
                                            {"identityToken", has_token}});
  return {};
}

Result<> log_out(const std::string& registry, const RegistryFlags& flags,
                 const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto path, file_to_write(flags));
  const auto& machine = surroundings.machine.repositories();
  auto& files = machine.files;
  logins::LoginStore store(files, path, machine.clock);
  SEALIFT_ASSIGN_CONTEXT(const bool forgotten, store.erase(registry, surroundings.stop),
                         "forget the login");
  if (forgotten) {
    surroundings.output.step("logged out", "of " + registry);
  } else {
    surroundings.output.text("not logged in at " + registry + ": " + path +
                             " has no login for it\n");
  }
  surroundings.output.document(Json::Object{{"registry", registry}, {"loggedOut", forgotten}});
  const auto left = logins::find_login(files, flags.registry_config, registry, surroundings.stop);
  if (left && !left->empty()) {
    surroundings.output.warning("a login for " + registry +
                                " remains in podman's auth.json, which is read as well; end it "
                                "with \"podman logout " +
                                registry + "\"");
  }
  return {};
}

}  // namespace

void add_login_commands(CLI::App& app, Action& chosen) {
  auto* login = app.add_subcommand("login", "Check a login at a registry, and keep it");
  auto registry = add_registry(*login);
  auto flags = add_login_flags(*login);
  login->add_option_function<std::string>(
      "-p,--password",
      [](const std::string&) {
        throw CLI::ValidationError(
            "--password: what stands on a command line is seen by every process of the machine "
            "and stays in the shell's history; give --password-stdin, or leave it out to be "
            "asked");
      },
      "Refused: every process can read it; use --password-stdin");
  login->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return log_in(*registry, *flags, surroundings);
    };
  });
  auto* logout = app.add_subcommand("logout", "Forget the login at a registry");
  auto from = add_registry(*logout);
  auto kept = std::make_shared<RegistryFlags>();
  add_login_file_flag(*logout, kept);
  logout->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) { return log_out(*from, *kept, surroundings); };
  });
}

}  // namespace sealift::program
