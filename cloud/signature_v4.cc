#include "signature_v4.h"

#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>

#include <algorithm>
#include <map>
#include <vector>

namespace sealift::cloud {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

struct Target {
  std::string host;
  std::string path;
  std::string query;
};

Target target_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const auto host = url.substr(0, url.find_first_of("/?"));
  url.remove_prefix(host.size());
  const auto path = url.substr(0, url.find('?'));
  url.remove_prefix(std::min(path.size() + 1, url.size()));
  return {std::string(host), path.empty() ? "/" : std::string(path), std::string(url)};
}

// "20150830T123600Z".
std::string compact_time(Timestamp time) {
  std::string text = format_timestamp(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

// Parameters in the order of their bytes, a name alone with an empty value.
std::string canonical_query(std::string_view query) {
  std::vector<std::string> parameters;
  while (!query.empty()) {
    const auto one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const bool is_name = one.find('=') == std::string_view::npos;
    parameters.push_back(std::string(one) + (is_name ? "=" : ""));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string sorted;
  for (const auto& parameter : parameters) sorted += (sorted.empty() ? "" : "&") + parameter;
  return sorted;
}

// Without blanks at the ends, and one in place of several.
std::string canonical_value(std::string_view value) {
  std::string trimmed;
  for (const char c : value) {
    const bool blank = c == ' ' || c == '\t';
    if (!blank) {
      trimmed += c;
    } else if (!trimmed.empty() && trimmed.back() != ' ') {
      trimmed += ' ';
    }
  }
  if (trimmed.ends_with(' ')) trimmed.pop_back();
  return trimmed;
}

std::map<std::string, std::string> canonical_headers(const HttpHeaders& headers,
                                                     const std::string& host) {
  std::map<std::string, std::string> canonical = {{"host", host}};
  for (const auto& [name, value] : headers.fields()) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    auto& joined = canonical[lower];
    joined += (joined.empty() ? "" : ",") + canonical_value(value);
  }
  return canonical;
}

std::string signing_key(const AwsKeys& keys, std::string_view date, const AwsScope& scope) {
  std::string key = hmac_sha256("AWS4" + keys.secret_access_key, date);
  for (const auto part : {scope.region, scope.service, std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  return key;
}

}  // namespace

void sign_v4(HttpRequest& request, std::string_view body, const AwsKeys& keys,
             const AwsScope& scope, Timestamp now) {
  const std::string time = compact_time(now);
  const std::string date = time.substr(0, time.find('T'));
  request.headers.set("X-Amz-Date", time);
  if (!keys.session_token.empty()) {
    request.headers.set("X-Amz-Security-Token", keys.session_token);
  }
  const Target target = target_of(request.url);
  std::string lines;
  std::string names;
  for (const auto& [name, value] : canonical_headers(request.headers, target.host)) {
    lines += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical = request.method + "\n" + target.path + "\n" +
                                canonical_query(target.query) + "\n" + lines + "\n" + names + "\n" +
                                Digest::of(body).hex();
  const std::string place =
      date + "/" + std::string(scope.region) + "/" + std::string(scope.service) + "/aws4_request";
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + time + "\n" + place + "\n" + Digest::of(canonical).hex();
  const std::string signature = hex_encode(hmac_sha256(signing_key(keys, date, scope), to_sign));
  request.headers.set("Authorization", std::string(kAlgorithm) +
                                           " Credential=" + keys.access_key_id + "/" + place +
                                           ", SignedHeaders=" + names + ", Signature=" + signature);
}

}  // namespace sealift::cloud
