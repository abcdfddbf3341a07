#include <sealift/controller/event_recorder.h>

#include <gtest/gtest.h>

#include <string>

#include "support/manual_clock.h"
#include "support/result_matchers.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::controller {
namespace {

using namespace std::chrono_literals;

class Events : public testing::Test {
 protected:
  test::FakeAnswer answer(const test::SeenRequest& request) {
    if (request.method == "PATCH" && forgotten_) return test::FakeAnswer::json(404, "{}");
    return test::FakeAnswer::json(status_, "{}");
  }
  static Event event(const std::string& note, const std::string& uid = "uid-1") {
    return {{{"sealift.dev", "v1alpha1", "Delivery"}, "shop", "web", uid},
            Event::Type::kWarning,
            "Refused",
            "Deliver",
            note};
  }
  void record(const std::string& note, int times = 1) {
    for (int i = 0; i < times; ++i) recorder_.record(event(note));
    recorder_.flush();
  }
  std::size_t count(const std::string& method) const {
    std::size_t found = 0;
    for (const auto& line : cluster_.transport.request_lines()) {
      if (line.starts_with(method + " ")) ++found;
    }
    return found;
  }

  int status_ = 201;
  bool forgotten_ = false;
  test::FakeCluster cluster_{[this](const auto& request) { return answer(request); }};
  test::ManualClock clock_;
  EventRecorder recorder_{cluster_.client(), "pod-1", clock_, system_random(), Logger::silent()};
};

TEST_F(Events, AreWrittenInTheSubjectsNamespace) {
  record("no signature");
  const auto requests = cluster_.transport.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].url, "https://api.test/apis/events.k8s.io/v1/namespaces/shop/events");
  ASSERT_OK_ASSIGN(const auto body, parse_json(requests[0].body, "event"));
  EXPECT_EQ(body.string_at({"note"}), "no signature");
  EXPECT_EQ(body.string_at({"regarding", "uid"}), "uid-1");
  EXPECT_EQ(body.string_at({"eventTime"}), "2026-01-01T00:00:00.000000Z");
}

// A part of a name before a dot must end with a letter or digit.
TEST_F(Events, OfALongNameHaveAValidOne) {
  auto long_one = event("no signature");
  long_one.subject.name = std::string(199, 'a') + "-" + std::string(50, 'b');
  recorder_.record(long_one);
  recorder_.flush();
  ASSERT_OK_ASSIGN(const auto body,
                   parse_json(cluster_.transport.requests().front().body, "event"));
  EXPECT_TRUE(body.string_at({"metadata", "name"}).starts_with(std::string(199, 'a') + "."));
}

TEST(EventJson, OfAClusterScopedSubjectIsInDefault) {
  const Event event{{{"sealift.dev", "v1alpha1", "TrustPolicy"}, "", "shop", "uid"},
                    Event::Type::kNormal,
                    "Loaded",
                    "Load",
                    std::string(5000, 'x')};
  const auto json = event_json(event, "shop.1", "pod-1", Timestamp());
  EXPECT_EQ(json.string_at({"metadata", "namespace"}), "default");
  EXPECT_EQ(json.find_path({"regarding", "namespace"}), nullptr);
  EXPECT_LE(json.string_at({"note"}).size(), 1024u);
  EXPECT_EQ(json.string_at({"type"}), "Normal");
}

TEST_F(Events, ThatRepeatAreASeries) {
  record("no signature", 16);
  EXPECT_EQ(count("POST"), 1u);
  EXPECT_EQ(count("PATCH"), 4u) << "at 2, 4, 8 and 16";
  EXPECT_EQ(recorder_.counts().aggregated, 11u);
  clock_.advance(61min);
  record("no signature");
  EXPECT_EQ(count("POST"), 2u) << "the server has forgotten the first one by now";
}

TEST_F(Events, OfASeriesThatTheServerForgotBeginAnew) {
  record("no signature");
  forgotten_ = true;
  record("no signature");
  EXPECT_EQ(count("POST"), 2u);
}

TEST_F(Events, OfManyWordsAreLimited) {
  for (int i = 0; i < 50; ++i) recorder_.record(event("failure " + std::to_string(i)));
  recorder_.record(event("of another", "uid-2"));
  recorder_.flush();
  EXPECT_EQ(count("POST"), 11u);
  EXPECT_EQ(recorder_.counts().dropped, 40u);
  clock_.advance(2min);
  for (int i = 50; i < 60; ++i) recorder_.record(event("failure " + std::to_string(i)));
  recorder_.flush();
  EXPECT_EQ(count("POST"), 13u);
}

TEST_F(Events, ThatAreRefusedAreDropped) {
  status_ = 403;
  record("no signature");
  EXPECT_EQ(recorder_.counts().dropped, 1u);
  EXPECT_EQ(recorder_.counts().written, 0u);
}

}  // namespace
}  // namespace sealift::controller
