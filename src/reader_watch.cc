#include "reader_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace sealift::program {

ReaderWatch::ReaderWatch(std::stop_token outer)
    : end_(::eventfd(0, EFD_CLOEXEC)),
      outer_(std::move(outer), Forward{source_}),
      thread_([this] { look(); }) {}

ReaderWatch::~ReaderWatch() {
  ::eventfd_write(end_, 1);
  thread_.join();
  ::close(end_);
}

void ReaderWatch::look() {
  // No event is asked of the output: an error of its other end is told always (poll(2)).
  std::array<pollfd, 2> watched = {{{STDOUT_FILENO, 0, 0}, {end_, POLLIN, 0}}};
  // A signal may come in between.
  while (::poll(watched.data(), watched.size(), -1) <= 0) continue;
  source_.request_stop();
}

}  // namespace sealift::program
