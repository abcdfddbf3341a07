#include "support/test_server.h"

#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdlib>
#include <mutex>
#include <thread>

namespace sealift::test {
namespace {

// Watches keep a thread each.
constexpr std::size_t kThreads = 32;

bool trust_clients_of(SSL_CTX& context, const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> in(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  X509* ca = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr);
  if (ca == nullptr) return false;
  X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), ca);
  X509_free(ca);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return true;
}

bool set_up_tls(SSL_CTX& context, const TestServer::Tls& tls) {
  const auto& [ca_pem, certificate_pem, key_pem] = tls.certificate;
  const std::unique_ptr<BIO, int (*)(BIO*)> certificate_in(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())), BIO_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> key_in(
      BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), BIO_free);
  X509* certificate = PEM_read_bio_X509(certificate_in.get(), nullptr, nullptr, nullptr);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr);
  const bool ok = SSL_CTX_use_certificate(&context, certificate) == 1 &&
                  SSL_CTX_use_PrivateKey(&context, key) == 1 &&
                  (tls.client_ca_pem.empty() || trust_clients_of(context, tls.client_ca_pem));
  X509_free(certificate);
  EVP_PKEY_free(key);
  return ok;
}

std::unique_ptr<httplib::Server> make_server(const std::optional<TestServer::Tls>& tls) {
  if (!tls) return std::make_unique<httplib::Server>();
  return std::make_unique<httplib::SSLServer>(
      [&](SSL_CTX& context) { return set_up_tls(context, *tls); });
}

class DataSinkAdapter : public ByteSink {
 public:
  explicit DataSinkAdapter(httplib::DataSink& sink) : sink_(sink) {}
  Result<> write(std::string_view bytes) override {
    if (sink_.write(bytes.data(), bytes.size())) return {};
    return fail(ErrorCode::kUnavailable, "the client is gone");
  }

 private:
  httplib::DataSink& sink_;
};

void send_answer(const FakeAnswer& answer, httplib::Response& response) {
  if (answer.error) {
    // A body that cannot be produced closes the connection, and this length promises one.
    response.set_content_provider(
        1, "text/plain", [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
    return;
  }
  response.status = answer.status;
  std::string type = "application/octet-stream";
  for (const auto& [name, value] : answer.headers.fields()) {
    if (name == "Content-Type") {
      type = value;
    } else {
      response.set_header(name, value);
    }
  }
  if (answer.stream) {
    response.set_chunked_content_provider(
        type, [stream = answer.stream](std::size_t, httplib::DataSink& sink) {
          DataSinkAdapter adapter(sink);
          const auto result = stream(adapter, std::stop_token());
          if (result) sink.done();
          return result.has_value();
        });
  } else {
    response.set_content(answer.body, type);
  }
}

}  // namespace

struct TestServer::State {
  State(FakeTransport::Handler given, const std::optional<Tls>& tls)
      : handler(std::move(given)), server(make_server(tls)), secure(tls.has_value()) {}

  void answer(const httplib::Request& request, httplib::Response& response) {
    SeenRequest seen;
    seen.method = request.method;
    seen.url = request.target;
    for (const auto& [name, value] : request.headers) seen.headers.add(name, value);
    seen.body = request.body;
    {
      const std::lock_guard lock(mutex);
      requests.push_back(seen);
    }
    send_answer(handler(seen), response);
  }

  FakeTransport::Handler handler;
  std::unique_ptr<httplib::Server> server;
  bool secure;
  int port = 0;
  std::thread thread;
  std::mutex mutex;
  std::vector<SeenRequest> requests;
};

TestServer::TestServer(FakeTransport::Handler handler, std::optional<Tls> tls)
    : state_(std::make_unique<State>(std::move(handler), tls)) {
  httplib::Server& server = *state_->server;
  if (!server.is_valid()) std::abort();
  const auto answer = [state = state_.get()](const httplib::Request& request,
                                             httplib::Response& response) {
    state->answer(request, response);
  };
  const char* const everything = "/.*";
  server.Get(everything, answer).Post(everything, answer).Put(everything, answer);
  server.Patch(everything, answer).Delete(everything, answer);
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000);
  server.set_keep_alive_timeout(1);
  state_->port = server.bind_to_any_port("127.0.0.1");
  if (state_->port <= 0) std::abort();
  state_->thread = std::thread([&server] { server.listen_after_bind(); });
  // stop() before the loop runs would be lost.
  while (!server.is_running()) std::this_thread::yield();
}

TestServer::~TestServer() {
  state_->server->stop();
  state_->thread.join();
}

int TestServer::port() const { return state_->port; }

std::string TestServer::host() const { return "127.0.0.1:" + std::to_string(port()); }

std::string TestServer::url(std::string_view path) const {
  return (state_->secure ? "https://" : "http://") + host() + std::string(path);
}

std::vector<SeenRequest> TestServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::size_t TestServer::request_count() const { return requests().size(); }

}  // namespace sealift::test

// ThreadSanitizer does not see into the distribution's cpp-httplib, whose threads share a constant
// that it keeps in a buffer of its own.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libcpp-httplib.so\n"; }
