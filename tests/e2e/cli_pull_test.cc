// Artifacts of anybody as files: pull and cat.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

#include <csignal>
#include <filesystem>
#include <thread>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliPull : public CliTest {
 protected:
  std::string name() const { return server_.address() + "/shop:v1"; }
  std::string reference() const { return "oci://" + name(); }
  ProcessResult pull(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"pull", reference(), "-o", "pulled", "--plain-http"});
    return sealift(std::move(more));
  }
  void oras_push(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {test_part("oras"), "push", "--plain-http",
                                         "--disable-path-validation", name()});
    run_well(std::move(arguments));
  }
  // Pushes a manifest as it is written here, whose layers all are "content".
  void push_manifest(const std::string& manifest) const {
    files().write("content", "content");
    files().write("empty.json", "{}");
    oras_push({"content:text/plain", "empty.json:application/vnd.oci.empty.v1+json"});
    files().write("manifest.json", manifest);
    run_well({test_part("oras"), "manifest", "push", "--plain-http", "--media-type",
              "application/vnd.oci.image.manifest.v1+json", name(), "manifest.json"});
  }
  std::string layer(const std::string& title) const {
    return R"({"mediaType":"text/plain","digest":"sha256:)"
           R"(ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73","size":7,)"
           R"("annotations":{"org.opencontainers.image.title":)" +
           dump_json(Json(title)) + "}}";
  }
  std::string manifest_of(const std::string& layers) const {
    return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
           R"("artifactType":"application/x.test","config":{"mediaType":)"
           R"("application/vnd.oci.empty.v1+json","digest":"sha256:)"
           R"(44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},)"
           R"("layers":[)" +
           layers + "]}";
  }

 private:
  RegistryServer server_{"distribution"};
};

TEST_F(CliPull, FilesThatOrasPushedHaveTheirNames) {
  files().write("note.txt", "hello");
  files().write("deep/er/settings.json", "{}");
  oras_push({"note.txt:text/plain", "deep/er/settings.json:application/json"});
  EXPECT_EQ(pull().exit_code, 0);
  EXPECT_EQ(files().read("pulled/note.txt"), "hello");
  EXPECT_EQ(files().read("pulled/deep/er/settings.json"), "{}");
  EXPECT_EQ(succeed({"cat", reference(), "deep/er/settings.json", "--plain-http"}), "{}");
  EXPECT_EQ(succeed({"cat", reference(), "./note.txt", "--plain-http"}), "hello");
  EXPECT_THAT(sealift({"cat", reference(), "other", "--plain-http"}), ends_with(4, "no file"));
}

TEST_F(CliPull, OneFileThatOrasPushedWithoutATypeIsNoArchive) {
  files().write("note.txt", "hello");
  oras_push({"note.txt"});
  EXPECT_EQ(pull().exit_code, 0);
  EXPECT_EQ(files().read("pulled/note.txt"), "hello");
}

TEST_F(CliPull, ADirectoryThatOrasPackedIsUnpackedBesideTheOthers) {
  files().write("site/index.html", "<p>");
  files().write("site/css/a.css", "p {}");
  files().write("note.txt", "hello");
  oras_push({"site", "note.txt:text/plain"});
  EXPECT_EQ(pull().exit_code, 0);
  EXPECT_EQ(files().read("pulled/site/css/a.css"), "p {}");
  EXPECT_EQ(files().read("pulled/note.txt"), "hello");
  EXPECT_EQ(succeed({"cat", reference(), "site/index.html", "--plain-http"}), "<p>");
}

TEST_F(CliPull, LayersOfAnImageAreFilesByTheirDigest) {
  files().write("root/a", "1");
  run_well({"tar", "-C", "root", "-cf", "1.tar", "."});
  files().write("root/b", "2");
  run_well({"tar", "-C", "root", "-cf", "2.tar", "."});
  run_well({test_part("crane"), "append", "--insecure", "--oci-empty-base", "-f", "1.tar", "-f",
            "2.tar", "-t", name()});
  EXPECT_EQ(pull().exit_code, 0);
  const Json json = succeed_json({"inspect", reference(), "--plain-http"});
  for (const auto& layer : *json.find_path({"manifest", "layers"})->as_array()) {
    const std::string hex(layer.string_at({"digest"}).substr(7));
    EXPECT_TRUE(files().has("pulled/sha256-" + hex + ".tar.gz")) << hex;
  }
}

TEST_F(CliPull, OurOwnLayerCanBeKeptAsItIs) {
  push(reference(), {"--plain-http"});
  EXPECT_EQ(succeed({"cat", reference(), "settings.yaml", "--plain-http"}), kConfigMap);
  EXPECT_EQ(pull({"--keep-layers"}).exit_code, 0);
  const auto unpacked = run({"sh", "-c", "tar -xzOf pulled/sha256-*.tar.gz settings.yaml"});
  EXPECT_EQ(unpacked.out, kConfigMap);
}

TEST_F(CliPull, HostileNamesLeaveNothingBehind) {
  const std::string absolute = files().file("absolute");
  for (const std::string& title : {std::string("../escaped"), absolute, std::string("a/../../b"),
                                   std::string("a\\b"), std::string("."), std::string("a\nb")}) {
    SCOPED_TRACE(title);
    push_manifest(manifest_of(layer("good") + "," + layer(title)));
    EXPECT_THAT(pull(), ends_with(7, "the layer sha256:ed70"));
    EXPECT_FALSE(files().has("pulled"));
  }
  EXPECT_FALSE(files().has("absolute"));
  push_manifest(manifest_of(layer("a") + "," + layer("a/b")));
  EXPECT_THAT(pull(), ends_with(8, "in the way"));
  EXPECT_FALSE(files().has("pulled"));
  push_manifest(manifest_of(""));
  EXPECT_THAT(pull(), ends_with(7, "no layers"));
}

TEST_F(CliPull, AnIndexNamesWhatItListsInstead) {
  files().write("note.txt", "hello");
  oras_push({"note.txt:text/plain"});
  run_well(
      {test_part("oras"), "manifest", "index", "create", "--plain-http", name() + "-index", "v1"});
  EXPECT_THAT(sealift({"pull", reference() + "-index", "-o", "pulled", "--plain-http"}),
              ends_with(7, "is an index of 1 manifests"));
}

TEST_F(CliPull, AnEmptyDirectoryKeepsItsModeAndAFullOneIsLeftAlone) {
  push(reference(), {"--plain-http"});
  run_well({"mkdir", "-m", "0700", "pulled"});
  EXPECT_EQ(pull().exit_code, 0);
  EXPECT_EQ(run_well({"stat", "-c", "%a", "pulled"}), "700\n");
  EXPECT_EQ(run_well({"ls", "-A", "pulled"}), "settings.yaml\n");
  EXPECT_THAT(pull(), ends_with(8, "settings.yaml is in the way"));
}

// Killed at moments all over its run, it leaves the whole directory or none, and the next
// completes.
TEST_F(CliPull, KilledAtAnyMomentItLeavesAllOrNothing) {
  std::vector<std::string> names = {};
  for (int i = 0; i < 40; ++i) {
    names.push_back("f" + std::to_string(i) + ".txt");
    files().write(names.back(), std::string(100'000, static_cast<char>('a' + i % 26)));
  }
  auto arguments = names;
  for (auto& argument : arguments) argument += ":text/plain";
  oras_push(arguments);
  int killed = 0;
  for (int delay = 5; delay <= 200; delay += 15) {
    ProcessOptions options;
    options.directory = directory();
    Process process({SEALIFT_PROGRAM, "pull", reference(), "-o", "killed", "--plain-http"},
                    std::move(options));
    std::this_thread::sleep_for(std::chrono::milliseconds(delay));
    process.send_signal(SIGKILL);
    if (process.wait().signal == SIGKILL) ++killed;
    if (!files().has("killed")) continue;
    for (const auto& file : names) EXPECT_EQ(files().read("killed/" + file).size(), 100'000u);
    std::filesystem::remove_all(files().file("killed"));
  }
  EXPECT_GT(killed, 0);
  succeed({"pull", reference(), "-o", "killed", "--plain-http"});
  EXPECT_EQ(run_well({"sh", "-c", "ls -A killed | wc -l"}), "40\n");
  EXPECT_EQ(run_well({"sh", "-c", "ls -A | grep unfinished | wc -l"}), "0\n");
}

}  // namespace
}  // namespace sealift::test
