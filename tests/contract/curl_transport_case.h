#pragma once

#include <sealift/base/http.h>

#include <gtest/gtest.h>

#include <memory>
#include <stop_token>
#include <string>
#include <utility>

namespace sealift::test {

inline HttpRequest get(const std::string& url) {
  HttpRequest request;
  request.url = url;
  return request;
}

class CurlTransportCase : public testing::Test {
 protected:
  Result<HttpAnswer> send(const HttpRequest& request, std::stop_token stop = {}) {
    return send_for_bytes(*transport_, request, std::move(stop));
  }
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test/1");
};

}  // namespace sealift::test
