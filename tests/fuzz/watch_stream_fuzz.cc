#include <sealift/kube/apply.h>
#include <sealift/kube/line_splitter.h>
#include <sealift/kube/status_error.h>
#include <sealift/kube/watch_event.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace sealift;

struct Outcome {
  bool ok = true;
  bool has_rest = false;
  std::vector<std::string> lines;
  bool operator==(const Outcome&) const = default;
};

Outcome split(std::string_view bytes, std::size_t piece) {
  Outcome outcome;
  kube::LineSplitter splitter(1000, [&](std::string_view line) -> Result<> {
    outcome.lines.emplace_back(line);
    return {};
  });
  for (std::size_t at = 0; at < bytes.size() && outcome.ok; at += piece) {
    outcome.ok = splitter.write(bytes.substr(at, piece)).has_value();
  }
  outcome.has_rest = outcome.ok && splitter.has_rest();
  return outcome;
}

// Every line as an event, and as the error answer that the same bytes would be.
void read_line(const std::string& line) {
  const auto error = kube::error_from_answer(500, line, std::nullopt);
  if (error.message().empty() || error.message().size() > 16'000) std::abort();
  auto json = parse_json(line, "line");
  if (!json) return;
  const auto event = kube::parse_watch_line(*std::move(json));
  if (!event) return;
  if (!event->object.is_object() || event->resource_version.empty()) std::abort();
  const auto observed = kube::observe(event->object);
  if (observed && (observed->uid.empty() || observed->id.name.empty())) std::abort();
}

}  // namespace

// The first byte says how the network cuts the rest: whatever it is, the lines are the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = split(bytes, bytes.size() + 1);
  if (split(bytes, 1 + data[0] % 64) != whole) std::abort();
  for (const auto& line : whole.lines) read_line(line);
  return 0;
}
