#pragma once

#include <sealift/base/error.h>

#include <curl/curl.h>

#include <string_view>

namespace sealift {

// What curl tells about a transfer that failed.
struct CurlFailure {
  CURLcode code;
  std::string_view host;
  std::string_view port;
  std::string_view detail;  // curl's own sentence, may be empty
  int os_error;             // errno of the failed connection, or 0
  bool answered;            // the head of the answer had arrived
};

Error curl_error(const CurlFailure& failure);

}  // namespace sealift
