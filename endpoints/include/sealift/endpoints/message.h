#pragma once

#include <sealift/base/http.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::endpoints {

// A whole request as it came from the network. Nothing of it is trusted.
struct Request {
  std::string method;  // a token, as sent: "GET"
  std::string path;    // begins with '/', without the query, not decoded
  std::string query;   // without '?', not decoded; empty where there is none
  HttpHeaders headers;
  std::string body;
  std::string peer;  // the address of the other end, without port

  // The decoded value of a query parameter; nullopt where it is absent. "?verbose" has the empty
  // value.
  std::optional<std::string> parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  HttpHeaders headers;  // beside Content-Type, Content-Length, Connection and Date
};

// Answers one request. It runs on the server's only thread, so it must not wait for anything.
using RequestHandler = std::function<Response(const Request&)>;

}  // namespace sealift::endpoints
