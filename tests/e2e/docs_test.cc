#include "support/log_bodies.h"
#include "support/markdown_blocks.h"
#include "support/process.h"
#include "support/registry_server.h"
#include "support/sigstore_services.h"
#include "support/temp_directory.h"
#include "support/test_data.h"
#include "support/test_part.h"
#include "support/test_sigstore.h"
#include "support/tuf_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <set>

// Every command of the documentation is run: blocks marked "sh", in order, in one shell for each
// document, in a fresh clone of examples/shop. `registry.example.com` becomes a real registry on
// this machine, which is reached without TLS; `/media/stick` becomes a folder with the root and the
// copy of a TUF repository, and with files that somebody signed; where a document signs with
// services, those of a private Sigstore are described in its folder "sigstore", and the shell has a
// token as jobs of a CI system have one, and in ISSUER who vouches for it. Logins go into a folder
// of their own, with the password of REGISTRY_PASSWORD.
namespace sealift::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> documents() {
  const fs::path root(SEALIFT_SOURCE_DIR);
  std::vector<std::string> found = {"README.md", "examples/shop/README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") {
      found.push_back(fs::relative(entry.path(), root).string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string read_document(const std::string& name) {
  std::ifstream stream(fs::path(SEALIFT_SOURCE_DIR) / name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string with_registry(std::string text, const std::string& address) {
  text = std::regex_replace(text, std::regex("url: oci://registry\\.example\\.com(\\S*)"),
                            "url: oci://" + address + "$1\n    insecure: true");
  // A project names its registries in a file, so its commands get the flag.
  text = std::regex_replace(text, std::regex("destination: oci://registry\\.example\\.com"),
                            "destination: oci://" + address);
  text = std::regex_replace(text, std::regex("sealift push --"), "sealift push --plain-http --");
  text = std::regex_replace(text, std::regex(" oci://registry\\.example\\.com(\\S*)"),
                            " oci://" + address + "$1 --plain-http");
  text = std::regex_replace(text, std::regex("--plain-http\n    insecure"), "\n    insecure");
  text = std::regex_replace(text, std::regex("sealift login registry\\.example\\.com"),
                            "sealift login " + address + " --plain-http");
  return std::regex_replace(text, std::regex("registry\\.example\\.com"), address);
}

// The shell's line says which block failed.
std::string script_of(const std::string& name, const std::vector<MarkdownBlock>& blocks,
                      const std::string& address) {
  std::string script = "set -euo pipefail\n";
  for (const auto& block : blocks) {
    if (block.language != "sh") continue;
    script += "echo '== " + name + ":" + std::to_string(block.line) + "' >&2\n" +
              with_registry(block.text, address);
  }
  return script;
}

void make_clone(const std::string& directory) {
  fs::create_directories(directory);
  fs::copy(fs::path(SEALIFT_SOURCE_DIR) / "examples/shop/deploy", fs::path(directory) / "deploy",
           fs::copy_options::recursive);
  ProcessOptions options;
  options.directory = directory;
  const auto made =
      run_process({"bash", "-c",
                   "git init -q -b main && git add . && "
                   "git -c user.name=t -c user.email=t@example.com commit -q -m 'Open the shop'"},
                  std::move(options));
  ASSERT_EQ(made.exit_code, 0) << made.err;
}

void make_stick(const std::string& directory) {
  TufRepository repository(system_clock().now());
  repository.add_target("targets", "trusted_root.json",
                        test_data("sigstore/tuf/targets/trusted_root.json"));
  repository.publish_next("root");
  repository.release();
  repository.write_to(directory + "/repository");
  std::ofstream(directory + "/root.json") << repository.root(1);
}

void write(const std::string& path, std::string_view bytes) { std::ofstream(path) << bytes; }

void make_signed_files(const std::string& directory) {
  TestSigstore sigstore;
  const auto key = TestKey::ec();
  KeylessDraft by_key;
  by_key.key = key;
  write(directory + "/shop.tar", by_key.artifact);
  write(directory + "/shop.tar.sigstore.json", dump_json(sigstore.bundle()));
  write(directory + "/shop.tar.key.sigstore.json", dump_json(sigstore.bundle(by_key)));
  write(directory + "/release.pub", LoggedSigner{key.public_der()}.pem());
  write(directory + "/trusted_root.json", dump_json(sigstore.trusted_root()));
  write(directory + "/sigstore-2.0.0.sigstore.json",
        test_data("sigstore/bundles/sigstore.js@2.0.0-provenance.json"));
}

// With whom a document signs.
std::unique_ptr<SigstoreServices> start_services(const std::string& directory) {
  auto services = std::make_unique<SigstoreServices>();
  fs::create_directories(directory);
  fs::copy_file(services->trusted_root_file(), fs::path(directory) / "trusted_root.json");
  fs::copy_file(services->signing_config_file(2), fs::path(directory) / "signing_config.json");
  return services;
}

class Docs : public testing::TestWithParam<std::string> {};

TEST_P(Docs, CommandsWork) {
  const auto blocks = markdown_blocks(read_document(GetParam()));
  const bool any = std::any_of(blocks.begin(), blocks.end(),
                               [](const auto& block) { return block.language == "sh"; });
  if (!any) return;
  TempDirectory directory;
  make_clone(directory.file("clone"));
  const RegistryServer registry("distribution");
  make_stick(directory.file("stick"));
  make_signed_files(directory.file("stick"));
  const auto script = std::regex_replace(script_of(GetParam(), blocks, registry.address()),
                                         std::regex("/media/stick"), directory.file("stick"));
  std::vector<std::string> command = {"bash", directory.write("script", script)};
  if (script.find("kubectl") != std::string::npos) {
    command.insert(command.begin(),
                   {SEALIFT_SOURCE_DIR "/tests/cluster/cluster", "run", "--kwok", "--"});
  }
  ProcessOptions options;
  options.directory = directory.file("clone");
  const auto parts = fs::path(test_part("oras")).parent_path().string();
  options.environment = {{"PATH", std::string(SEALIFT_DEFAULT_BIN) + ":" + parts + ":" +
                                      std::string(std::getenv("PATH"))},
                         {"SEALIFT_PARTS", parts},
                         {"SEALIFT_PASSWORD", "a password"},
                         {"REGISTRY_PASSWORD", "another password"},
                         {"DOCKER_CONFIG", directory.file("docker")}};
  std::unique_ptr<SigstoreServices> services;
  if (script.find("--signing-config") != std::string::npos) {
    services = start_services(directory.file("stick/sigstore"));
    options.environment.emplace_back("SIGSTORE_ID_TOKEN", services->job_token("acme/shop"));
    options.environment.emplace_back("ISSUER", services->url("jobs"));
  }
  const auto result = run_process(command, std::move(options));
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

// Another word behind the fence must not take a command out of the test: what is not run is data,
// or the one script that a test cannot start in itself.
TEST_P(Docs, NoCommandEscapesTheTest) {
  static const std::set<std::string> data = {"", "yaml", "json", "text"};
  for (const auto& block : markdown_blocks(read_document(GetParam()))) {
    const auto place = GetParam() + ":" + std::to_string(block.line);
    if (block.language == "console") {
      EXPECT_TRUE(std::regex_match(block.text, std::regex("(\\$ \\./dev [^\n]*\n)+"))) << place;
    } else if (block.language != "sh") {
      EXPECT_TRUE(data.contains(block.language)) << place << " is fenced as " << block.language;
      EXPECT_FALSE(std::regex_search(block.text, std::regex("(^|\n)[$ ]*sealift(-puller)? ")))
          << place << " holds a command; fence it as sh";
    }
  }
}

TEST_P(Docs, LinksLeadSomewhere) {
  const auto text = read_document(GetParam());
  const auto folder = (fs::path(SEALIFT_SOURCE_DIR) / GetParam()).parent_path();
  const std::regex link("\\]\\(([^)#:]+)(#[^)]*)?\\)");
  for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at) {
    EXPECT_TRUE(fs::exists(folder / (*at)[1].str())) << GetParam() << " links to " << (*at)[1];
  }
}

std::string case_name(const testing::TestParamInfo<std::string>& info) {
  return std::regex_replace(info.param, std::regex("[^A-Za-z0-9]"), "_");
}

INSTANTIATE_TEST_SUITE_P(All, Docs, testing::ValuesIn(documents()), case_name);

}  // namespace
}  // namespace sealift::test
