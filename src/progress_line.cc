#include "progress_line.h"

#include <limits>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::chrono::milliseconds kMoment(300);
constexpr std::chrono::milliseconds kBetweenDrawings(100);
constexpr std::chrono::seconds kBetweenLines(30);

}  // namespace

ProgressLine::ProgressLine(Text text, Output::Readers readers, StatusLine& line, Clock& clock)
    : text_(std::move(text)), readers_(readers), line_(line), clock_(clock) {
  if (readers_ == Output::Readers::kNone) return;
  // Without a thread there is nothing to see, and the work goes on.
  auto thread = SmallThread::start([this] { show_until(end_.get_token()); });
  if (thread) thread_ = *std::move(thread);
}

ProgressLine::~ProgressLine() {
  end_.request_stop();
  thread_.join();
  const auto gone = line_.clear();
}

void ProgressLine::show_until(const std::stop_token& stop) {
  const bool drawn = readers_ == Output::Readers::kTerminal;
  auto next = clock_.steady_now() + (drawn ? kMoment : kBetweenLines);
  while (true) {
    clock_.sleep_until(next, stop);
    if (stop.stop_requested()) return;
    if (drawn) {
      line_.draw(text_(line_.room()));
    } else {
      line_.write_line(text_(std::numeric_limits<std::size_t>::max()));
    }
    next = clock_.steady_now() + (drawn ? kBetweenDrawings : kBetweenLines);
  }
}

}  // namespace sealift::program
