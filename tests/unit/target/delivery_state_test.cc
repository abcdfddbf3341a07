#include <sealift/target/delivery_state.h>

#include <gtest/gtest.h>

#include "support/faulty_file_system.h"
#include "support/result_matchers.h"

namespace sealift::target {
namespace {

using sealift::test::fails_with;
using sealift::test::FaultyFileSystem;
using testing::HasSubstr;
using testing::Key;
using testing::UnorderedElementsAre;

const objects::ObjectId kDeployment{"apps", "Deployment", "shop", "web"};
const objects::ObjectId kNamespace{"", "Namespace", "", "shop"};
constexpr const char* kState = "state/shop_web.json";
constexpr const char* kJournal = "state/shop_web.journal";

bool same(const RememberedObject& a, const RememberedObject& b) {
  return a.content_hash == b.content_hash && a.uid == b.uid &&
         a.own_fields_hash == b.own_fields_hash && a.completed == b.completed &&
         a.version == b.version;
}

class StateStoreTest : public testing::Test {
 protected:
  DeliveryState load() {
    auto loaded = store_.load("shop/web");
    EXPECT_OK(loaded);
    warning_ = loaded ? loaded->warning : "";
    return loaded ? loaded->state : DeliveryState{};
  }
  std::unique_ptr<StateStore::Journal> journal() {
    auto journal = store_.open_journal("shop/web");
    EXPECT_OK(journal);
    return *std::move(journal);
  }

  FaultyFileSystem files_;
  StateStore store_{files_, "state"};
  std::string warning_;
};

TEST_F(StateStoreTest, BeginsEmpty) {
  const auto state = load();
  EXPECT_FALSE(state.accepted_digest);
  EXPECT_TRUE(state.objects.empty());
  EXPECT_EQ(warning_, "");
}

TEST_F(StateStoreTest, KeepsEachMember) {
  DeliveryState state;
  state.accepted_digest = Digest::of("accepted");
  state.accepted_sequence = 1'767'225'600;
  state.accepted_repository = "r.example.com/shop";
  state.accepted_tag = "1.4.2";
  state.applied_digest = Digest::of("applied", Digest::Algorithm::kSha512);
  state.healthy = true;
  state.last_decision = "abc";
  state.objects[kDeployment] = {"hash", "uid", "fields"};
  state.last_healthy_digest = Digest::of("healthy");
  state.knows_jobs = true;
  state.objects[kNamespace] = {"hash-2", "uid-2", "fields-2", true, 1u << 31};
  ASSERT_OK(store_.save("shop/web", state));
  files_.power_cut();
  const auto found = load();
  EXPECT_EQ(found.accepted_digest, state.accepted_digest);
  EXPECT_EQ(found.accepted_sequence, state.accepted_sequence);
  EXPECT_EQ(found.accepted_repository, state.accepted_repository);
  EXPECT_EQ(found.accepted_tag, "1.4.2");
  EXPECT_EQ(found.applied_digest, state.applied_digest);
  EXPECT_TRUE(found.healthy);
  EXPECT_EQ(found.last_healthy_digest, state.last_healthy_digest);
  EXPECT_TRUE(found.knows_jobs);
  EXPECT_EQ(found.last_decision, "abc");
  ASSERT_THAT(found.objects, UnorderedElementsAre(Key(kDeployment), Key(kNamespace)));
  EXPECT_TRUE(same(found.objects.at(kDeployment), state.objects.at(kDeployment)));
  EXPECT_TRUE(same(found.objects.at(kNamespace), state.objects.at(kNamespace)));
  ASSERT_OK_ASSIGN(const auto other, store_.load("shop/other"));
  EXPECT_TRUE(other.state.objects.empty());
}

TEST_F(StateStoreTest, ReplaysTheJournalOverTheState) {
  DeliveryState state;
  state.objects[kNamespace] = {"old", "uid", "fields"};
  ASSERT_OK(store_.save("shop/web", state));
  {
    const auto lines = journal();
    ASSERT_OK(lines->remember(kDeployment, {"first", "u", "f"}));
    ASSERT_OK(lines->forget(kNamespace));
  }
  ASSERT_OK(journal()->remember(kDeployment, {"second", "u", "f", false, 7}));
  const auto found = load();
  ASSERT_THAT(found.objects, UnorderedElementsAre(Key(kDeployment)));
  EXPECT_EQ(found.objects.at(kDeployment).content_hash, "second");
  EXPECT_EQ(found.objects.at(kDeployment).version, 7u);
  // What was saved needs no journal.
  ASSERT_OK(store_.save("shop/web", found));
  EXPECT_FALSE(files_.exists(kJournal));
  EXPECT_THAT(load().objects, UnorderedElementsAre(Key(kDeployment)));
}

TEST_F(StateStoreTest, RemembersASuccessInTheJournal) {
  ASSERT_OK(journal()->remember(kDeployment, {"hash", "u", "f", true}));
  EXPECT_TRUE(load().objects.at(kDeployment).completed);
  ASSERT_OK(journal()->remember(kDeployment, {"hash", "u", "f"}));
  EXPECT_FALSE(load().objects.at(kDeployment).completed);
}

TEST_F(StateStoreTest, ReadsWhatEarlierVersionsWrote) {
  files_.put(kState, R"({"acceptedSequence":7,"healthy":true,"objects":[{"group":"apps",)"
                     R"("kind":"Deployment","namespace":"shop","name":"web","hash":"h","uid":"u",)"
                     R"("ownFields":"f"}]})");
  const auto found = load();
  EXPECT_EQ(warning_, "");
  EXPECT_FALSE(found.last_healthy_digest);
  EXPECT_FALSE(found.knows_jobs);
  EXPECT_TRUE(same(found.objects.at(kDeployment), {"h", "u", "f"}));
}

TEST_F(StateStoreTest, TakesWholeLinesOfATornJournal) {
  ASSERT_OK(journal()->remember(kNamespace, {"a", "u", "f"}));
  ASSERT_OK(journal()->remember(kDeployment, {"b", "u", "f"}));
  const auto whole = files_.content(kJournal);
  const auto second = whole.find("{", whole.find("{") + 1);
  for (auto cut = second; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    files_.put(kJournal, whole.substr(0, cut));
    EXPECT_THAT(load().objects, UnorderedElementsAre(Key(kNamespace)));
    // The torn line cannot swallow what a later run writes.
    ASSERT_OK(journal()->remember(kDeployment, {"c", "u", "f"}));
    const auto found = load();
    ASSERT_THAT(found.objects, UnorderedElementsAre(Key(kNamespace), Key(kDeployment)));
    EXPECT_EQ(found.objects.at(kDeployment).content_hash, "c");
  }
}

TEST_F(StateStoreTest, WarnsOfABrokenState) {
  for (const auto* broken : {"", "{", "[]", R"({"acceptedDigest":"sha256:1"})",
                             R"({"objects":[{"kind":"A"}]})", R"({"acceptedSequence":"1"})"}) {
    SCOPED_TRACE(broken);
    files_.put(kState, broken);
    EXPECT_TRUE(load().objects.empty());
    EXPECT_THAT(warning_, HasSubstr("the state in state/shop_web.json cannot be read"));
    EXPECT_THAT(warning_, HasSubstr("every object is applied once more"));
  }
}

TEST_F(StateStoreTest, ReportsADiskThatCannotBeRead) {
  ASSERT_OK(store_.save("shop/web", {}));
  files_.fail_call(1, Error(ErrorCode::kIo, "disk broken"));
  EXPECT_THAT(store_.load("shop/web"), fails_with(ErrorCode::kIo, "disk broken"));
}

TEST_F(StateStoreTest, HasANameThatLasts) {
  ASSERT_OK_ASSIGN(const auto name, store_.identity(system_random()));
  EXPECT_EQ(name.size(), 32u);
  EXPECT_EQ(store_.identity(system_random()).value(), name);
  for (const auto* broken : {"", "short", "more than thirty-two bytes, whoever wrote them"}) {
    files_.put("state/identity", broken);
    ASSERT_OK_ASSIGN(const auto another, store_.identity(system_random()));
    EXPECT_EQ(another.size(), 32u);
    EXPECT_NE(another, name);
    EXPECT_EQ(store_.identity(system_random()).value(), another);
  }
  files_.fail_call(1, Error(ErrorCode::kIo, "disk broken"));
  EXPECT_THAT(store_.identity(system_random()), fails_with(ErrorCode::kIo, "disk broken"));
}

TEST_F(StateStoreTest, RemovesLeftoversAlone) {
  ASSERT_OK(store_.remove_leftovers());
  ASSERT_OK(store_.save("shop/web", {}));
  ASSERT_OK(journal()->forget(kNamespace));
  files_.put("state/.shop_web.json.00.tmp", "half");
  ASSERT_OK(store_.remove_leftovers());
  EXPECT_FALSE(files_.exists("state/.shop_web.json.00.tmp"));
  EXPECT_TRUE(files_.exists(kState));
  EXPECT_TRUE(files_.exists(kJournal));
}

}  // namespace
}  // namespace sealift::target
