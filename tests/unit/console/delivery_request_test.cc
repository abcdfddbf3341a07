#include <sealift/console/delivery_request.h>

#include <gmock/gmock.h>

#include "delivery_sample.h"
#include "support/result_matchers.h"

namespace sealift::console {
namespace {

using test::fails_with;

Json with_condition(Json delivery, const char* type, const char* reason) {
  Json condition;
  condition.set("type", type);
  condition.set("status", "True");
  condition.set("reason", reason);
  condition.set("message", "why");
  delivery.find("status")->find("conditions")->push_back(std::move(condition));
  return delivery;
}

Result<bool> answered(const Json& delivery, std::string_view request = "r-1") {
  return has_answered(read_delivery_record(delivery), request);
}

TEST(HasAnswered, IsTrueWhenTheRequestedRunIsReady) {
  ASSERT_OK_ASSIGN(const bool done, answered(delivered()));
  EXPECT_TRUE(done);
}

TEST(HasAnswered, WaitsForWhatEndsByItself) {
  auto old_generation = delivered();
  old_generation.find("metadata")->set("generation", 4);
  auto no_status = delivered();
  no_status.erase("status");
  const std::vector<std::pair<const char*, Json>> cases = {
      {"another request was handled last", delivered()},
      {"a spec that was not seen", old_generation},
      {"a Delivery that nobody has seen", no_status},
      {"a run under way", with_condition(delivered(), "Reconciling", "Progressing")},
      {"Ready unknown", with_ready(delivered(), "Unknown", "Progressing", "")},
      {"progress", with_ready(delivered(), "False", "Progressing", "")},
      {"a wait", with_ready(delivered(), "False", "Waiting", "")},
      {"a dependency", with_ready(delivered(), "False", "DependencyNotReady", "")},
  };
  for (const auto& [what, delivery] : cases) {
    const bool other = &what == &cases.front().first;
    const auto done = answered(delivery, other ? "r-2" : "r-1");
    ASSERT_OK(done) << what;
    EXPECT_FALSE(*done) << what;
  }
}

struct FailureCase {
  const char* reason;
  ErrorCode code;
};

TEST(HasAnswered, FailsWithTheStatusesOwnWordsAndACodeToDecideBy) {
  for (const auto& [reason, code] : std::initializer_list<FailureCase>{
           {"Refused", ErrorCode::kUntrusted},
           {"NotFresh", ErrorCode::kUntrusted},
           {"ArtifactFailed", ErrorCode::kUnavailable},
           {"HealthCheckFailed", ErrorCode::kUnavailable},
           {"ApplyFailed", ErrorCode::kUnavailable},
           {"PlanFailed", ErrorCode::kInvalidInput},
           {"PreflightFailed", ErrorCode::kInvalidInput},
           {"InvalidSpec", ErrorCode::kInvalidInput},
           {"ServiceAccountRequired", ErrorCode::kForbidden},
           {"Forbidden", ErrorCode::kForbidden},
           {"Suspended", ErrorCode::kConflict},
           {"RolledBack", ErrorCode::kUnavailable},
       }) {
    const auto failed = answered(with_ready(delivered(), "False", reason, "the sentence"));
    EXPECT_THAT(failed, fails_with(code, std::string("shop/web: ") + reason + ": the sentence"));
  }
  EXPECT_THAT(answered(with_condition(delivered(), "Stalled", "Refused")),
              fails_with(ErrorCode::kUntrusted, "Refused: why"));
}

// Everything is Ready then, but of an artifact that may not be the newest.
TEST(HasAnswered, NeedsAnAnswerOfTheRegistry) {
  EXPECT_THAT(answered(with_condition(delivered(), "RegistryAway", "Unavailable")),
              fails_with(ErrorCode::kUnavailable, "could not be asked for a newer artifact"));
}

TEST(HasAnswered, ADeliveryOnItsWayOutNeverWill) {
  auto going = delivered();
  going.find("metadata")->set("deletionTimestamp", "2026-11-22T08:00:00Z");
  EXPECT_THAT(answered(going), fails_with(ErrorCode::kConflict, "being deleted"));
}

TEST(PreviousDigest, IsTheNewestGoodOneThatIsNotDeliveredNow) {
  ASSERT_OK_ASSIGN(const auto digest, previous_digest(read_delivery_record(delivered())));
  EXPECT_EQ(digest.to_string(), kOldDigest);
}

TEST(PreviousDigest, SkipsWhatFailed) {
  auto record = read_delivery_record(delivered());
  record.history.insert(record.history.begin(), {"sha256:" + std::string(64, '3'), "", "failed",
                                                 "2026-11-22T00:00:00Z", "", ""});
  ASSERT_OK_ASSIGN(const auto digest, previous_digest(record));
  EXPECT_EQ(digest.to_string(), kOldDigest);
}

TEST(PreviousDigest, SaysWhereThereIsNone) {
  auto record = read_delivery_record(delivered());
  record.history.pop_back();
  EXPECT_THAT(previous_digest(record), fails_with(ErrorCode::kNotFound, "--to DIGEST"));
  record.history.push_back({"sha256:short", "", "delivered", "", "", ""});
  EXPECT_THAT(previous_digest(record), fails_with(ErrorCode::kInvalidInput, "history of shop/web"));
}

TEST(Request, TwoOfOneSecondDiffer) {
  const auto now = *parse_timestamp("2026-11-22T08:00:00Z");
  const auto first = new_request(now, system_random());
  EXPECT_TRUE(first.starts_with("2026-11-22T08:00:00Z-")) << first;
  EXPECT_NE(first, new_request(now, system_random()));
}

}  // namespace
}  // namespace sealift::console
