#include <sealift/base/encoding.h>
#include <sealift/base/http.h>

#include <algorithm>

namespace sealift {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kTokenCharacters =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}

bool has_control_or_space(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

// "https://" and the rest, or nullopt for other schemes.
std::optional<std::pair<std::string_view, std::string_view>> split_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    const std::string_view prefix = url.substr(0, scheme.size());
    if (same_name(prefix, scheme)) return std::pair(prefix, url.substr(scheme.size()));
  }
  return std::nullopt;
}

Result<> check_header(const std::string& name, const std::string& value) {
  if (!is_token(name)) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(name, 80) + "\" is no header name");
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return fail(ErrorCode::kInvalidInput, "the value of header " + name + " has a line break");
  }
  for (const std::string_view own :
       {"Content-Length", "Transfer-Encoding", "Connection", "Expect"}) {
    if (same_name(name, own)) {
      return fail(ErrorCode::kInvalidInput, "header " + name + " is the transport's own to set");
    }
  }
  return {};
}

class KeepingSink : public HttpSink {
 public:
  explicit KeepingSink(const HttpRequest& request)
      : body_("the body of the answer", request.max_body_bytes) {}
  Result<> begin(const HttpResponse&) override { return {}; }
  Result<> write(std::string_view bytes) override { return body_.write(bytes); }
  std::string take() { return body_.take(); }

 private:
  StringSink body_;
};

}  // namespace

void HttpHeaders::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void HttpHeaders::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const auto& field) { return same_name(field.first, name); });
  fields_.emplace_back(std::string(name), std::move(value));
}

std::optional<std::string_view> HttpHeaders::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (same_name(field, name)) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> HttpHeaders::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (same_name(field, name)) values.emplace_back(value);
  }
  return values;
}

Result<> check_request(const HttpRequest& request) {
  if (!is_token(request.method)) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(request.method, 40) + "\" is no HTTP method");
  }
  const auto url = split_scheme(request.url);
  if (!url || has_control_or_space(request.url)) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(url_for_message(request.url)) + "\" is no http or https URL");
  }
  if (url->second.substr(0, url->second.find_first_of("/?#")).find('@') != std::string_view::npos) {
    return fail(ErrorCode::kInvalidInput, url_for_message(request.url) +
                                              ": credentials do not belong into a URL, where logs "
                                              "show them");
  }
  for (const auto& [name, value] : request.headers.fields()) SEALIFT_TRY(check_header(name, value));
  return {};
}

std::string url_for_message(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  // Of any scheme, or none: what is refused for its scheme is shown too.
  const auto slashes = url.find("://");
  const std::size_t authority = slashes == std::string_view::npos ? 0 : slashes + 3;
  const std::string_view rest = url.substr(authority);
  const auto at = rest.substr(0, rest.find('/')).rfind('@');
  return std::string(url.substr(0, authority)) +
         std::string(at == std::string_view::npos ? rest : rest.substr(at + 1));
}

Result<HttpAnswer> send_for_bytes(HttpTransport& transport, const HttpRequest& request,
                                  std::stop_token stop) {
  KeepingSink sink(request);
  SEALIFT_ASSIGN(auto head, transport.send(request, sink, std::move(stop)));
  return HttpAnswer{std::move(head), sink.take()};
}

}  // namespace sealift
