#include <sealift/base/http.h>

#include <algorithm>

namespace sealift {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
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

Result<HttpAnswer> send_for_bytes(HttpTransport& transport, const HttpRequest& request,
                                  std::stop_token stop) {
  KeepingSink sink(request);
  SEALIFT_ASSIGN(auto head, transport.send(request, sink, std::move(stop)));
  return HttpAnswer{std::move(head), sink.take()};
}

}  // namespace sealift
