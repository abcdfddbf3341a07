#include "connection.h"

#include "response_text.h"

#include <sealift/base/encoding.h>

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace sealift::endpoints {
namespace {

constexpr std::size_t kPieceSize = 16 * 1024;
// In which a client whose connection ends should have read the last answer.
constexpr std::chrono::milliseconds kDrainTimeout{2'000};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

RequestLimits request_limits(const ServerLimits& limits) {
  return {limits.max_head_bytes, limits.max_fields, limits.max_body_bytes};
}

}  // namespace

Connection::Connection(Accepted accepted, const ServerLimits& limits, Clock& clock)
    : socket_(std::move(accepted.socket)),
      peer_(std::move(accepted.peer)),
      limits_(limits),
      clock_(clock),
      parser_(request_limits(limits)) {
  enter(Stage::kReading, limits.request_timeout);
}

void Connection::enter(Stage stage, std::chrono::milliseconds limit) {
  stage_ = stage;
  waiting_since_ = clock_.steady_now();
  deadline_ = waiting_since_ + limit;
}

short Connection::events() const { return stage_ == Stage::kWriting ? POLLOUT : POLLIN; }

bool Connection::turn(short events, const RequestHandler& handler, const Logger& log) {
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && stage_ != Stage::kWriting) {
    if (!read_piece()) return false;
  }
  if ((events & (POLLOUT | POLLHUP | POLLERR)) != 0 && stage_ == Stage::kWriting) {
    if (!write_piece()) return false;
  }
  if (stage_ != Stage::kReading) return true;
  answer_next(handler, log);
  // The socket takes most answers at once.
  return output_.empty() || write_piece();
}

bool Connection::read_piece() {
  std::array<char, kPieceSize> piece;
  const ssize_t count = recv(socket_.get(), piece.data(), piece.size(), 0);
  if (count < 0) return would_block();
  if (count == 0) return false;
  if (stage_ == Stage::kDraining) return true;
  if (parser_.is_idle()) enter(Stage::kReading, limits_.request_timeout);
  parser_.append(std::string_view(piece.data(), static_cast<std::size_t>(count)));
  return true;
}

bool Connection::write_piece() {
  while (written_ < output_.size()) {
    const ssize_t count =
        send(socket_.get(), output_.data() + written_, output_.size() - written_, MSG_NOSIGNAL);
    if (count < 0) return would_block();
    written_ += static_cast<std::size_t>(count);
  }
  output_.clear();
  output_.shrink_to_fit();
  written_ = 0;
  if (closing_) {
    shutdown(socket_.get(), SHUT_WR);
    enter(Stage::kDraining, kDrainTimeout);
    return true;
  }
  // What the client sent in one go with the request that was just answered.
  ready_ = !parser_.is_idle();
  enter(Stage::kReading, ready_ ? limits_.request_timeout : limits_.idle_timeout);
  return true;
}

void Connection::answer_next(const RequestHandler& handler, const Logger& log) {
  ready_ = false;
  const auto progress = parser_.advance();
  if (progress == RequestParser::Progress::kNeedsMore) {
    if (!parser_.take_expectation()) return;
    output_ = "HTTP/1.1 100 Continue\r\n\r\n";
    enter(Stage::kWriting, limits_.response_timeout);
    return;
  }
  if (progress == RequestParser::Progress::kRefused) {
    const auto& [status, reason] = parser_.refusal();
    log.debug("request refused",
              {{"peer", peer_}, {"status", std::to_string(status)}, {"reason", reason}});
    Response response;
    response.status = status;
    answer_with(response, false);
    return;
  }
  Request request = parser_.take();
  request.peer = peer_;
  const Response response = handler(request);
  log.debug("request", {{"peer", peer_},
                        {"method", request.method},
                        {"path", request.path},
                        {"status", std::to_string(response.status)}});
  answer_with(response, request.method == "HEAD");
}

void Connection::answer_with(const Response& response, bool head_only) {
  closing_ = !parser_.keeps_alive();
  output_ = response_text(response, clock_.now(), !closing_, head_only);
  enter(Stage::kWriting, limits_.response_timeout);
}

}  // namespace sealift::endpoints
