#include <sealift/endpoints/metrics.h>
#include <sealift/endpoints/process_metrics.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "support/faulty_file_system.h"

namespace sealift::endpoints {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ShowsCounters) {
  MetricsRegistry registry;
  registry.counters({"sealift_a_total", "Things.", {}});
  auto& requests =
      registry.counters({"sealift_b_total", "Back\\slash\nand line.", {"verb", "code"}});
  requests.with({"get", "200"}).add();
  requests.with({"get", "200"}).add(2);
  requests.with({"\"x\\\n", "500"}).add();
  EXPECT_EQ(registry.expose(),
            "# HELP sealift_a_total Things.\n"
            "# TYPE sealift_a_total counter\n"
            "sealift_a_total 0\n"
            "# HELP sealift_b_total Back\\\\slash\\nand line.\n"
            "# TYPE sealift_b_total counter\n"
            "sealift_b_total{verb=\"\\\"x\\\\\\\\x0a\",code=\"500\"} 1\n"
            "sealift_b_total{verb=\"get\",code=\"200\"} 3\n");
}

TEST(Metrics, ShowsHistograms) {
  MetricsRegistry registry;
  auto& family = registry.histograms({"sealift_t_seconds", "Time.", {"stage"}}, {0.1, 1});
  auto& apply = family.with({"apply"});
  for (const double seconds : {0.05, 0.1, 0.5, 7.0}) apply.observe(seconds);
  EXPECT_EQ(registry.expose(),
            "# HELP sealift_t_seconds Time.\n"
            "# TYPE sealift_t_seconds histogram\n"
            "sealift_t_seconds_bucket{stage=\"apply\",le=\"0.1\"} 2\n"
            "sealift_t_seconds_bucket{stage=\"apply\",le=\"1\"} 3\n"
            "sealift_t_seconds_bucket{stage=\"apply\",le=\"+Inf\"} 4\n"
            "sealift_t_seconds_sum{stage=\"apply\"} 7.65\n"
            "sealift_t_seconds_count{stage=\"apply\"} 4\n");
}

TEST(Metrics, AsksForSamplesWhenTheyAreShown) {
  MetricsRegistry registry;
  double value = 1;
  registry.sampled({{SampleKind::kGauge, {"sealift_g", "Gauge.", {"n"}, 2}},
                    {SampleKind::kCounter, {"sealift_c_total", "Counter.", {}}}},
                   [&]() -> std::vector<std::vector<Sample>> {
                     return {{{{"a"}, value}, {{"b"}, 0.5}, {{"beyond"}, 3}}, {{{}, 1e6}}};
                   });
  value = 2;
  EXPECT_EQ(registry.expose(),
            "# HELP sealift_g Gauge.\n"
            "# TYPE sealift_g gauge\n"
            "sealift_g{n=\"a\"} 2\n"
            "sealift_g{n=\"b\"} 0.5\n"
            "# HELP sealift_c_total Counter.\n"
            "# TYPE sealift_c_total counter\n"
            "sealift_c_total 1000000\n");
}

TEST(Metrics, CountsTooManyValuesTogether) {
  MetricsRegistry registry;
  auto& hosts = registry.counters({"sealift_hosts_total", "Hosts.", {"host", "code"}, 3});
  for (int i = 0; i < 100; ++i) hosts.with({"host" + std::to_string(i), "200"}).add();
  hosts.with({"host1", "200"}).add();
  const auto text = registry.expose();
  EXPECT_THAT(text, HasSubstr("{host=\"host1\",code=\"200\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("{host=\"other\",code=\"other\"} 97\n"));
  EXPECT_THAT(text, Not(HasSubstr("host3\"")));
}

TEST(Metrics, MakesLabelsHarmless) {
  MetricsRegistry registry;
  auto& hosts = registry.counters({"sealift_hosts_total", "Hosts.", {"host"}});
  hosts.with({"\xff\x01" + std::string(5000, 'x')}).add();
  const auto text = registry.expose();
  EXPECT_THAT(text, HasSubstr("{host=\"\\\\xff\\\\x01"));
  EXPECT_LT(text.size(), 400u);
}

TEST(Metrics, CountsFromManyThreads) {
  MetricsRegistry registry;
  auto& family = registry.counters({"sealift_n_total", "N.", {"thread"}});
  auto& times = registry.histograms({"sealift_n_seconds", "N.", {}}, {1});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 1000; ++i) {
          family.with({std::to_string((t + i) % 2)}).add();
          times.with({}).observe(0.5);
          if (i % 100 == 0) static_cast<void>(registry.expose());
        }
      });
    }
  }
  EXPECT_EQ(family.with({"0"}).value() + family.with({"1"}).value(), 4000u);
  EXPECT_THAT(registry.expose(), HasSubstr("sealift_n_seconds_count 4000\n"));
  EXPECT_THAT(registry.expose(), HasSubstr("sealift_n_seconds_sum 2000\n"));
}

TEST(Metrics, ShowsTheProcess) {
  MetricsRegistry registry;
  add_process_metrics(registry, system_files());
  const auto text = registry.expose();
  for (const auto* name :
       {"process_resident_memory_bytes ", "process_cpu_seconds_total ", "process_open_fds ",
        "process_max_fds ", "process_start_time_seconds "}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(name))) << text;
  }
}

TEST(Metrics, ReadsTheProcessAsTheKernelWritesIt) {
  sealift::test::FaultyFileSystem files;
  files.put("/proc/self/stat",
            "42 (a) b (c) S 1 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 3 0 1000 9 7 18446744");
  files.put("/proc/stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 5\n");
  files.put("/proc/self/limits",
            "Limit  Soft  Hard\nMax open files            1024  4096  files\n");
  files.put("/proc/self/fd/0", "");
  files.put("/proc/self/fd/1", "");
  MetricsRegistry registry;
  add_process_metrics(registry, files);
  const auto text = registry.expose();
  const auto ticks = sysconf(_SC_CLK_TCK);
  EXPECT_THAT(text, HasSubstr("\nprocess_resident_memory_bytes " +
                              std::to_string(7 * sysconf(_SC_PAGESIZE)) + "\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_cpu_seconds_total " + std::to_string(200 / ticks) + "\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_open_fds 2\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_max_fds 1024\n"));
  EXPECT_THAT(text, HasSubstr("\nprocess_start_time_seconds " +
                              std::to_string(1700000000 + 1000 / ticks) + "\n"));
}

TEST(Metrics, LeavesOutWhatCannotBeRead) {
  sealift::test::FaultyFileSystem files;
  files.put("/proc/self/stat", "42 (a");
  MetricsRegistry registry;
  add_process_metrics(registry, files);
  EXPECT_THAT(registry.expose(), Not(HasSubstr("\nprocess_")));
}

}  // namespace
}  // namespace sealift::endpoints
