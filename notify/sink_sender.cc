#include "sink_sender.h"

#include <sealift/base/http_date.h>

#include <utility>

namespace sealift::notify {
namespace {

using Kind = SendOutcome::Kind;

constexpr std::uint64_t kMaxSecretBytes = 8192;
constexpr std::uint64_t kMaxCaBytes = 1u << 20;
constexpr std::chrono::seconds kDeadline{20};

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

// Keeps nothing of the answer but its head, which stands even where the body breaks off.
class HeadSink : public HttpSink {
 public:
  Result<> begin(const HttpResponse& head) override {
    head_ = head;
    return {};
  }
  Result<> write(std::string_view) override { return {}; }
  const std::optional<HttpResponse>& head() const { return head_; }

 private:
  std::optional<HttpResponse> head_;
};

// A wrong password or missing permission can be mended, and holds for all that follows; what else
// the receiver calls the sender's fault is this message's own.
bool is_mendable(int status) {
  return status == 401 || status == 403 || status == 408 || status == 425 || status == 429 ||
         status >= 500;
}

SendOutcome outcome_of(const HttpResponse& head, Timestamp now) {
  if (head.status >= 200 && head.status < 300) return {Kind::kDelivered, "", std::nullopt};
  std::string error = "the receiver answered " + std::to_string(head.status);
  if (!is_mendable(head.status)) return {Kind::kRefused, std::move(error), std::nullopt};
  const auto field = head.headers.get("Retry-After");
  return {Kind::kTryAgain, std::move(error), field ? parse_retry_after(*field, now) : std::nullopt};
}

}  // namespace

SendOutcome SinkSender::send(const Event& event, std::stop_token stop) {
  const auto secrets = read_secrets();
  if (!secrets) return {Kind::kTryAgain, secrets.error().message(), std::nullopt};
  const auto message = make_message(sink_, *secrets, event);
  if (!message) return {Kind::kNothingToSay, "", std::nullopt};
  const auto request = request_for(*message);
  if (!request) return try_again(request.error(), *secrets);
  HeadSink answer;
  const auto sent = transport_.send(*request, answer, std::move(stop));
  if (answer.head()) return outcome_of(*answer.head(), clock_.now());
  if (sent) return {Kind::kTryAgain, "the receiver gave no answer", std::nullopt};
  return try_again(sent.error(), *secrets);
}

// A URL that comes from a file is a secret, and transports name the URL that they could not reach.
SendOutcome SinkSender::try_again(const Error& error, const SinkSecrets& secrets) const {
  std::string text = error.message();
  if (!sink_.url_file.empty()) {
    for (const auto& secret : {secrets.url, url_for_message(secrets.url)}) {
      for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), "the URL of " + sink_.url_file);
        at += sink_.url_file.size();
      }
    }
  }
  return {Kind::kTryAgain, std::move(text), error.retry_after()};
}

Result<SinkSecrets> SinkSender::read_secrets() {
  const auto read = [&](const std::string& path, std::string otherwise) -> Result<std::string> {
    if (path.empty()) return otherwise;
    SEALIFT_ASSIGN(auto text, read_file(files_, path, kMaxSecretBytes));
    text = without_line_end(std::move(text));
    if (text.empty()) return fail(ErrorCode::kInvalidInput, path + " is empty");
    return text;
  };
  SinkSecrets secrets;
  SEALIFT_ASSIGN(secrets.url, read(sink_.url_file, sink_.url));
  SEALIFT_ASSIGN(secrets.token, read(sink_.token_file, ""));
  SEALIFT_ASSIGN(secrets.hmac_key, read(sink_.hmac_key_file, ""));
  return secrets;
}

Result<HttpRequest> SinkSender::request_for(const Message& message) {
  HttpServerSettings settings;
  settings.proxy = sink_.proxy;
  if (!sink_.ca_file.empty()) {
    SEALIFT_ASSIGN(settings.ca_pem, read_file(files_, sink_.ca_file, kMaxCaBytes));
  }
  // The same settings share a connection.
  if (server_ == nullptr || !(*server_ == settings)) {
    server_ = std::make_shared<const HttpServerSettings>(std::move(settings));
  }
  HttpRequest request;
  request.method = "POST";
  request.url = message.url;
  for (const auto& [name, value] : message.headers) request.headers.set(name, value);
  request.body = Blob::from_string(message.body);
  request.server = server_;
  request.deadline = kDeadline;
  return request;
}

}  // namespace sealift::notify
