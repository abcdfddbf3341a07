#include <sealift/console/object_changes.h>

#include <gmock/gmock.h>

#include <string>

namespace sealift::console {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Type = kube::WatchEvent::Type;

kube::WatchEvent event(Type type, const std::string& name = {}, const std::string& version = {}) {
  Json object;
  if (!name.empty()) {
    Json metadata;
    metadata.set("name", name);
    metadata.set("uid", "u-" + name);
    metadata.set("resourceVersion", version);
    object.set("metadata", std::move(metadata));
  }
  return {type, std::move(object), version};
}

// "web 2", "web 2 deleted".
std::vector<std::string> told(ObjectChanges& changes, kube::WatchEvent news) {
  std::vector<std::string> texts;
  for (const auto& change : changes.take(std::move(news))) {
    texts.push_back(std::string(change.object.string_at({"metadata", "name"})) + " " +
                    std::string(change.object.string_at({"metadata", "resourceVersion"})) +
                    (change.deleted ? " deleted" : ""));
  }
  return texts;
}

TEST(ObjectChanges, TellADeletionToo) {
  ObjectChanges changes;
  EXPECT_THAT(told(changes, event(Type::kReset)), IsEmpty());
  EXPECT_THAT(told(changes, event(Type::kAdded, "web", "1")), ElementsAre("web 1"));
  EXPECT_FALSE(changes.synced());
  EXPECT_THAT(told(changes, event(Type::kSynced)), IsEmpty());
  EXPECT_TRUE(changes.synced());
  EXPECT_THAT(told(changes, event(Type::kModified, "web", "2")), ElementsAre("web 2"));
  EXPECT_THAT(told(changes, event(Type::kDeleted, "web", "2")), ElementsAre("web 2 deleted"));
}

TEST(ObjectChanges, AfterAWatchThatWasAwayTellWhatHasChangedSince) {
  ObjectChanges changes;
  told(changes, event(Type::kReset));
  for (const auto* name : {"same", "other", "gone"}) told(changes, event(Type::kAdded, name, "1"));
  told(changes, event(Type::kSynced));
  told(changes, event(Type::kReset));
  EXPECT_THAT(told(changes, event(Type::kAdded, "same", "1")), IsEmpty());
  EXPECT_THAT(told(changes, event(Type::kAdded, "other", "2")), ElementsAre("other 2"));
  EXPECT_THAT(told(changes, event(Type::kSynced)), ElementsAre("gone 1 deleted"));
  told(changes, event(Type::kReset));
  EXPECT_THAT(told(changes, event(Type::kSynced)), ElementsAre("other 2 deleted", "same 1 deleted"))
      << "each once";
}

TEST(ObjectChanges, MayBeOfOneObjectAlone) {
  ObjectChanges changes("web");
  told(changes, event(Type::kReset));
  EXPECT_THAT(told(changes, event(Type::kAdded, "other", "1")), IsEmpty());
  EXPECT_THAT(told(changes, event(Type::kDeleted, "other", "1")), IsEmpty());
  EXPECT_THAT(told(changes, event(Type::kAdded, "web", "1")), ElementsAre("web 1"));
}

}  // namespace
}  // namespace sealift::console
