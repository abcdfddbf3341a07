#include "person_login.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/keyless/browser_login.h>
#include <sealift/keyless/device_login.h>

#include <CLI/CLI.hpp>

#include <array>
#include <cstdlib>
#include <map>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include "browser_callback.h"
#include "signing_service_flags.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxSecretBytes = 4096;

// Opens the desktop's browser, where there is a desktop; otherwise the person takes the address
// from the terminal. What becomes of it is nobody's business here.
void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&actions) != 0) return;
  if (::posix_spawnattr_init(&attributes) == 0) {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      ::posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
    }
    // It outlives us, and the terminal's signals are not for it; ours are held back for a thread.
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string program = "xdg-open";
    std::string address = url;
    const std::array<char*, 3> arguments = {program.data(), address.data(), nullptr};
    pid_t pid = 0;
    ::posix_spawnp(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
  }
  ::posix_spawn_file_actions_destroy(&actions);
}

Result<keyless::IdentityToken> log_in_by_browser(const keyless::OpenIdProvider& provider,
                                                 const keyless::LoginClient& client,
                                                 const Surroundings& surroundings) {
  const auto environment = signing_environment(surroundings);
  SEALIFT_ASSIGN(const auto callback, BrowserCallback::listen(environment.clock));
  const keyless::BrowserLogin login(provider, client, callback->redirect_uri(), environment.random);
  const auto show = [&] {
    surroundings.output.prompt("Log in with a browser on this machine:\n  " + login.url());
    if (is_somebody_there()) open_browser(login.url());
  };
  SEALIFT_ASSIGN(const auto code, callback->wait_for_code(login, show, surroundings.stop));
  return login.redeem(code, environment, surroundings.stop);
}

void show(const keyless::DevicePrompt& prompt, const Output& output) {
  std::string text =
      "Log in with any device at\n  " + prompt.address + "\nand enter the code\n  " + prompt.code;
  if (!prompt.complete_address.empty()) text += "\nor go straight to\n  " + prompt.complete_address;
  output.prompt(text);
}

}  // namespace

void add_login_flags(CLI::App& group, LoginFlags& flags) {
  using Flow = LoginFlags::Flow;
  static const std::map<std::string, Flow> kFlows = {
      {"normal", Flow::kBrowser}, {"device", Flow::kDevice}, {"token", Flow::kToken}};
  group
      .add_option("--fulcio-auth-flow", flags.flow,
                  "How a person logs in: normal (a browser), device (a code for another device), "
                  "or token (never). Without it, a browser where there is no token and somebody "
                  "sits at the terminal")
      ->transform(CLI::CheckedTransformer(kFlows).description(""))
      ->type_name("normal|device|token");
  group.add_option("--oidc-client-id", flags.client_id, "As which client to log in")
      ->capture_default_str()
      ->type_name("ID");
  group
      .add_option("--oidc-client-secret-file", flags.client_secret_file,
                  "File with that client's secret, where it has one")
      ->type_name("FILE");
}

bool is_somebody_there() { return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0; }

Result<keyless::IdentityToken> log_in(const LoginFlags& flags, const std::string& issuer,
                                      const Surroundings& surroundings) {
  if (issuer.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "a login needs an issuer: name it with --oidc-issuer, or give a signing config "
                "that does");
  }
  const auto environment = signing_environment(surroundings);
  keyless::LoginClient client{.id = flags.client_id};
  if (!flags.client_secret_file.empty()) {
    SEALIFT_ASSIGN_CONTEXT(client.secret,
                           read_file(surroundings.machine.repositories().files,
                                     flags.client_secret_file, kMaxSecretBytes),
                           "reading the client's secret");
    client.secret.erase(client.secret.find_last_not_of("\r\n") + 1);
  }
  SEALIFT_ASSIGN(const auto provider,
                 keyless::discover_provider(issuer, environment, surroundings.stop));
  if (flags.flow != LoginFlags::Flow::kDevice) {
    return log_in_by_browser(provider, client, surroundings);
  }
  return keyless::log_in_by_device(
      provider, client, [&](const auto& prompt) { show(prompt, surroundings.output); }, environment,
      surroundings.stop);
}

}  // namespace sealift::program
