#include "request_parser.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using sealift::endpoints::RequestParser;

// What the parser makes of the bytes in pieces of one size: all requests, and the end.
std::string read_all(std::string_view bytes, std::size_t piece) {
  RequestParser parser({.max_head_bytes = 512, .max_fields = 8, .max_body_bytes = 256});
  std::string seen;
  while (true) {
    const auto progress = parser.advance();
    if (progress == RequestParser::Progress::kComplete) {
      const auto request = parser.take();
      if (request.body.size() > 256 || request.headers.fields().size() > 8) std::abort();
      static_cast<void>(request.parameter("token"));
      seen +=
          request.method + ' ' + request.path + '?' + request.query + '\n' + request.body + '\n';
    } else if (progress == RequestParser::Progress::kRefused) {
      return seen + std::to_string(parser.refusal().status);
    } else if (bytes.empty()) {
      return seen;
    } else {
      parser.append(bytes.substr(0, piece));
      bytes.remove_prefix(std::min(piece, bytes.size()));
    }
  }
}

}  // namespace

// However the network cuts it, a request is read the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (read_all(bytes, 1) != read_all(bytes, std::max<std::size_t>(size, 1))) std::abort();
  return 0;
}
