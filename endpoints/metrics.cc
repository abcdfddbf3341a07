#include <sealift/base/encoding.h>
#include <sealift/endpoints/metrics.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <utility>

namespace sealift::endpoints {
namespace {

constexpr std::size_t kMaxLabelBytes = 200;
constexpr std::string_view kOther = "other";

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Whole numbers in full: people read them as well.
  constexpr double kExact = 9007199254740992.0;
  if (std::fabs(value) < kExact && value == std::floor(value)) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), error == std::errc() ? end : buffer.data());
}

std::string escaped(std::string_view text, bool quotes) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || (quotes && c == '"')) result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

void append_head(std::string& text, const MetricDescription& description, std::string_view type) {
  text += "# HELP " + description.name + " " + escaped(description.help, false) + "\n";
  text += "# TYPE " + description.name + " ";
  text += type;
  text += '\n';
}

// {a="1",b="2"}, with one more pair for a histogram's bound where that is not empty.
std::string label_text(const std::vector<std::string>& names,
                       const std::vector<std::string>& values, std::string_view bound = {}) {
  std::string text;
  const auto append = [&](std::string_view name, std::string_view value) {
    text += text.empty() ? '{' : ',';
    text += name;
    text += "=\"" + escaped(value, true) + "\"";
  };
  for (std::size_t i = 0; i < names.size(); ++i) append(names[i], values[i]);
  if (!bound.empty()) append("le", bound);
  return text.empty() ? text : text + "}";
}

void append_sample(std::string& text, std::string_view name, std::string_view labels,
                   std::string_view value) {
  text += name;
  text += labels;
  text += ' ';
  text += value;
  text += '\n';
}

}  // namespace

Histogram::Histogram(const std::vector<double>& bounds)
    : bounds_(bounds), counts_(bounds.size() + 1) {
  assert(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

template <typename Metric>
Metric& Family<Metric>::with(std::initializer_list<std::string_view> values) {
  assert(values.size() == description_.labels.size());
  std::vector<std::string> key;
  for (const auto value : values) key.push_back(printable(value, kMaxLabelBytes));
  const std::lock_guard lock(mutex_);
  auto found = series_.find(key);
  if (found == series_.end() && series_.size() >= description_.max_series) {
    key.assign(key.size(), std::string(kOther));
    found = series_.find(key);
  }
  if (found == series_.end()) found = series_.emplace(std::move(key), make_()).first;
  return *found->second;
}

template class Family<Counter>;
template class Family<Histogram>;

Family<Counter>& MetricsRegistry::counters(MetricDescription description) {
  auto family = std::make_unique<Family<Counter>>(std::move(description),
                                                  [] { return std::make_unique<Counter>(); });
  // Zero is said from the start, so that the first event is seen as an increase.
  if (family->description_.labels.empty()) family->with({});
  const std::lock_guard lock(mutex_);
  return *entries_.emplace_back(Entry{std::move(family), nullptr, nullptr}).counters;
}

Family<Histogram>& MetricsRegistry::histograms(MetricDescription description,
                                               std::vector<double> bounds) {
  auto family = std::make_unique<Family<Histogram>>(
      std::move(description),
      [bounds = std::move(bounds)] { return std::make_unique<Histogram>(bounds); });
  const std::lock_guard lock(mutex_);
  return *entries_.emplace_back(Entry{nullptr, std::move(family), nullptr}).histograms;
}

void MetricsRegistry::sampled(std::vector<Sampled> metrics,
                              std::function<std::vector<std::vector<Sample>>()> read) {
  auto group = std::make_unique<Group>(Group{std::move(metrics), std::move(read)});
  const std::lock_guard lock(mutex_);
  entries_.push_back(Entry{nullptr, nullptr, std::move(group)});
}

std::vector<MetricDescription> MetricsRegistry::descriptions() {
  const std::lock_guard lock(mutex_);
  std::vector<MetricDescription> all;
  for (const auto& entry : entries_) {
    if (entry.counters) all.push_back(entry.counters->description_);
    if (entry.histograms) all.push_back(entry.histograms->description_);
    if (!entry.group) continue;
    for (const auto& metric : entry.group->metrics) all.push_back(metric.description);
  }
  return all;
}

std::string MetricsRegistry::expose() {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& entry : entries_) {
    if (entry.counters) expose_counters(text, *entry.counters);
    if (entry.histograms) expose_histograms(text, *entry.histograms);
    if (entry.group) expose_group(text, *entry.group);
  }
  return text;
}

void MetricsRegistry::expose_counters(std::string& text, Family<Counter>& family) {
  const auto& description = family.description_;
  append_head(text, description, "counter");
  const std::lock_guard lock(family.mutex_);
  for (const auto& [values, counter] : family.series_) {
    append_sample(text, description.name, label_text(description.labels, values),
                  std::to_string(counter->value()));
  }
}

void MetricsRegistry::expose_histograms(std::string& text, Family<Histogram>& family) {
  const auto& description = family.description_;
  append_head(text, description, "histogram");
  const std::lock_guard lock(family.mutex_);
  for (const auto& [values, histogram] : family.series_) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < histogram->counts_.size(); ++i) {
      below += histogram->counts_[i].load(std::memory_order_relaxed);
      const auto bound = i < histogram->bounds_.size() ? number(histogram->bounds_[i]) : "+Inf";
      append_sample(text, description.name + "_bucket",
                    label_text(description.labels, values, bound), std::to_string(below));
    }
    const auto labels = label_text(description.labels, values);
    append_sample(text, description.name + "_sum", labels,
                  number(histogram->sum_.load(std::memory_order_relaxed)));
    append_sample(text, description.name + "_count", labels, std::to_string(below));
  }
}

void MetricsRegistry::expose_group(std::string& text, const Group& group) {
  const auto samples = group.read();
  for (std::size_t i = 0; i < std::min(group.metrics.size(), samples.size()); ++i) {
    const auto& [kind, description] = group.metrics[i];
    append_head(text, description, kind == SampleKind::kCounter ? "counter" : "gauge");
    for (std::size_t n = 0; n < std::min(samples[i].size(), description.max_series); ++n) {
      const auto& sample = samples[i][n];
      assert(sample.labels.size() == description.labels.size());
      std::vector<std::string> values;
      for (const auto& value : sample.labels) values.push_back(printable(value, kMaxLabelBytes));
      append_sample(text, description.name, label_text(description.labels, values),
                    number(sample.value));
    }
  }
}

}  // namespace sealift::endpoints
