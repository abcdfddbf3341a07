#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>
#include <sealift/kube/lease.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

// usage: lease_candidate KUBECONFIG NAMESPACE IDENTITY
// Wants to lead, and says on standard output when it does and when it does no more. SIGTERM asks it
// to stop.
int main(int count, char** arguments) {
  using namespace sealift;
  if (count != 4) return 2;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto access = kube::load_kubeconfig(system_files(), arguments[1], "");
  if (!access) return 1;
  const auto transport = make_curl_transport("lease-candidate");
  kube::LeaseOptions options;
  options.name_space = arguments[2];
  options.name = "election";
  options.identity = arguments[3];
  kube::LeaderElector elector(
      kube::ApiClient(*access, {*transport, system_files(), system_clock(), system_random()}),
      options, Logger::to_stderr(LogFormat::kText, LogLevel::kDebug), [] { std::_Exit(3); });

  std::jthread election([&elector](std::stop_token stop) {
    elector.run(
        [](std::stop_token told) {
          std::puts("leading");
          std::fflush(stdout);
          system_clock().sleep_until(SteadyTime::max(), told);
          std::puts("leading no more");
          std::fflush(stdout);
        },
        stop);
  });
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
