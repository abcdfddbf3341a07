#include "curl_exchange.h"

#include "curl_error.h"
#include "curl_library.h"

#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace sealift {
namespace {

// How much of an answer waits for a slow sink, and of a body for a slow network.
constexpr std::size_t kMaxReceived = 1u << 20;
constexpr std::size_t kMaxUpload = 256u << 10;
// A watch lasts for hours, and the flood at its beginning for a moment.
constexpr std::size_t kKeptBuffer = 8u << 10;
constexpr std::size_t kUploadPiece = 64u << 10;
constexpr std::size_t kMaxHeaderBytes = 64u << 10;
// A request that is given up sooner says nothing about its connection.
constexpr std::chrono::milliseconds kLeastSilence{2'000};
// The kernel counts in its own ticks.
constexpr std::chrono::milliseconds kClockGrain{20};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::uint64_t> content_length(const HttpHeaders& headers) {
  const auto text = headers.get("Content-Length");
  if (!text) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (error != std::errc()) return std::nullopt;
  return length;
}

}  // namespace

CurlExchange::CurlExchange(const HttpRequest& request, CURL* easy)
    : name_(request.method + " " + url_for_message(request.url)),
      server_(request.server),
      max_body_bytes_(request.max_body_bytes),
      deadline_(request.deadline),
      idle_timeout_(request.idle_timeout),
      start_(std::chrono::steady_clock::now()),
      head_only_(request.method == "HEAD"),
      easy_(easy),
      last_activity_(start_),
      body_(request.body),
      upload_complete_(!request.body || request.body->size == 0) {}

CurlExchange::~CurlExchange() {
  curl().easy_cleanup(easy_);
  curl().slist_free_all(header_list_);
}

void CurlExchange::interrupt(Error error) {
  const std::lock_guard lock(mutex_);
  if (!interrupted_) interrupted_ = std::move(error);
  changed_.notify_all();
}

// --- The calling thread.

Result<HttpResponse> CurlExchange::pump(HttpSink& sink, const std::function<void()>& resume) {
  auto result = pump_to_end(sink, resume);
  // The loop may be the last to let go of the exchange, at a time when what the body was read from
  // is gone.
  source_.reset();
  body_.reset();
  return result;
}

Result<HttpResponse> CurlExchange::pump_to_end(HttpSink& sink,
                                               const std::function<void()>& resume) {
  while (true) {
    switch (wait()) {
      case Step::kInterrupted:
        return fail(std::move(*interrupted_).with_context(name_));
      case Step::kHead:
        SEALIFT_TRY(deliver_head(sink));
        break;
      case Step::kReceived:
        SEALIFT_TRY(deliver_received(sink, resume));
        break;
      case Step::kFeed:
        SEALIFT_TRY_CONTEXT(feed(resume), name_);
        break;
      case Step::kDone:
        if (failure_) return fail(std::move(*failure_).with_context(name_));
        return std::move(answer_);
    }
  }
}

bool CurlExchange::has_room_to_feed() const {
  return !upload_complete_ && upload_.size() - upload_taken_ < kMaxUpload;
}

CurlExchange::Step CurlExchange::wait() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (interrupted_) return Step::kInterrupted;
    if (head_) return Step::kHead;
    if (!received_.empty()) return Step::kReceived;
    if (done_) return Step::kDone;
    if (has_room_to_feed()) return Step::kFeed;
    changed_.wait(lock);
  }
}

Result<> CurlExchange::deliver_head(HttpSink& sink) {
  {
    const std::lock_guard lock(mutex_);
    answer_ = *std::exchange(head_, std::nullopt);
  }
  return sink.begin(answer_);
}

Result<> CurlExchange::deliver_received(HttpSink& sink, const std::function<void()>& resume) {
  delivering_.clear();
  bool paused = false;
  {
    const std::lock_guard lock(mutex_);
    // Swapping keeps the memory of both buffers in use.
    delivering_.swap(received_);
    paused = std::exchange(receive_paused_, false);
  }
  if (paused) resume();
  answer_.body_bytes += delivering_.size();
  auto taken = sink.write(delivering_);
  // An assignment would keep the memory.
  if (delivering_.capacity() > kKeptBuffer) std::string().swap(delivering_);
  return taken;
}

Result<> CurlExchange::feed(const std::function<void()>& resume) {
  if (source_ == nullptr) {
    SEALIFT_ASSIGN(source_, body_->open());
  }
  std::string piece(std::min<std::uint64_t>(kUploadPiece, body_->size - fed_), '\0');
  SEALIFT_ASSIGN(const std::size_t count, source_->read(piece.data(), piece.size()));
  if (count == 0) {
    return fail(ErrorCode::kIo, "the body to send ended after " + std::to_string(fed_) + " of " +
                                    std::to_string(body_->size) +
                                    " bytes; it changed while it was being sent");
  }
  fed_ += count;
  bool paused = false;
  {
    const std::lock_guard lock(mutex_);
    if (upload_taken_ >= kMaxUpload) upload_.erase(0, std::exchange(upload_taken_, 0));
    upload_.append(piece, 0, count);
    upload_complete_ = fed_ == body_->size;
    paused = std::exchange(upload_paused_, false);
  }
  if (paused) resume();
  return {};
}

// --- The loop thread.

void CurlExchange::use(CurlSockets& sockets) {
  sockets_ = &sockets;
  curl().easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlExchange::on_open);
  curl().easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  curl().easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlSockets::on_close);
  curl().easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(&sockets));
}

// Asked for each address that a name stands for, until one answers.
curl_socket_t CurlExchange::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  if (exchange.rule_ != nullptr) {
    auto refusal =
        exchange.rule_->against_address(address->addr, exchange.host_ + ":" + exchange.port_);
    if (refusal) {
      exchange.refused_address_ = std::move(refusal);
      return CURL_SOCKET_BAD;
    }
  }
  exchange.opened_ = true;
  return exchange.sockets_->open(*address);
}

int CurlExchange::on_connected(void* self, char*, char*, int peer_port, int local_port) {
  static_cast<CurlExchange*>(self)->connection_ = {local_port, peer_port};
  return CURL_PREREQFUNC_OK;
}

void CurlExchange::blame_connection(const CurlSockets& sockets) const {
  // A watch that is ended may have been silent because nothing happened.
  if (head_complete_ && !expired_) return;
  const auto silence = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - last_activity_);
  if (silence >= kLeastSilence) sockets.cut_if_silent(connection_, silence - kClockGrain);
}

CURLcode CurlExchange::resume_transfer() {
  touch();
  // Both directions: whichever must wait on pauses again from its callback.
  return curl().easy_pause(easy_, CURLPAUSE_CONT);
}

std::optional<SteadyTime> CurlExchange::next_expiry() const {
  std::optional<SteadyTime> next;
  if (deadline_.count() > 0) next = start_ + deadline_;
  if (idle_timeout_.count() > 0) {
    const SteadyTime idle = last_activity_ + idle_timeout_;
    next = next ? std::min(*next, idle) : idle;
  }
  return next;
}

bool CurlExchange::expire(SteadyTime now) {
  expired_ = has_expired(now);
  return expired_;
}

bool CurlExchange::has_expired(SteadyTime now) {
  if (deadline_.count() > 0 && now >= start_ + deadline_) {
    return !refuse(Error(ErrorCode::kCancelled, "no complete answer within the deadline of " +
                                                    format_duration(deadline_)));
  }
  if (idle_timeout_.count() == 0 || now < last_activity_ + idle_timeout_) return false;
  {
    const std::lock_guard lock(mutex_);
    // It is the calling thread that is slow, not the network.
    if (receive_paused_ || upload_paused_) {
      last_activity_ = now;
      return false;
    }
  }
  return !refuse(Error(ErrorCode::kUnavailable, "no byte to or from " + host_ + ":" + port_ +
                                                    " for " + format_duration(idle_timeout_)));
}

void CurlExchange::finish(CURLcode code) {
  const std::lock_guard lock(mutex_);
  if (code == CURLE_OK && !head_complete_ && !failure_) {
    // curl takes a connection that ends within the head for an answer without a body.
    failure_ = Error(ErrorCode::kUnavailable, "the connection to " + host_ + ":" + port_ +
                                                  " broke in the middle of the answer's head");
  }
  if (code != CURLE_OK && !failure_ && !opened_) failure_ = refused_address_;
  if (code != CURLE_OK && !failure_) {
    long os_error = 0;
    curl().easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
    const std::string_view detail =
        certificate_problem_.empty() ? std::string_view(detail_.data()) : certificate_problem_;
    if (!certificate_problem_.empty()) code = CURLE_PEER_FAILED_VERIFICATION;
    failure_ = curl_error({code, host_, port_, detail, static_cast<int>(os_error), head_complete_});
  }
  done_ = true;
  changed_.notify_all();
}

// Keeps the first reason why the exchange fails. Always false, for callbacks that say so to curl.
bool CurlExchange::refuse(Error error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = std::move(error);
  return false;
}

std::size_t CurlExchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto* exchange = static_cast<CurlExchange*>(self);
  const std::string_view line(data, size * count);
  return exchange->take_header_line(line) ? line.size() : 0;
}

bool CurlExchange::take_header_line(std::string_view line) {
  touch();
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    return refuse(
        Error(ErrorCode::kInvalidInput, "the answer's header is longer than the limit of " +
                                            std::to_string(kMaxHeaderBytes) + " bytes"));
  }
  if (head_complete_) return true;  // a trailer field: nobody here has a use for those
  if (line.starts_with("HTTP/")) {
    // An interim answer (1xx) has a head of its own in front of the real one.
    building_ = HttpResponse();
    return true;
  }
  if (trimmed(line).empty()) return end_of_head();
  add_field(line);
  return true;
}

void CurlExchange::add_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  building_.headers.add(std::string(trimmed(line.substr(0, colon))),
                        std::string(trimmed(line.substr(colon + 1))));
}

bool CurlExchange::end_of_head() {
  long status = 0;
  curl().easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 100 && status < 200) return true;
  building_.status = static_cast<int>(status);
  const auto length = content_length(building_.headers);
  if (!head_only_ && status != 204 && status != 304 && length && *length > max_body_bytes_) {
    return refuse(Error(ErrorCode::kInvalidInput, "the answer's body is longer than the limit of " +
                                                      std::to_string(max_body_bytes_) +
                                                      " bytes: it has " + std::to_string(*length)));
  }
  head_complete_ = true;
  const std::lock_guard lock(mutex_);
  head_ = std::move(building_);
  changed_.notify_all();
  return true;
}

std::size_t CurlExchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlExchange*>(self)->take_body(std::string_view(data, size * count));
}

std::size_t CurlExchange::take_body(std::string_view bytes) {
  touch();
  if (bytes.size() > max_body_bytes_ - body_bytes_) {
    refuse(Error(ErrorCode::kInvalidInput, "the answer's body is longer than the limit of " +
                                               std::to_string(max_body_bytes_) + " bytes"));
    return 0;
  }
  const std::lock_guard lock(mutex_);
  if (received_.size() >= kMaxReceived) {
    receive_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  body_bytes_ += bytes.size();
  received_.append(bytes);
  changed_.notify_all();
  return bytes.size();
}

std::size_t CurlExchange::on_upload(char* buffer, std::size_t size, std::size_t count, void* self) {
  return static_cast<CurlExchange*>(self)->give_upload(buffer, size * count);
}

std::size_t CurlExchange::give_upload(char* buffer, std::size_t size) {
  touch();
  const std::lock_guard lock(mutex_);
  const std::size_t given = std::min(size, upload_.size() - upload_taken_);
  if (given == 0 && !upload_complete_) {
    upload_paused_ = true;
    return CURL_READFUNC_PAUSE;
  }
  std::memcpy(buffer, upload_.data() + upload_taken_, given);
  upload_taken_ += given;
  if (upload_taken_ == upload_.size()) {
    upload_.clear();
    upload_taken_ = 0;
  }
  changed_.notify_all();
  return given;
}

}  // namespace sealift
