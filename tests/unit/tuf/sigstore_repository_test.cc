// Sigstore's own repository, as published (tests/data/sigstore), at times that fit it; and what
// becomes of it when anything in it is changed.
#include <sealift/base/file_system.h>
#include <sealift/tuf/client.h>
#include <sealift/tuf/known_repositories.h>
#include <sealift/tuf/target_search.h>

#include <support/faulty_file_system.h>
#include <support/manual_clock.h>
#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace sealift::tuf {
namespace {

using test::fails_with;

const std::string kFolder = SEALIFT_TEST_DATA "/sigstore/tuf";

std::string file(const std::string& name) {
  return *read_file(system_files(), kFolder + "/" + name, 1u << 20);
}

Freshness at(const std::string& time) { return {*parse_timestamp(time)}; }
const Freshness kThen = at("2026-08-22T00:00:00Z");

TrustedSet chain(int first = 1) {
  auto trusted = *TrustedSet::begin(file("root_history/" + std::to_string(first) + ".root.json"));
  for (int version = first + 1; version <= 15; ++version) {
    const auto added =
        trusted.add_root(file("root_history/" + std::to_string(version) + ".root.json"));
    EXPECT_TRUE(added) << version << ": " << added.error().message;
  }
  return trusted;
}

TEST(SigstoreRepository, IsTrustedFromItsFirstRoot) {
  auto trusted = chain();
  ASSERT_TRUE(trusted.settle_root(kThen));
  ASSERT_TRUE(trusted.add_timestamp(file("timestamp.json"), kThen));
  ASSERT_TRUE(trusted.add_snapshot(file("snapshot.json"), kThen));
  ASSERT_TRUE(trusted.add_targets(file("targets.json"), kThen));
  EXPECT_EQ(trusted.root().envelope.version, 15);
  EXPECT_TRUE(trusted.root().consistent_snapshot);
  EXPECT_EQ(trusted.timestamp().envelope.version, 762);
  EXPECT_EQ(trusted.snapshot().envelope.version, 165);
  EXPECT_EQ(trusted.targets().envelope.version, 14);
  const auto load = [&](const Delegation& delegation) -> Result<Targets> {
    SEALIFT_ASSIGN(auto targets,
                   trusted.check_delegated(file(delegation.role + ".json"), delegation, kThen));
    return targets;
  };
  for (const std::string path : {"trusted_root.json", "registry.npmjs.org/keys.json"}) {
    ASSERT_OK_ASSIGN(const auto target, find_target(trusted.targets(), path, load));
    EXPECT_EQ(target.hashes.front(), Digest::of(file("targets/" + path)));
  }
}

TEST(SigstoreRepository, IsRefusedOnceItExpired) {
  const auto root_expired = at("2026-11-20T13:58:18Z");
  EXPECT_EQ(chain(14).settle_root(root_expired).error().kind, RefusalKind::kExpired);
  auto trusted = chain(14);
  ASSERT_TRUE(trusted.settle_root(at("2026-11-20T13:58:17Z")));
  const auto refused = trusted.add_timestamp(file("timestamp.json"), at("2026-08-28T19:25:56Z"));
  EXPECT_EQ(refused.error().kind, RefusalKind::kExpired);
  EXPECT_EQ(refused.error().version, 762);
  EXPECT_TRUE(trusted.add_timestamp(file("timestamp.json"), at("2026-08-28T19:25:55Z")));
}

TEST(SigstoreRepository, RootsMustFollowEachOther) {
  auto trusted = chain(15);
  EXPECT_EQ(trusted.add_root(file("root_history/14.root.json")).error().kind,
            RefusalKind::kVersion);
  auto old = *TrustedSet::begin(file("root_history/1.root.json"));
  EXPECT_EQ(old.add_root(file("root_history/9.root.json")).error().kind, RefusalKind::kSignatures);
  EXPECT_EQ(old.root().envelope.version, 1);
}

// As a folder that another client left: names without versions, roots in root_history.
TEST(SigstoreRepository, IsASourceAsAFolder) {
  test::FaultyFileSystem files;
  test::ManualClock clock(*parse_timestamp("2026-08-22T00:00:00Z"),
                          test::ManualClock::Sleep::kJumps);
  const ClientEnvironment environment{files, clock, system_random()};
  const TrustDirectory folder(files, "trust");
  const auto source = make_directory_source(system_files(), kFolder, kFolder + "/targets");
  ASSERT_OK(initialize_trust(environment, folder, file("root_history/1.root.json"), {}));
  Client client(environment, folder, std::chrono::seconds(0));
  ASSERT_OK(client.get_target(*source, "registry.npmjs.org/keys.json", {}));
  ASSERT_OK(client.get_target(*source, "trusted_root.json", {}));
  EXPECT_EQ(files.content("trust/targets/trusted_root.json"), file("targets/trusted_root.json"));
  clock.advance(std::chrono::hours(24 * 7));
  EXPECT_THAT(client.update(*source, {}),
              fails_with(ErrorCode::kUntrusted, "timestamp 762 expired at 2026-08-28T19:25:56Z"));
}

TEST(SigstoreRepository, IsBuiltInWithItsRoot) {
  const auto* known = find_known_repository("sigstore");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->root, file("root_history/15.root.json"));
  EXPECT_EQ(find_known_repository("Sigstore"), nullptr);
}

// From a built-in root every later one is followed, so it need not be valid today.
TEST(SigstoreRepository, OfGitHubIsBuiltInWithARootThatItsKeysSigned) {
  const auto* known = find_known_repository("github");
  ASSERT_NE(known, nullptr);
  EXPECT_EQ(known->url, "https://tuf-repo.github.com");
  const auto trusted = TrustedSet::begin(known->root);
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->root().envelope.version, 3);
  EXPECT_EQ(trusted->root().root.threshold, 3);
}

// A file with one thing changed.
struct Mutation {
  std::string what;
  std::string bytes;
};

// Walks all values of a document and offers each place to `visit`, which may change it and restore.
void walk(Json& value, const std::string& path,
          const std::function<void(Json&, const std::string&)>& visit) {
  visit(value, path);
  if (auto* object = value.as_object()) {
    for (auto& [name, member] : *object) walk(member, path + "." + name, visit);
  } else if (auto* array = value.as_array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      walk((*array)[i], path + "[" + std::to_string(i) + "]", visit);
    }
  }
}

Json altered(const Json& scalar) {
  if (const auto* text = scalar.as_string()) {
    std::string other = *text;
    if (other.empty()) return "x";
    char& c = other[other.size() / 2];
    c = c == '0' ? '1' : '0';
    return other;
  }
  if (const auto number = scalar.as_int64()) return *number + 1;
  if (const auto* boolean = scalar.as_bool()) return !*boolean;
  return "x";
}

// Each scalar of "signed" altered; each member and element removed, and repeated.
std::vector<Mutation> mutations(const std::string& bytes) {
  std::vector<Mutation> result;
  Json document = *parse_json(bytes, "test");
  const auto keep = [&](const std::string& what) { result.push_back({what, dump_json(document)}); };
  walk(*document.find("signed"), "signed", [&](Json& value, const std::string& path) {
    const Json before = value;
    if (!value.is_object() && !value.is_array()) {
      value = altered(before);
      keep(path + " altered");
    } else if (const auto* object = before.as_object()) {
      for (std::size_t i = 0; i < object->size(); ++i) {
        auto members = *object;
        members.erase(members.begin() + static_cast<std::ptrdiff_t>(i));
        value = members;
        keep(path + "." + (*object)[i].first + " removed");
        members = *object;
        members.push_back(members[i]);
        value = members;
        keep(path + "." + (*object)[i].first + " repeated");
      }
      auto members = *object;
      members.emplace_back("x-more", "x");
      value = members;
      keep(path + " with more");
    } else {
      const auto* array = before.as_array();
      for (std::size_t i = 0; i < array->size(); ++i) {
        auto elements = *array;
        elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(i));
        value = elements;
        keep(path + " without " + std::to_string(i));
        elements = *array;
        elements.push_back(elements[i]);
        value = elements;
        keep(path + " with " + std::to_string(i) + " twice");
      }
    }
    value = before;
  });
  return result;
}

// No change of what is signed is taken, by whichever check notices it first.
void expect_all_refused(const std::string& bytes, std::size_t at_least,
                        const std::function<Checked<>(std::string_view)>& check) {
  ASSERT_TRUE(check(bytes)) << check(bytes).error().message;
  const auto all = mutations(bytes);
  EXPECT_GE(all.size(), at_least);
  for (const auto& mutation : all) {
    const auto checked = check(mutation.bytes);
    ASSERT_FALSE(checked) << mutation.what;
    const auto kind = checked.error().kind;
    EXPECT_TRUE(kind == RefusalKind::kSignatures || kind == RefusalKind::kMalformed)
        << mutation.what << ": " << checked.error().message;
    if (mutation.what.ends_with("repeated")) {
      EXPECT_EQ(kind, RefusalKind::kMalformed) << mutation.what;
    }
  }
}

TEST(SigstoreMutations, OfTheRoot) {
  expect_all_refused(
      file("root_history/15.root.json"), 200, [](std::string_view bytes) -> Checked<> {
        SEALIFT_ASSIGN(auto trusted, TrustedSet::begin(file("root_history/14.root.json")));
        return trusted.add_root(bytes);
      });
}

TEST(SigstoreMutations, OfTimestampSnapshotAndTargets) {
  auto trusted = chain(15);
  ASSERT_TRUE(trusted.settle_root(kThen));
  expect_all_refused(file("timestamp.json"), 15, [&](std::string_view bytes) -> Checked<> {
    SEALIFT_TRY(trusted.add_timestamp(bytes, kThen));
    return {};
  });
  expect_all_refused(file("snapshot.json"), 50,
                     [&](std::string_view bytes) { return trusted.add_snapshot(bytes, kThen); });
  expect_all_refused(file("targets.json"), 200,
                     [&](std::string_view bytes) { return trusted.add_targets(bytes, kThen); });
  const auto delegation = trusted.targets().delegations.front();
  expect_all_refused(file("registry.npmjs.org.json"), 20, [&](std::string_view bytes) -> Checked<> {
    SEALIFT_TRY(trusted.check_delegated(bytes, delegation, kThen));
    return {};
  });
}

// The one signature that a timestamp has: each bit of it counts.
TEST(SigstoreMutations, OfASignature) {
  auto trusted = chain(15);
  ASSERT_TRUE(trusted.settle_root(kThen));
  Json document = *parse_json(file("timestamp.json"), "test");
  Json& signature = (*document.find("signatures")->as_array())[0];
  const std::string hex(signature.string_at({"sig"}));
  const auto refuse = [&](const std::string& other) {
    signature.set("sig", other);
    const auto checked = trusted.add_timestamp(dump_json(document), kThen);
    ASSERT_FALSE(checked) << other;
    EXPECT_EQ(checked.error().kind, RefusalKind::kSignatures) << other;
  };
  for (std::size_t at = 0; at < hex.size(); ++at) {
    auto other = hex;
    other[at] = other[at] == '0' ? '1' : '0';
    refuse(other);
  }
  for (const std::string& other :
       {std::string(), hex.substr(2), hex + "00", "00" + hex, std::string("zz"), hex + hex}) {
    refuse(other);
  }
}

}  // namespace
}  // namespace sealift::tuf
