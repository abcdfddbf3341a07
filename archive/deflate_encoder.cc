#include <sealift/archive/deflate_encoder.h>

#include "bit_writer.h"
#include "deflate_block.h"
#include "deflate_symbols.h"
#include "match_finder.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace sealift::archive {
namespace {

using namespace deflate;

// The input is compressed in chunks of this size, each with the window before it in sight and
// nothing after it: so the cuts of the caller's writes cannot show.
constexpr std::size_t kChunk = std::size_t{256} << 10;

// How hard to look. Part of the format of our output: see the class.
constexpr unsigned kMaxChain = 64;
constexpr unsigned kMaxChainWhenGood = 16;
constexpr unsigned kGoodLength = 8;   // look less hard for something better than this
constexpr unsigned kLazyLength = 32;  // take it without looking one byte further
constexpr unsigned kDullRun = 64;     // so many literals in a row promise more of them
constexpr unsigned kMaxChainWhenDull = 1;
constexpr unsigned kLeapRun = 128;  // each so many add one literal that is taken without looking
constexpr unsigned kMaxLeap = 7;

}  // namespace

class DeflateEncoder::Stream {
 public:
  explicit Stream(ByteSink& output) : output_(output), buffer_(kWindow + kChunk) {}

  Result<> write(std::string_view bytes) {
    while (!bytes.empty()) {
      if (end_ == buffer_.size()) {
        SEALIFT_TRY(compress_chunk(false));
        slide();
      }
      const std::size_t now = std::min(bytes.size(), buffer_.size() - end_);
      std::memcpy(buffer_.data() + end_, bytes.data(), now);
      end_ += now;
      bytes.remove_prefix(now);
    }
    return {};
  }

  Result<> finish() {
    SEALIFT_TRY(compress_chunk(true));
    bits_.reserve_bits(8);
    bits_.put(0, bits_.bits_to_boundary());
    return flush();
  }

 private:
  Result<> compress_chunk(bool last);
  std::size_t take_next(std::size_t at);
  std::size_t leap(std::size_t at);
  Result<> end_block(std::size_t at, bool last);
  Result<> flush();
  void slide();

  ByteSink& output_;
  std::vector<unsigned char> buffer_;  // the window, then the chunk
  std::size_t begin_ = 0;              // of what is not compressed yet
  std::size_t end_ = 0;
  std::size_t block_begin_ = 0;
  MatchFinder finder_;
  DeflateBlock block_;
  std::uint64_t literals_in_a_row_ = 0;
  BitWriter bits_;
};

Result<> DeflateEncoder::Stream::compress_chunk(bool last) {
  block_begin_ = begin_;
  std::size_t at = begin_;
  while (at < end_) {
    at = take_next(at);
    if (block_.full() && at < end_) SEALIFT_TRY(end_block(at, false));
  }
  begin_ = end_;
  return end_block(end_, last);
}

// Adds what stands at `at` to the block, and returns where the next begins. A match waits for the
// one that begins a byte later, and gives way where that is longer ("lazy matching").
std::size_t DeflateEncoder::Stream::take_next(std::size_t at) {
  const unsigned char* data = buffer_.data();
  Match match = finder_.find(data, at, end_, 0,
                             literals_in_a_row_ < kDullRun ? kMaxChain : kMaxChainWhenDull);
  if (match.length == 0) return leap(at);
  std::size_t entered = at + 1;
  while (match.length < kLazyLength && at + 1 < end_ && !block_.full()) {
    const Match later = finder_.find(data, at + 1, end_, match.length,
                                     match.length >= kGoodLength ? kMaxChainWhenGood : kMaxChain);
    entered = at + 2;
    if (later.length == 0) break;
    block_.add_literal(data[at]);
    match = later;
    ++at;
  }
  literals_in_a_row_ = 0;
  block_.add_match(match.length, match.distance);
  const std::size_t next = at + match.length;
  for (; entered < next; ++entered) finder_.skip(data, entered, end_);
  return next;
}

// Takes one literal, and further ones where nothing has matched for long: pictures, archives and
// noise then cost little, and the first match after them ends it.
std::size_t DeflateEncoder::Stream::leap(std::size_t at) {
  const auto further = std::min<std::uint64_t>(literals_in_a_row_ / kLeapRun, kMaxLeap);
  const std::size_t next = std::min(end_, at + 1 + static_cast<std::size_t>(further));
  const std::size_t begin = at;
  do {
    block_.add_literal(buffer_[at++]);
  } while (at < next && !block_.full());
  literals_in_a_row_ += at - begin;
  return at;
}

Result<> DeflateEncoder::Stream::end_block(std::size_t at, bool last) {
  const auto* source = reinterpret_cast<const char*>(buffer_.data() + block_begin_);
  block_.write({source, at - block_begin_}, last, bits_);
  block_begin_ = at;
  return flush();
}

Result<> DeflateEncoder::Stream::flush() {
  SEALIFT_TRY(output_.write(bits_.bytes()));
  bits_.clear();
  return {};
}

// Keeps the last window in front of the next chunk.
void DeflateEncoder::Stream::slide() {
  const std::size_t gone = end_ - kWindow;
  std::memmove(buffer_.data(), buffer_.data() + gone, kWindow);
  finder_.slide(gone);
  begin_ = kWindow;
  end_ = kWindow;
}

DeflateEncoder::DeflateEncoder(ByteSink& output) : stream_(std::make_unique<Stream>(output)) {}
DeflateEncoder::~DeflateEncoder() = default;
Result<> DeflateEncoder::write(std::string_view bytes) { return stream_->write(bytes); }
Result<> DeflateEncoder::finish() { return stream_->finish(); }

}  // namespace sealift::archive
