#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::endpoints {

// Counts up, for ever. Safe from many threads, without a lock.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

// Counts what falls below each bound, for quantiles. Safe from many threads, without a lock.
class Histogram {
 public:
  // Upper bounds, growing; the one for everything is added.
  explicit Histogram(const std::vector<double>& bounds);
  void observe(double value);

 private:
  friend class MetricsRegistry;
  std::vector<double> bounds_;
  std::vector<std::atomic<std::uint64_t>> counts_;  // one more than bounds
  std::atomic<double> sum_ = 0;
};

// How a metric is shown. Names follow Prometheus' conventions: base units, "_total" for what
// counts up, no label values that anybody may invent without a bound.
struct MetricDescription {
  std::string name;
  std::string help;
  std::vector<std::string> labels;
  // Further label values are counted together, each label with the value "other": a registry or a
  // tenant must not be able to fill the memory.
  std::size_t max_series = 200;
};

// One metric for each combination of label values.
template <typename Metric>
class Family {
 public:
  Family(MetricDescription description, std::function<std::unique_ptr<Metric>()> make)
      : description_(std::move(description)), make_(std::move(make)) {}

  // Values in the order of the description's labels. The metric lives as long as the registry, so
  // that a busy caller may keep it.
  Metric& with(std::initializer_list<std::string_view> values);

 private:
  friend class MetricsRegistry;
  MetricDescription description_;
  std::function<std::unique_ptr<Metric>()> make_;
  std::mutex mutex_;
  std::map<std::vector<std::string>, std::unique_ptr<Metric>> series_;
};

enum class SampleKind { kCounter, kGauge };

// A value that is asked for when it is shown.
struct Sample {
  std::vector<std::string> labels;
  double value = 0;
};

// What the program shows of itself. Families are made when it starts; each lives as long as the
// registry. Safe from many threads.
class MetricsRegistry {
 public:
  Family<Counter>& counters(MetricDescription description);
  Family<Histogram>& histograms(MetricDescription description, std::vector<double> bounds);

  struct Sampled {
    SampleKind kind = SampleKind::kGauge;
    MetricDescription description;
  };
  // Metrics that are read together each time that they are shown: `read` gives the samples of each
  // description, in the same order. It must not wait for anything.
  void sampled(std::vector<Sampled> metrics,
               std::function<std::vector<std::vector<Sample>>()> read);

  // The text format of Prometheus, version 0.0.4.
  std::string expose();
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // The descriptions of all families in order of their making.
  std::vector<MetricDescription> descriptions();

 private:
  struct Group {
    std::vector<Sampled> metrics;
    std::function<std::vector<std::vector<Sample>>()> read;
  };
  // One of the three.
  struct Entry {
    std::unique_ptr<Family<Counter>> counters;
    std::unique_ptr<Family<Histogram>> histograms;
    std::unique_ptr<Group> group;
  };
  static void expose_counters(std::string& text, Family<Counter>& family);
  static void expose_histograms(std::string& text, Family<Histogram>& family);
  static void expose_group(std::string& text, const Group& group);

  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace sealift::endpoints
