#pragma once

#include "support/test_server.h"

#include <sealift/base/http.h>

#include <memory>

namespace sealift::test {

// The real transport in a world where every name is at two servers of a test, one for https and one
// for http: the request goes there over TCP and TLS, with the name that was meant in its header
// Host. So code is tested that knows its servers by fixed names.
class MappedTransport : public HttpTransport {
 public:
  explicit MappedTransport(FakeTransport::Handler handler);

  Result<HttpResponse> send(const HttpRequest& request, HttpSink& sink,
                            std::stop_token stop) override;

 private:
  TestCertificate certificate_;
  TestServer secure_;
  TestServer plain_;
  std::shared_ptr<const HttpServerSettings> trust_;
  std::unique_ptr<HttpTransport> transport_;
};

}  // namespace sealift::test
