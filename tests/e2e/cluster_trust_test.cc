#include <gmock/gmock.h>

#include "delivery_case.h"

namespace sealift::e2e {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// What no policy accepted never shows in the cluster.
class ClusterTrust : public DeliveryCase {
 protected:
  void expect_refused_untouched(const std::string& reason) {
    const auto before = snapshot();
    proxy_.forget_requests();
    const auto run = deliver();
    EXPECT_EQ(run.exit_code, 3) << run;
    EXPECT_EQ(run.kind(), "refused") << run;
    EXPECT_THAT(run.reason(), HasSubstr(reason));
    EXPECT_THAT(proxy_.writes(), IsEmpty());
    EXPECT_EQ(snapshot(), before);
    EXPECT_EQ(decisions().back().string_at({"event"}), "refused");
    EXPECT_EQ(decisions().back().string_at({"reason"}), run.reason());
  }

  std::string policy(const std::string& repositories, const std::string& key,
                     const std::string& more = "") {
    std::string indented;
    for (const char c : key) {
      indented += c;
      if (c == '\n') indented += "          ";
    }
    return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
           "  repositories: [\"" +
           repositories + "\"]\n" + more +
           "  signatures:\n    keys:\n      - name: release\n        publicKey: |\n          " +
           indented + "\n";
  }

  std::string other_key() {
    const auto made = test::run_process({program("sealift"), "key", "generate", "--no-password",
                                         "--output-key-prefix", directory_.file("other")});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return directory_.file("other.key");
  }
};

TEST_F(ClusterTrust, UnsignedIsRefused) {
  put_small();
  publish_as(1, {});
  expect_refused_untouched("sign");
}

TEST_F(ClusterTrust, AnotherKeyIsRefused) {
  put_small();
  publish_as(1, {"--sign", other_key()});
  expect_refused_untouched("sign");
}

TEST_F(ClusterTrust, NoPolicyIsARefusal) {
  put_small();
  publish();
  policies_ = policy("registry.example.com/elsewhere", public_key());
  expect_refused_untouched(repository_);
}

TEST_F(ClusterTrust, AnUpdateThatIsRefusedLeavesTheOldOneInForce) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  change("a.yaml", "\"1\"", "\"2\"");
  publish_as(2, {});
  expect_refused_untouched("sign");
  // The same refusal again is no new decision.
  EXPECT_EQ(deliver().exit_code, 3);
  EXPECT_THAT(events(), ElementsAre("accepted", "delivered", "refused"));
  // Signatures may come later.
  const auto signed_now =
      test::run_process({program("sealift"), "sign", repository_ + ":prod", "--key", key_file()});
  ASSERT_EQ(signed_now.exit_code, 0) << signed_now.err;
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("a"), "2");
}

TEST_F(ClusterTrust, AnOlderSequenceIsRefused) {
  put_small();
  publish_as(7, {"--sign", key_file()});
  ASSERT_EQ(deliver().exit_code, 0);
  change("a.yaml", "\"1\"", "\"0\"");
  publish_as(6, {"--sign", key_file()});
  expect_refused_untouched("7");
  // The cluster remembers what the disk forgot.
  state_ = "lost";
  expect_refused_untouched("7");
  policies_ = policy(repository_, public_key(), "  rollback: allow\n");
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("a"), "0");
  EXPECT_EQ(inventory("dev.sealift.sequence"), "6");
}

TEST_F(ClusterTrust, TheRecordTellsWhoAllowedIt) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto records = decisions();
  ASSERT_EQ(records.size(), 2u);
  const auto& accepted = records.front();
  EXPECT_EQ(accepted.string_at({"event"}), "accepted");
  EXPECT_EQ(accepted.string_at({"delivery"}), name_ + "/shop");
  EXPECT_EQ(accepted.string_at({"repository"}), repository_);
  EXPECT_EQ(accepted.string_at({"digest"}), inventory("dev.sealift.digest"));
  EXPECT_EQ(accepted.find("sequence")->as_int64(), 1) << dump_json(accepted);
  EXPECT_EQ(accepted.string_at({"evidence", "policy"}), "shop") << dump_json(accepted);
  EXPECT_THAT(dump_json(*accepted.find("evidence")), HasSubstr("release"));
  EXPECT_EQ(records.back().find("applied")->as_int64(), 4);
}

TEST_F(ClusterTrust, AChangedRecordStopsThePuller) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  auto text = directory_.read("state/decisions.jsonl");
  text.replace(text.find("accepted"), 8, "rejected");
  directory_.write("state/decisions.jsonl", text);
  const auto checked = test::run_process(
      {program("sealift-puller"), "--check-record", directory_.file("state/decisions.jsonl")});
  EXPECT_EQ(checked.exit_code, 3) << checked.err;
  EXPECT_THAT(checked.err, HasSubstr("decisions.jsonl:2"));
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 3) << run;
}

}  // namespace
}  // namespace sealift::e2e
