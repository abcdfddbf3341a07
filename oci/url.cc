#include "url.h"

#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxUrl = 8'192;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_unreserved(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || is_digit(c) ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view reason) {
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text) + "\" is not a URL: " + std::string(reason));
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
    });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), is_unreserved);
}

// Section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> segments;
  std::string_view rest = path.substr(1);
  while (true) {
    const auto slash = rest.find('/');
    const auto segment = rest.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    if (segment == ".." && !segments.empty()) segments.pop_back();
    if (segment != "." && segment != "..") {
      segments.push_back(segment);
    } else if (last) {
      segments.emplace_back();
    }
    if (last) break;
    rest.remove_prefix(slash + 1);
  }
  std::string result;
  for (const auto segment : segments) result.append("/").append(segment);
  return result;
}

Result<> parse_authority(std::string_view authority, Url& url) {
  if (authority.find('@') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, "it must not hold credentials");
  }
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = std::string(authority.substr(0, colon));
  std::transform(url.host.begin(), url.host.end(), url.host.begin(), lower);
  if (!is_host(url.host)) return fail(ErrorCode::kInvalidInput, "its host is none");
  url.port = url.scheme == "https" ? 443 : 80;
  if (colon == std::string_view::npos) return {};
  const auto text = authority.substr(colon + 1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
  if (error != std::errc() || end != text.data() + text.size() || url.port == 0) {
    return fail(ErrorCode::kInvalidInput, "its port is none");
  }
  return {};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kMaxUrl) return refuse(text, "it exceeds the limit of 8192 bytes");
  const bool clean = std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' &&
           std::string_view("\\\"<>^`{|}").find(c) == std::string_view::npos;
  });
  if (!clean) return refuse(text, "it holds a character that must be percent-encoded");
  Url url;
  std::string_view rest = text.substr(0, text.find('#'));
  const auto colon = rest.find("://");
  if (colon != std::string_view::npos) url.scheme = std::string(rest.substr(0, colon));
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), lower);
  if (url.scheme != "http" && url.scheme != "https") {
    return refuse(text, "it must begin with https:// or http://");
  }
  rest.remove_prefix(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  if (auto parsed = parse_authority(rest.substr(0, end), url); !parsed) {
    return refuse(text, parsed.error().message());
  }
  url.target = std::string(rest.substr(end));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
  const auto colon = reference.find("://");
  if (colon != std::string_view::npos && colon < reference.find_first_of("/?#")) {
    return parse(reference);
  }
  if (reference.starts_with("//")) return parse(scheme + ":" + std::string(reference));
  const std::string_view base_path = std::string_view(target).substr(0, target.find('?'));
  const std::size_t query = std::min(reference.find_first_of("?#"), reference.size());
  std::string path(reference.substr(0, query));
  if (path.empty()) {
    path = base_path;
  } else if (path.front() != '/') {
    path.insert(0, base_path.substr(0, base_path.rfind('/') + 1));
  }
  Url base = *this;
  base.target.clear();
  return parse(base.to_string() + remove_dot_segments(path) + std::string(reference.substr(query)));
}

std::string Url::to_string() const {
  const bool default_port = port == (scheme == "https" ? 443 : 80);
  return scheme + "://" + host + (default_port ? "" : ":" + std::to_string(port)) + target;
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  Url url = *this;
  url.target += url.target.find('?') == std::string::npos ? '?' : '&';
  url.target += std::string(name) + "=" + percent_encode(value);
  return url;
}

bool Url::same_origin(const Url& other) const {
  return scheme == other.scheme && host == other.host && port == other.port;
}

}  // namespace sealift::oci
