#include <sealift/endpoints/process_metrics.h>

#include <unistd.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::endpoints {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1u << 20;  // /proc/stat has a line for each processor

// Fields of /proc/PID/stat (proc(5)), counted from the one behind the program's name, which is the
// third and may itself hold spaces and parentheses.
enum StatField : std::size_t {
  kUserTicks = 11,
  kSystemTicks = 12,
  kStartTicks = 19,
  kResident = 21
};

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::vector<double> stat_fields(std::string_view text) {
  std::vector<double> fields;
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return fields;
  text.remove_prefix(std::min(name_end + 2, text.size()));
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    fields.push_back(number_in(word).value_or(0));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return fields;
}

// The number behind a word at the beginning of a line.
std::optional<double> number_behind(std::string_view text, std::string_view word) {
  const auto at = text.find("\n" + std::string(word) + " ");
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + 1 + word.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return number_in(text);
}

std::vector<Sample> sample_of(std::optional<double> value) {
  if (!value) return {};
  return {Sample{{}, *value}};
}

std::vector<std::vector<Sample>> read_process(FileSystem& files) {
  std::optional<double> memory;
  std::optional<double> processor;
  std::optional<double> started;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (const auto stat = read_file(files, "/proc/self/stat", kMaxFileBytes)) {
    const auto fields = stat_fields(*stat);
    if (fields.size() > kResident) {
      memory = fields[kResident] * static_cast<double>(sysconf(_SC_PAGESIZE));
      processor = (fields[kUserTicks] + fields[kSystemTicks]) / ticks;
      const auto machine = read_file(files, "/proc/stat", kMaxFileBytes);
      const auto booted = machine ? number_behind(*machine, "btime") : std::nullopt;
      if (booted) started = *booted + fields[kStartTicks] / ticks;
    }
  }
  std::optional<double> descriptors;
  if (const auto list = files.list("/proc/self/fd")) {
    descriptors = static_cast<double>(list->size());
  }
  std::optional<double> limit;
  if (const auto limits = read_file(files, "/proc/self/limits", kMaxFileBytes)) {
    limit = number_behind(*limits, "Max open files");
  }
  return {sample_of(memory), sample_of(processor), sample_of(descriptors), sample_of(limit),
          sample_of(started)};
}

}  // namespace

void add_process_metrics(MetricsRegistry& registry, FileSystem& files) {
  using enum SampleKind;
  registry.sampled(
      {{kGauge, {"process_resident_memory_bytes", "Memory in use that is not swapped out.", {}}},
       {kCounter, {"process_cpu_seconds_total", "Processor time used, user and system.", {}}},
       {kGauge, {"process_open_fds", "Open file descriptors.", {}}},
       {kGauge, {"process_max_fds", "Most file descriptors that may be open.", {}}},
       {kGauge, {"process_start_time_seconds", "When the process began, in Unix time.", {}}}},
      [&files] { return read_process(files); });
}

}  // namespace sealift::endpoints
