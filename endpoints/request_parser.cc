#include "request_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sealift::endpoints {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
// A size line carries up to 16 hex digits, and extensions that nobody uses.
constexpr std::size_t kMaxChunkLine = 128;
constexpr std::size_t kMaxTrailerBytes = 4096;

bool is_token(std::string_view text) {
  static constexpr std::string_view kSpecial = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSpecial.find(c) != std::string_view::npos;
  });
}

// Printable ASCII without space: what a target may hold, and a little more.
bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// Field values may hold bytes beyond ASCII, but no control character except tab.
bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
  });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

bool lists(const HttpHeaders& headers, std::string_view name, std::string_view lower) {
  for (std::string_view value : headers.get_all(name)) {
    while (!value.empty()) {
      const auto comma = std::min(value.find(','), value.size());
      if (equals_ignoring_case(trimmed(value.substr(0, comma)), lower)) return true;
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
  }
  return false;
}

// How long the text in front of a mark is at least: where the mark was not found, the last bytes
// may be its beginning.
std::size_t length_before(std::size_t found, std::string_view bytes, std::string_view mark) {
  if (found != std::string_view::npos) return found;
  return bytes.size() - std::min(bytes.size(), mark.size() - 1);
}

template <typename Number>
bool read_number(std::string_view digits, Number& number, int base) {
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  return !digits.empty() && error == std::errc() && stop == end;
}

}  // namespace

void RequestParser::append(std::string_view bytes) {
  buffer_.erase(0, start_);
  start_ = 0;
  buffer_ += bytes;
}

RequestParser::Progress RequestParser::advance() {
  while (stage_ != Stage::kComplete && stage_ != Stage::kRefused && step()) {
  }
  if (stage_ == Stage::kComplete) return Progress::kComplete;
  return stage_ == Stage::kRefused ? Progress::kRefused : Progress::kNeedsMore;
}

bool RequestParser::step() {
  switch (stage_) {
    case Stage::kHead:
      return read_head();
    case Stage::kBody:
      return read_body();
    case Stage::kChunkSize:
      return read_chunk_size();
    case Stage::kChunkData:
      return read_chunk_data();
    case Stage::kTrailer:
      return read_trailer();
    case Stage::kComplete:
    case Stage::kRefused:
      break;
  }
  return false;
}

Request RequestParser::take() {
  stage_ = Stage::kHead;
  scanned_ = 0;
  skipped_line_ = false;
  trailer_bytes_ = 0;
  expects_continue_ = false;
  return std::exchange(request_, Request());
}

bool RequestParser::take_expectation() {
  const bool waiting = stage_ != Stage::kHead && stage_ != Stage::kRefused;
  return waiting && std::exchange(expects_continue_, false);
}

bool RequestParser::refuse(int status, std::string reason) {
  stage_ = Stage::kRefused;
  keep_alive_ = false;
  refusal_ = {status, std::move(reason)};
  return false;
}

bool RequestParser::read_head() {
  // One empty line before a request is an old client's habit (RFC 9112, section 2.2).
  if (!skipped_line_ && pending().starts_with(kLineEnd)) {
    consume(kLineEnd.size());
    skipped_line_ = true;
    scanned_ = 0;
  }
  const auto bytes = pending();
  const auto end = bytes.find(kHeadEnd, scanned_);
  if (length_before(end, bytes, kHeadEnd) > limits_.max_head_bytes) {
    return refuse(431, "the request's head is longer than " +
                           std::to_string(limits_.max_head_bytes) + " bytes");
  }
  if (end == std::string_view::npos) {
    scanned_ = bytes.size() < kHeadEnd.size() ? 0 : bytes.size() - (kHeadEnd.size() - 1);
    return false;
  }
  consume(end + kHeadEnd.size());
  std::string_view rest = bytes.substr(0, end + kLineEnd.size());
  for (bool first = true; !rest.empty(); first = false) {
    const auto line_end = rest.find(kLineEnd);
    const auto line = rest.substr(0, line_end);
    rest.remove_prefix(line_end + kLineEnd.size());
    if (!(first ? read_request_line(line) : read_field(line))) return false;
  }
  return settle_connection() && settle_framing();
}

bool RequestParser::read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return refuse(400, "the request line is none");
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(version.starts_with("HTTP/") ? 505 : 400,
                  "the HTTP version is neither 1.1 nor 1.0");
  }
  if (!is_token(method)) return refuse(400, "the method is no token");
  if (!target.starts_with('/') || !is_visible(target)) {
    return refuse(400, "the request's target is no path");
  }
  http_1_0_ = version == "HTTP/1.0";
  request_.method = method;
  const auto question = std::min(target.find('?'), target.size());
  request_.path = target.substr(0, question);
  request_.query = target.substr(std::min(question + 1, target.size()));
  return true;
}

bool RequestParser::read_field(std::string_view line) {
  if (request_.headers.fields().size() == limits_.max_fields) {
    return refuse(
        431, "the request has more than " + std::to_string(limits_.max_fields) + " header fields");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "a header field has no colon");
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (!is_token(name)) return refuse(400, "the name of a header field is no token");
  if (!is_field_value(value)) return refuse(400, "a header field holds a control character");
  request_.headers.add(std::string(name), std::string(value));
  return true;
}

bool RequestParser::settle_connection() {
  const auto hosts = request_.headers.get_all("Host").size();
  if (hosts > 1 || (hosts == 0 && !http_1_0_)) {
    return refuse(400, "the request has not exactly one Host field");
  }
  const bool close = lists(request_.headers, "Connection", "close");
  keep_alive_ = !close && (!http_1_0_ || lists(request_.headers, "Connection", "keep-alive"));
  expects_continue_ = !http_1_0_ && lists(request_.headers, "Expect", "100-continue");
  return true;
}

bool RequestParser::settle_framing() {
  const auto lengths = request_.headers.get_all("Content-Length");
  const auto codings = request_.headers.get_all("Transfer-Encoding");
  if (!codings.empty()) {
    if (!lengths.empty() || http_1_0_ || codings.size() > 1) {
      return refuse(400, "the length of the request's body is ambiguous");
    }
    if (!equals_ignoring_case(codings.front(), "chunked")) {
      return refuse(501, "the transfer coding is not chunked");
    }
    stage_ = Stage::kChunkSize;
    return true;
  }
  remaining_ = 0;
  if (lengths.size() > 1) return refuse(400, "the request has more than one Content-Length");
  if (!lengths.empty() && !read_number(lengths.front(), remaining_, 10)) {
    return refuse(400, "the Content-Length is no number");
  }
  if (remaining_ > limits_.max_body_bytes) {
    return refuse(413, "the request's body is longer than " +
                           std::to_string(limits_.max_body_bytes) + " bytes");
  }
  stage_ = Stage::kBody;
  return true;
}

bool RequestParser::take_body_bytes() {
  const auto bytes = pending().substr(
      0, static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, buffer_.size())));
  request_.body += bytes;
  consume(bytes.size());
  remaining_ -= bytes.size();
  return remaining_ == 0;
}

bool RequestParser::read_body() {
  if (!take_body_bytes()) return false;
  stage_ = Stage::kComplete;
  return true;
}

bool RequestParser::read_chunk_size() {
  const auto bytes = pending();
  const auto end = bytes.find(kLineEnd);
  if (length_before(end, bytes, kLineEnd) > kMaxChunkLine) {
    return refuse(
        400, "the size line of a chunk is longer than " + std::to_string(kMaxChunkLine) + " bytes");
  }
  if (end == std::string_view::npos) return false;
  const auto line = bytes.substr(0, end);
  if (!read_number(trimmed(line.substr(0, line.find(';'))), remaining_, 16)) {
    return refuse(400, "the size of a chunk is no number");
  }
  consume(end + kLineEnd.size());
  if (remaining_ > limits_.max_body_bytes - request_.body.size()) {
    return refuse(413, "the request's body is longer than " +
                           std::to_string(limits_.max_body_bytes) + " bytes");
  }
  stage_ = remaining_ == 0 ? Stage::kTrailer : Stage::kChunkData;
  return true;
}

bool RequestParser::read_chunk_data() {
  if (!take_body_bytes() || pending().size() < kLineEnd.size()) return false;
  if (!pending().starts_with(kLineEnd)) return refuse(400, "a chunk is longer than its size");
  consume(kLineEnd.size());
  stage_ = Stage::kChunkSize;
  return true;
}

// Trailer fields are allowed and mean nothing here (RFC 9112, section 7.1.2).
bool RequestParser::read_trailer() {
  const auto bytes = pending();
  const auto end = bytes.find(kLineEnd);
  if (trailer_bytes_ + length_before(end, bytes, kLineEnd) > kMaxTrailerBytes) {
    return refuse(
        431, "the request's trailer is longer than " + std::to_string(kMaxTrailerBytes) + " bytes");
  }
  if (end == std::string_view::npos) return false;
  consume(end + kLineEnd.size());
  trailer_bytes_ += end + kLineEnd.size();
  if (end == 0) stage_ = Stage::kComplete;
  return true;
}

}  // namespace sealift::endpoints
