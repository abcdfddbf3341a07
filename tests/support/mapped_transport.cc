#include "support/mapped_transport.h"

namespace sealift::test {

MappedTransport::MappedTransport(FakeTransport::Handler handler)
    : certificate_(TestCertificate::make()),
      secure_(handler, TestServer::Tls{certificate_, ""}),
      plain_(handler),
      transport_(make_curl_transport("sealift-test")) {
  HttpServerSettings settings;
  settings.ca_pem = certificate_.ca_pem;
  trust_ = std::make_shared<const HttpServerSettings>(std::move(settings));
}

Result<HttpResponse> MappedTransport::send(const HttpRequest& request, HttpSink& sink,
                                           std::stop_token stop) {
  SEALIFT_TRY(check_request(request));
  const bool secure = request.url.starts_with("https://");
  const auto host = request.url.find("://") + 3;
  const auto path = std::min(request.url.find('/', host), request.url.size());
  HttpRequest mapped = request;
  mapped.url = (secure ? secure_ : plain_).url(request.url.substr(path));
  mapped.headers.set("Host", request.url.substr(host, path - host));
  mapped.server = secure ? trust_ : nullptr;
  return transport_->send(mapped, sink, stop);
}

}  // namespace sealift::test
