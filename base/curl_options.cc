#include "curl_exchange.h"

#include "curl_library.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift {
namespace {

// Sets options and remembers the first refusal, so that the list below stays a list.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl().easy_setopt(easy_, option, value);
    if (code_ == CURLE_OK) code_ = code;
  }

  // The bytes must outlive the transfer.
  void set_pem(CURLoption option, const std::string& pem) {
    if (pem.empty()) return;
    curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
    set(option, &blob);
  }

  Result<> result() const {
    if (code_ == CURLE_OK) return {};
    return fail(ErrorCode::kInvalidInput,
                std::string("the request cannot be prepared: ") + curl().easy_strerror(code_));
  }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
};

void set_server(Options& options, const HttpServerSettings& server) {
  options.set_pem(CURLOPT_CAINFO_BLOB, server.ca_pem);
  options.set_pem(CURLOPT_SSLCERT_BLOB, server.client_certificate_pem);
  options.set_pem(CURLOPT_SSLKEY_BLOB, server.client_key_pem);
  if (!server.ca_pem.empty()) {
    // The system's roots would be trusted beside the given ones otherwise.
    options.set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
    options.set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  if (!server.proxy.empty()) {
    options.set(CURLOPT_PROXY, server.proxy.c_str());
    // What the environment says about proxies is for those that name none.
    options.set(CURLOPT_NOPROXY, "");
  }
  if (server.direct) options.set(CURLOPT_NOPROXY, "*");
  if (server.insecure_skip_tls_verify) {
    options.set(CURLOPT_SSL_VERIFYPEER, 0L);
    options.set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

// RFC 9110, section 8.6: a request whose method expects a body says so when it has none.
bool expects_body(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

void set_method(Options& options, const HttpRequest& request) {
  if (request.body || expects_body(request.method)) {
    const std::uint64_t size = request.body ? request.body->size : 0;
    options.set(CURLOPT_UPLOAD, 1L);
    options.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  }
  if (request.method == "HEAD") {
    options.set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || request.body) {
    options.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

// curl keeps a buffer of this size for each request under way, whatever its body: most bodies are
// small, and a watch has none and lasts for hours.
long upload_buffer_bytes(const HttpRequest& request) {
  constexpr std::uint64_t kLeast = 16u << 10;  // less is not allowed
  constexpr std::uint64_t kMost = 64u << 10;
  return static_cast<long>(std::clamp(request.body ? request.body->size : 0, kLeast, kMost));
}

bool is_https(const std::string& url) { return url.size() > 4 && (url[4] == 's' || url[4] == 'S'); }

struct UrlParts {
  std::string host;
  std::string port;
};

Result<UrlParts> parse_url(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl().url(), curl().url_cleanup);
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    curl().url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT);
    std::string copied = text == nullptr ? "" : text;
    curl().free(text);
    return copied;
  };
  const CURLUcode code = curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
  if (code != CURLUE_OK) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(url_for_message(url)) +
                                              "\" is no URL: " + curl().url_strerror(code));
  }
  return UrlParts{part(CURLUPART_HOST), part(CURLUPART_PORT)};
}

}  // namespace

Result<std::shared_ptr<CurlExchange>> CurlExchange::make(
    const HttpRequest& request, const std::string& user_agent,
    std::shared_ptr<const LocalAddressRule> rule) {
  SEALIFT_ASSIGN(UrlParts url, parse_url(request.url));
  if (auto refusal = rule == nullptr ? std::nullopt : rule->against_host(url.host)) {
    return fail(
        std::move(*refusal).with_context(request.method + " " + url_for_message(request.url)));
  }
  CURL* easy = curl().easy_init();
  if (easy == nullptr) return fail(ErrorCode::kIo, "curl has no memory for a request");
  std::shared_ptr<CurlExchange> exchange(new CurlExchange(request, easy));
  exchange->host_ = std::move(url.host);
  exchange->port_ = std::move(url.port);
  exchange->rule_ = std::move(rule);
  SEALIFT_TRY(exchange->set_headers(request));
  SEALIFT_TRY_CONTEXT(exchange->set_options(request, user_agent), exchange->name_);
  return exchange;
}

Result<> CurlExchange::set_headers(const HttpRequest& request) {
  const auto add = [this](const std::string& line) {
    curl_slist* longer = curl().slist_append(header_list_, line.c_str());
    if (longer != nullptr) header_list_ = longer;
    return longer != nullptr;
  };
  bool complete = true;
  for (const auto& [name, value] : request.headers.fields()) {
    // curl takes "Name:" for the wish to leave a header out, and "Name;" for an empty one.
    complete = add(value.empty() ? name + ";" : name + ": " + value) && complete;
  }
  // No answer is awaited before a body is sent, and nothing is sent that the caller did not say.
  complete = add("Expect:") && complete;
  if (!request.headers.get("Accept")) complete = add("Accept:") && complete;
  if (!complete) return fail(ErrorCode::kIo, "curl has no memory for the header of a request");
  return {};
}

Result<> CurlExchange::set_options(const HttpRequest& request, const std::string& user_agent) {
  Options options(easy_);
  options.set(CURLOPT_URL, request.url.c_str());
  options.set(CURLOPT_PATH_AS_IS, 1L);
  options.set(CURLOPT_PROTOCOLS_STR, "http,https");
  options.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  options.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  // Rather share an HTTP/2 connection that is being made than open one for each request. Without
  // TLS there is no HTTP/2 here, and waiting would last until the first answer is complete, which
  // for a watch is never.
  if (is_https(request.url)) options.set(CURLOPT_PIPEWAIT, 1L);
  options.set(CURLOPT_NOSIGNAL, 1L);
  options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // A watch that is silent for hours still finds out that its peer is gone.
  options.set(CURLOPT_TCP_KEEPALIVE, 1L);
  options.set(CURLOPT_TCP_KEEPIDLE, 30L);
  options.set(CURLOPT_TCP_KEEPINTVL, 10L);
  if (idle_timeout_.count() > 0) {
    options.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(idle_timeout_.count()));
  }
  options.set(CURLOPT_USERAGENT, user_agent.c_str());
  options.set(CURLOPT_HTTPHEADER, header_list_);
  options.set(CURLOPT_ERRORBUFFER, detail_.data());
  options.set(CURLOPT_HEADERFUNCTION, &CurlExchange::on_header);
  options.set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  options.set(CURLOPT_WRITEFUNCTION, &CurlExchange::on_body);
  options.set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  options.set(CURLOPT_READFUNCTION, &CurlExchange::on_upload);
  options.set(CURLOPT_READDATA, static_cast<void*>(this));
  // No CURLOPT_SEEKFUNCTION: so curl never sends a body a second time on its own.
  options.set(CURLOPT_SSL_CTX_FUNCTION, &CurlExchange::on_tls);
  options.set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(this));
  options.set(CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer_bytes(request));
  options.set(CURLOPT_PREREQFUNCTION, &CurlExchange::on_connected);
  options.set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set_method(options, request);
  if (server_ != nullptr) set_server(options, *server_);
  return options.result();
}

}  // namespace sealift
