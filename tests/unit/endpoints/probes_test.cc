#include <sealift/endpoints/probes.h>

#include <gtest/gtest.h>

namespace sealift::endpoints {
namespace {

Request get(std::string path, std::string query = "") {
  Request request;
  request.method = "GET";
  request.path = std::move(path);
  request.query = std::move(query);
  return request;
}

class ProbeHandler : public testing::Test {
 protected:
  Response ask(const Request& request) {
    return make_probe_handler({[this] { return alive_; }, [this] { return ready_; }, &registry_})(
        request);
  }

  std::vector<Check> alive_ = {{"loop", ""}};
  std::vector<Check> ready_ = {{"policies", ""}, {"cluster", ""}};
  MetricsRegistry registry_;
};

TEST_F(ProbeHandler, SaysOk) {
  for (const auto* path : {"/healthz", "/readyz"}) {
    const auto response = ask(get(path));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "ok\n");
  }
  EXPECT_EQ(ask(get("/readyz", "verbose")).body, "[+] policies\n[+] cluster\nok\n");
}

TEST_F(ProbeHandler, SaysWhyNot) {
  ready_[1].reason = "the API server does not answer";
  EXPECT_EQ(ask(get("/healthz")).status, 200);
  const auto response = ask(get("/readyz"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "[-] cluster: the API server does not answer\nfailed\n");
  EXPECT_EQ(ask(get("/readyz", "verbose=1")).body,
            "[+] policies\n[-] cluster: the API server does not answer\nfailed\n");
  const auto json = ask(get("/readyz", "format=json"));
  EXPECT_EQ(json.status, 503);
  EXPECT_EQ(json.content_type, "application/json");
  EXPECT_EQ(json.body,
            R"({"ok":false,"checks":[{"name":"policies","ok":true},)"
            R"({"name":"cluster","ok":false,"reason":"the API server does not answer"}]})"
            "\n");
  alive_[0].reason = "stuck";
  EXPECT_EQ(ask(get("/healthz")).status, 503);
}

TEST_F(ProbeHandler, IsAliveAndReadyWhereNothingIsAskedFor) {
  for (const auto* path : {"/healthz", "/readyz"}) {
    const auto response = make_probe_handler({})(get(path, "verbose"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "ok\n");
  }
}

TEST_F(ProbeHandler, ShowsMetrics) {
  registry_.counters({"sealift_a_total", "A.", {}});
  const auto response = ask(get("/metrics"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.body, registry_.expose());
}

TEST_F(ProbeHandler, RefusesTheRest) {
  EXPECT_EQ(ask(get("/")).status, 404);
  EXPECT_EQ(ask(get("/healthz/x")).status, 404);
  auto post = get("/healthz");
  post.method = "POST";
  const auto response = ask(post);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD");
  EXPECT_EQ(make_probe_handler({[] { return std::vector<Check>(); },
                                [] { return std::vector<Check>(); }})(get("/metrics"))
                .status,
            404);
}

}  // namespace
}  // namespace sealift::endpoints
