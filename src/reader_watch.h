#pragma once

#include <stop_token>
#include <thread>

namespace sealift::program {

// Stops what may go on printing for hours once nobody reads it any more: the other end of a pipe on
// standard output was closed, as by `| head`. A write would tell, but the next one may be far away.
class ReaderWatch {
 public:
  explicit ReaderWatch(std::stop_token outer);
  ~ReaderWatch();
  ReaderWatch(const ReaderWatch&) = delete;
  ReaderWatch& operator=(const ReaderWatch&) = delete;

  // Requested by the outer one too.
  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Forward {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  void look();

  const int end_;  // readable once this ends
  std::stop_source source_;
  std::stop_callback<Forward> outer_;
  std::thread thread_;
};

}  // namespace sealift::program
