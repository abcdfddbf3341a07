#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "contract/kube_fixture.h"
#include "support/counting_proxy.h"

namespace sealift::kube {
namespace {

using test::CountingProxy;
using test::fails_with;
using test::ProxiedRequest;
using test::ProxyAction;

constexpr std::string_view kConfigMap = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";

// The proxy that end-to-end tests count and break requests with.
class KubeProxy : public KubeContract {
 protected:
  CountingProxy proxy_{cluster_.access().server_url, cluster_.access().server};
  ApiClient through_ = [this] {
    test::TempDirectory directory;
    const auto path =
        directory.write("kubeconfig", proxy_.kubeconfig(cluster_.access().bearer_token));
    return cluster_.client(*load_kubeconfig(system_files(), path, ""));
  }();
  std::string path_ = config_maps_.path(name_space_, "a");
};

TEST_F(KubeProxy, RecordsWhatPassesAndTellsWritesFromReads) {
  ASSERT_OK(apply(through_, kConfigMap, {.dry_run = true}));
  ASSERT_OK(apply(through_, kConfigMap));
  ASSERT_OK(through_.get(path_, {}, {}));
  EXPECT_EQ(proxy_.requests().size(), 3u);
  EXPECT_EQ(proxy_.writes(), (std::vector<std::string>{"PATCH " + path_}));
  EXPECT_EQ(proxy_.count([](const ProxiedRequest& r) { return r.is_dry_run(); }), 1u);
  proxy_.forget_requests();
  EXPECT_TRUE(proxy_.requests().empty());
}

TEST_F(KubeProxy, CutsBeforeTheServerHears) {
  proxy_.set_rule([](const ProxiedRequest&, std::size_t ordinal) {
    return ordinal == 1 ? ProxyAction::cut() : ProxyAction::forward();
  });
  ASSERT_OK(apply(through_, kConfigMap)) << "the client tries again";
  EXPECT_EQ(proxy_.requests().size(), 2u);
}

TEST_F(KubeProxy, LosesAnAnswerAfterTheServerActed) {
  bool acted = false;
  proxy_.set_rule([&](const ProxiedRequest& request, std::size_t) {
    auto action = request.is_write() ? ProxyAction::lose() : ProxyAction::forward();
    action.after = [&] { acted = true; };
    return action;
  });
  EXPECT_THAT(through_.create(config_maps_.path(name_space_, ""), {},
                              object_in(name_space_, kConfigMap).json(), {}),
              fails_with(ErrorCode::kUnavailable));
  EXPECT_TRUE(acted);
  EXPECT_OK(through_.get(path_, {}, {}));
}

TEST_F(KubeProxy, AnswersInTheServersPlace) {
  proxy_.set_rule([](const ProxiedRequest&, std::size_t) {
    return ProxyAction::answer(403, R"({"kind":"Status","message":"not today"})");
  });
  EXPECT_THAT(through_.get(path_, {}, {}), fails_with(ErrorCode::kForbidden, "not today"));
}

}  // namespace
}  // namespace sealift::kube
