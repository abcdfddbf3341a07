#include "page_link.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <set>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxPages = 1'000;

bool is_next(std::string_view parameters) {
  std::string text;
  for (const char c : parameters) {
    if (c == ' ' || c == '"') continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return (text + ";").find(";rel=next;") != std::string::npos;
}

}  // namespace

std::optional<std::string> next_link(const HttpHeaders& headers) {
  for (std::string_view header : headers.get_all("Link")) {
    while (true) {
      const auto begin = header.find('<');
      const auto end = header.find('>', begin);
      if (begin == std::string_view::npos || end == std::string_view::npos) break;
      const auto target = header.substr(begin + 1, end - begin - 1);
      header.remove_prefix(end + 1);
      if (is_next(header.substr(0, header.find(',')))) return std::string(target);
    }
  }
  return std::nullopt;
}

Result<HttpAnswer> read_pages(RegistrySession& session, RegistryRequest request,
                              const std::function<Result<>(const HttpAnswer&)>& take,
                              std::stop_token stop) {
  const std::string who = "registry " + session.registry() + ", asked to " + request.action + ", ";
  const Url first = request.url;
  std::set<std::string> seen;
  while (seen.insert(request.url.to_string()).second) {
    SEALIFT_ASSIGN(HttpAnswer answer, session.send(request, stop));
    if (!is_success(answer)) {
      if (seen.size() == 1) return answer;
      return fail(session.error_of(request, answer));
    }
    SEALIFT_TRY(take(answer));
    const auto link = next_link(answer.head.headers);
    if (!link) return answer;
    SEALIFT_ASSIGN_CONTEXT(Url next, request.url.resolve(*link), who + "links to its next page");
    if (!next.same_origin(first)) {
      return fail(ErrorCode::kInvalidInput,
                  who + "has its next page on another server, " + printable(next.host));
    }
    if (seen.size() == kMaxPages) {
      return fail(ErrorCode::kInvalidInput, who + "has more than the limit of 1000 pages");
    }
    request.url = std::move(next);
  }
  return fail(ErrorCode::kInvalidInput, who + "links its pages in a circle");
}

}  // namespace sealift::oci
