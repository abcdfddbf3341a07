#pragma once

#include <sealift/endpoints/message.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::endpoints {

struct RequestLimits {
  std::size_t max_head_bytes = 16u << 10;
  std::size_t max_fields = 64;
  std::size_t max_body_bytes = 1u << 20;
};

// Why a request is not served: the status to answer with, and a sentence for the log.
struct Refusal {
  int status = 400;
  std::string reason;
};

// Reads HTTP/1.0 and 1.1 requests (RFC 9112) from pieces of any size, one after the other. Strict
// where two readers could disagree about where a request ends: line ends are CRLF, Content-Length
// and Transfer-Encoding exclude each other, fields are not folded.
class RequestParser {
 public:
  enum class Progress { kNeedsMore, kComplete, kRefused };

  explicit RequestParser(const RequestLimits& limits) : limits_(limits) {}

  // Adds bytes. The buffer grows by what is added: ask advance() after each piece.
  void append(std::string_view bytes);
  // Reads on. After kComplete: take(). After kRefused there is nothing more to read.
  Progress advance();
  // The complete request; the next advance() reads the one after it.
  Request take();

  const Refusal& refusal() const { return refusal_; }
  // True where not a single byte of a request has come.
  bool is_idle() const { return stage_ == Stage::kHead && pending().empty() && !skipped_line_; }
  // True once for a request whose sender waits for "100 Continue" (RFC 9110, section 10.1.1).
  bool take_expectation();
  // Whether the connection may carry another request after the one last read.
  bool keeps_alive() const { return keep_alive_; }
  std::size_t buffered() const { return buffer_.size() + request_.body.size(); }

 private:
  enum class Stage { kHead, kBody, kChunkSize, kChunkData, kTrailer, kComplete, kRefused };

  std::string_view pending() const { return std::string_view(buffer_).substr(start_); }
  void consume(std::size_t count) { start_ += count; }
  bool step();  // true where it got further
  bool refuse(int status, std::string reason);
  bool read_head();
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  bool settle_connection();
  bool settle_framing();
  bool read_body();
  bool read_chunk_size();
  bool read_chunk_data();
  bool take_body_bytes();  // true when none remain
  bool read_trailer();

  RequestLimits limits_;
  std::string buffer_;
  std::size_t start_ = 0;    // of what is not consumed: erasing it each time would cost its square
  std::size_t scanned_ = 0;  // of the pending bytes: holds no end of the head
  bool skipped_line_ = false;
  Stage stage_ = Stage::kHead;
  Request request_;
  Refusal refusal_;
  bool http_1_0_ = false;
  bool keep_alive_ = true;
  bool expects_continue_ = false;
  std::uint64_t remaining_ = 0;  // of the body or of the chunk
  std::size_t trailer_bytes_ = 0;
};

}  // namespace sealift::endpoints
