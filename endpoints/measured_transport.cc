#include <sealift/endpoints/measured_transport.h>

#include <algorithm>
#include <utility>

namespace sealift::endpoints {
namespace {

class TellingSink : public HttpSink {
 public:
  TellingSink(HttpSink& next, std::function<void(const HttpResponse&)> tell)
      : next_(next), tell_(std::move(tell)) {}

  Result<> begin(const HttpResponse& head) override {
    began_ = true;
    tell_(head);
    return next_.begin(head);
  }
  Result<> write(std::string_view bytes) override { return next_.write(bytes); }
  bool began() const { return began_; }

 private:
  HttpSink& next_;
  std::function<void(const HttpResponse&)> tell_;
  bool began_ = false;
};

bool has_parameter(std::string_view url, std::string_view name) {
  const auto query = url.find('?');
  if (query == std::string_view::npos) return false;
  for (std::string_view rest = url.substr(query + 1); !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    if (pair.substr(0, pair.find('=')) == name) return true;
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
  return false;
}

}  // namespace

Result<HttpResponse> MeasuredTransport::send(const HttpRequest& request, HttpSink& sink,
                                             std::stop_token stop) {
  const auto began = clock_.steady_now();
  const auto tell = [&](std::string_view code) {
    measure_({request, code, clock_.steady_now() - began});
  };
  TellingSink telling(sink, [&](const HttpResponse& head) { tell(std::to_string(head.status)); });
  auto response = next_.send(request, telling, std::move(stop));
  if (!response && !telling.began()) tell(to_string(response.error().code()));
  return response;
}

std::string_view api_verb(const HttpRequest& request) {
  if (request.method == "GET") {
    if (has_parameter(request.url, "watch")) return "watch";
    return has_parameter(request.url, "limit") ? "list" : "get";
  }
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "DELETE") return "delete";
  if (request.method != "PATCH") return "other";
  const auto type = request.headers.get("Content-Type");
  return type && type->starts_with("application/apply-patch") ? "apply" : "patch";
}

std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

}  // namespace sealift::endpoints
