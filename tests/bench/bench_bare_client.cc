#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/random.h>
#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>
#include <sealift/objects/object.h>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

// usage: bench_bare_client KUBECONFIG MANIFESTS NAMESPACE APPS
// Applies the manifests APPS times, ${APP} and ${VERSION} filled in, and patches the status of one
// Delivery twice for each: what every controller must at least ask of the API server. It prints the
// seconds as JSON.
namespace {

using namespace sealift;

constexpr std::size_t kThreads = 16;
constexpr std::string_view kDeliveries = "/apis/sealift.dev/v1alpha1/namespaces/";

std::string filled_in(std::string text, std::string_view variable, std::string_view value) {
  for (auto at = text.find(variable); at != std::string::npos; at = text.find(variable, at)) {
    text.replace(at, variable.size(), value);
  }
  return text;
}

kube::Resource resource_of(const objects::Object& object) {
  const auto& kind = object.gvk().kind;
  auto plural = kind == "Ingress" ? std::string("ingresses") : kind + "s";
  for (auto& c : plural) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return {object.gvk(), plural, true};
}

std::string name_of(std::size_t app) {
  char name[32];
  std::snprintf(name, sizeof name, "app-%04zu", app);
  return name;
}

struct Bare {
  kube::ApiClient client;
  std::string manifests;
  std::string name_space;

  std::string path(const std::string& app) const {
    return std::string(kDeliveries) + name_space + "/deliveries" + (app.empty() ? "" : "/" + app);
  }

  Result<> create(std::size_t index, std::stop_token stop) const {
    const auto text =
        R"({"apiVersion":"sealift.dev/v1alpha1","kind":"Delivery","metadata":{"name":")" +
        name_of(index) +
        R"("},"spec":{"artifact":{"url":"oci://registry.example.com/a","tag":"v1"}}})";
    SEALIFT_ASSIGN(const auto body, parse_json(text, "the Delivery"));
    SEALIFT_TRY(client.create(path(""), {}, body, stop));
    return {};
  }

  Result<> patch_status(const std::string& app, const char* reason, std::stop_token stop) const {
    const auto text = R"({"status":{"conditions":[{"type":"Ready","status":"True","reason":")" +
                      std::string(reason) +
                      R"(","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}})";
    SEALIFT_ASSIGN(const auto body, parse_json(text, "the status"));
    SEALIFT_TRY(
        client.patch(path(app) + "/status", {}, "application/merge-patch+json", body, stop));
    return {};
  }

  Result<> deliver(std::size_t index, std::stop_token stop) const {
    const auto app = name_of(index);
    SEALIFT_TRY(patch_status(app, "Progressing", stop));
    const auto text = filled_in(filled_in(manifests, "${APP}", app), "${VERSION}", "v1");
    SEALIFT_ASSIGN(const auto parsed, objects::parse_objects(text, "the manifests"));
    for (const auto& object : parsed) {
      SEALIFT_TRY(kube::apply_object(client, resource_of(object), object, {}, stop));
    }
    return patch_status(app, "Delivered", stop);
  }
};

Result<double> measure(const Bare& bare, std::size_t apps) {
  const auto start = std::chrono::steady_clock::now();
  const auto install = [&](std::size_t index, std::stop_token stop) -> Result<> {
    SEALIFT_TRY(bare.create(index, stop));
    return bare.deliver(index, stop);
  };
  SEALIFT_TRY(run_parallel(apps, kThreads, {}, install));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<double> run(char** arguments) {
  SEALIFT_ASSIGN(auto access, kube::load_kubeconfig(system_files(), arguments[1], ""));
  const auto transport = make_curl_transport("bench-bare-client");
  kube::ApiClient client(std::move(access),
                         {*transport, system_files(), system_clock(), system_random()});
  SEALIFT_ASSIGN(auto manifests, read_file(system_files(), arguments[2], 1u << 20));
  const Bare bare{std::move(client), std::move(manifests), arguments[3]};
  return measure(bare, static_cast<std::size_t>(std::atol(arguments[4])));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) return 2;
  const auto seconds = run(arguments);
  if (!seconds) {
    std::fprintf(stderr, "%s\n", seconds.error().message().c_str());
    return 1;
  }
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto in_seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::printf("{\"seconds\": %.3f, \"cpu_seconds\": %.3f}\n", *seconds,
              in_seconds(used.ru_utime) + in_seconds(used.ru_stime));
  return 0;
}
