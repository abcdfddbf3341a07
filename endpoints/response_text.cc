#include "response_text.h"

#include <sealift/base/http_date.h>

#include <string_view>

namespace sealift::endpoints {
namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";  // may be empty (RFC 9112, section 4)
  }
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += ": ";
  text += value;
  text += "\r\n";
}

}  // namespace

std::string response_text(const Response& response, Timestamp now, bool keep_alive,
                          bool head_only) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
  text += reason_phrase(response.status);
  text += "\r\n";
  append_field(text, "Date", format_http_date(now));
  if (!response.body.empty()) append_field(text, "Content-Type", response.content_type);
  append_field(text, "Content-Length", std::to_string(response.body.size()));
  append_field(text, "Connection", keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers.fields()) append_field(text, name, value);
  text += "\r\n";
  if (!head_only) text += response.body;
  return text;
}

}  // namespace sealift::endpoints
