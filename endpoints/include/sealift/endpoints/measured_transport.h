#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/http.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::endpoints {

// One request as its measurer sees it.
struct MeasuredRequest {
  const HttpRequest& request;
  std::string_view
      code;  // the status, "200"; or the error where there was no answer, "unavailable"
  std::chrono::duration<double> duration;  // until the answer began
};

// Passes requests on and says what became of them. A watch is told of when it begins.
class MeasuredTransport : public HttpTransport {
 public:
  using Measure = std::function<void(const MeasuredRequest&)>;
  // `next` and `clock` must outlive this transport; `measure` is called from many threads.
  MeasuredTransport(HttpTransport& next, Clock& clock, Measure measure)
      : next_(next), clock_(clock), measure_(std::move(measure)) {}

  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  HttpTransport& next_;
  Clock& clock_;
  Measure measure_;
};

// The verb of a request to an API server, as its audit log names it: get, list, watch, create,
// update, apply, patch, delete. A GET is a list where its path names a collection, which its
// parameters show: "watch=" or "limit="; other GETs are "get".
std::string_view api_verb(const HttpRequest& request);

// "registry.example:5000" of "https://registry.example:5000/v2/…".
std::string_view host_of(std::string_view url);

}  // namespace sealift::endpoints
