#include <sealift/base/json.h>
#include <sealift/endpoints/probes.h>

#include <algorithm>
#include <utility>

namespace sealift::endpoints {
namespace {

Response plain(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers.set("Cache-Control", "no-store");
  return response;
}

Json json_of(const std::vector<Check>& checks, bool ok) {
  Json list = Json::array();
  for (const auto& check : checks) {
    Json entry = Json::object();
    entry.set("name", check.name);
    entry.set("ok", check.reason.empty());
    if (!check.reason.empty()) entry.set("reason", check.reason);
    list.push_back(std::move(entry));
  }
  Json document = Json::object();
  document.set("ok", ok);
  document.set("checks", std::move(list));
  return document;
}

Response answer_checks(const Request& request, const std::vector<Check>& checks) {
  const bool ok = std::all_of(checks.begin(), checks.end(),
                              [](const Check& check) { return check.reason.empty(); });
  const int status = ok ? 200 : 503;
  if (request.parameter("format") == "json") {
    Response response = plain(status, dump_json(json_of(checks, ok)) + "\n");
    response.content_type = "application/json";
    return response;
  }
  const bool verbose = request.parameter("verbose").has_value();
  if (ok && !verbose) return plain(status, "ok\n");
  std::string text;
  for (const auto& check : checks) {
    if (check.reason.empty()) {
      if (verbose) text += "[+] " + check.name + "\n";
    } else {
      text += "[-] " + check.name + ": " + check.reason + "\n";
    }
  }
  return plain(status, text + (ok ? "ok\n" : "failed\n"));
}

std::vector<Check> checks_of(const std::function<std::vector<Check>()>& ask) {
  return ask ? ask() : std::vector<Check>();
}

Response answer(const Probes& probes, const Request& request) {
  const bool metrics = request.path == "/metrics" && probes.metrics != nullptr;
  if (!metrics && request.path != "/healthz" && request.path != "/readyz") {
    return plain(404, "there are /healthz, /readyz and /metrics\n");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Response response = plain(405, "GET alone\n");
    response.headers.set("Allow", "GET, HEAD");
    return response;
  }
  if (!metrics) {
    return answer_checks(request,
                         checks_of(request.path == "/healthz" ? probes.alive : probes.ready));
  }
  Response response = plain(200, probes.metrics->expose());
  response.content_type = MetricsRegistry::kContentType;
  return response;
}

}  // namespace

RequestHandler make_probe_handler(Probes probes) {
  return [probes = std::move(probes)](const Request& request) { return answer(probes, request); };
}

}  // namespace sealift::endpoints
