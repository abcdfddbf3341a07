// Ours beside python-tuf, the reference implementation: each reads what the other makes.
#include <sealift/base/file_system.h>
#include <sealift/roots/archive_source.h>
#include <sealift/roots/trust_archive.h>
#include <sealift/roots/trust_pack.h>
#include <sealift/tuf/canonical_json.h>
#include <sealift/tuf/client.h>
#include <sealift/tuf/stored_target.h>

#include <support/process.h>
#include <support/result_matchers.h>
#include <support/temp_directory.h>
#include <support/test_part.h>
#include <support/tuf_repository.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::test {
namespace {

ProcessResult python_tuf(std::vector<std::string> arguments, std::string input = {}) {
  arguments.insert(arguments.begin(), test_part("python-tuf"));
  ProcessOptions options;
  options.standard_input = std::move(input);
  return run_process(arguments, std::move(options));
}

class PythonTuf : public testing::Test {
 protected:
  Result<std::string> get(const std::string& state, const std::string& target) {
    const auto folder = directory.file(state);
    const auto source = tuf::make_directory_source(system_files(), folder, folder + "/targets");
    tuf::Client client(environment, trust, std::chrono::seconds(0));
    SEALIFT_ASSIGN(const auto fetched, client.get_target(*source, target, {}));
    return read_file(system_files(), fetched.path, 1000);
  }

  TempDirectory directory;
  tuf::ClientEnvironment environment{system_files(), system_clock(), system_random()};
  tuf::TrustDirectory trust{system_files(), directory.file("trust")};
};

// Keys of all kinds, thresholds, delegations by path and by hash, rotated keys, odd names.
TEST_F(PythonTuf, ItsRepositoryIsTrustedByUs) {
  const auto made = python_tuf({"make", directory.path()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  ASSERT_OK(tuf::initialize_trust(environment, trust, directory.read("root.json"), {}));
  for (const auto& [target, content] : std::vector<std::pair<std::string, std::string>>{
           {"hello.txt", "hello\n"},
           {"team/a/b.txt", "from a team\n"},
           {"bins/x.txt", "in a bin\n"},
           {"folder/é 世.txt", "a name beyond ASCII\n"}}) {
    ASSERT_OK_ASSIGN(const auto got, get("first", target));
    EXPECT_EQ(got, content);
  }
  ASSERT_OK_ASSIGN(const auto got, get("second", "hello.txt"));
  EXPECT_EQ(got, "hello again\n");
  EXPECT_THAT(get("second", "team/c.txt"), fails_with(ErrorCode::kNotFound));
  EXPECT_THAT(get("first", "hello.txt"), fails_with(ErrorCode::kUntrusted));
}

TEST_F(PythonTuf, ItsRepositoryGoesOverAnAirGapAsAnArchive) {
  const auto made = python_tuf({"make", directory.path()});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const auto root = directory.read("root.json");
  ASSERT_OK(tuf::initialize_trust(environment, trust, root, {}));
  const std::vector<std::string> targets = {"hello.txt", "team/a/b.txt", "bins/x.txt",
                                            "folder/é 世.txt"};
  for (const auto& target : targets) ASSERT_OK(get("first", target));
  StringSink bytes("the archive", roots::kMaxTrustArchiveBytes);
  ASSERT_OK(roots::pack_trust_folder(system_files(), trust.path(), system_clock().now(), bytes));
  const auto archive = directory.write("trust.tar.gz", bytes.bytes());

  const tuf::TrustDirectory inside(system_files(), directory.file("inside"));
  ASSERT_OK(tuf::initialize_trust(environment, inside, root, {}));
  ASSERT_OK_ASSIGN(const auto source, roots::make_archive_source(system_files(), archive));
  tuf::Client client(environment, inside, std::chrono::seconds(0));
  ASSERT_OK_ASSIGN(const auto unpacked, roots::open_trust_archive(system_files(), archive));
  for (const auto& target : targets) {
    ASSERT_OK_ASSIGN(const auto fetched, client.get_target(*source, target, {}));
    ASSERT_OK_ASSIGN(const auto there, read_file(system_files(), fetched.path, 1000));
    ASSERT_OK_ASSIGN(const auto stored, tuf::read_stored_target(
                                            tuf::TrustDirectory(*unpacked, archive), target, 1000));
    EXPECT_EQ(stored.bytes, there) << target;
  }
}

TEST_F(PythonTuf, TrustsTheRepositoryThatOurTestsMake) {
  TufRepository repository(system_clock().now());
  repository.delegate("targets", "team", {"team/*"});
  repository.add_target("team", "team/a.txt", "from a team\n");
  repository.publish("team");
  repository.publish_next("root");
  repository.list_hashes();
  repository.release();
  repository.write_to(directory.file("copy"));
  const auto root = directory.write("root.json", repository.root(1));
  for (const auto& [target, content] : std::vector<std::pair<std::string, std::string>>{
           {"hello.txt", "hello\n"}, {"team/a.txt", "from a team\n"}}) {
    const auto got =
        python_tuf({"get", root, directory.file("copy"), directory.file("copy/targets"), target});
    EXPECT_EQ(got.exit_code, 0) << got.err;
    EXPECT_EQ(got.out, content);
  }
}

TEST_F(PythonTuf, SignsTheSameBytes) {
  for (const std::string json :
       {R"({"b":[1,-2,0],"a":"é\u0000\u001f\u007f\"\\\/😀","":null,"é":true,"A":{},"Z":[]})",
        R"({"￿":1,"𐀀":2,"":3})", R"("\ud83d\ude00")"}) {
    ASSERT_OK_ASSIGN(const Json document, parse_json(json, "test"));
    ASSERT_OK_ASSIGN(const auto ours, tuf::canonical_json(document));
    const auto theirs = python_tuf({"canonical"}, json);
    EXPECT_EQ(theirs.exit_code, 0) << theirs.err;
    EXPECT_EQ(ours, theirs.out);
  }
}

}  // namespace
}  // namespace sealift::test
