// Artifacts that travel with the images that their objects name.
#include "cli_fixture.h"

#include <support/registry_server.h>
#include <support/test_part.h>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string workload(const std::string& name, const std::string& image) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
         "\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: "
         "a}}\n    spec:\n      containers:\n      - {name: main, image: '" +
         image + "'}\n";
}

class CliImages : public CliTest {
 protected:
  void SetUp() override {
    CliTest::SetUp();
    make_key("release");
  }

  // An image of these layers, which are texts; images with equal layers share them.
  void make_image(const std::string& name, const std::vector<std::string>& layers) const {
    std::vector<std::string> append = {test_part("crane"), "append", "--insecure",
                                       "--oci-empty-base", "-t",     name};
    for (const auto& layer : layers) {
      files().write(layer, layer);
      run_well({"tar", "--mtime=@0", "--owner=0", "--group=0", "-cf", layer + ".tar", layer});
      append.insert(append.end(), {"-f", layer + ".tar"});
    }
    run_well(append);
  }
  void sign_image(const std::string& name) const {
    run_well({test_part("cosign"), "sign", "--allow-http-registry", "--use-signing-config=false",
              "--tlog-upload=false", "--new-bundle-format=false", "--yes", "--key", "release.key",
              name});
  }
  ProcessResult cosign_verify(const std::string& name) const {
    return run({test_part("cosign"), "verify", "--allow-http-registry",
                "--insecure-ignore-tlog=true", "--new-bundle-format=false", "--key", "release.pub",
                name});
  }
  std::string digest_of(const std::string& name) const {
    const auto digest = run_well({test_part("crane"), "digest", "--insecure", name});
    return digest.substr(0, digest.find('\n'));
  }
  // Publishes a commit with this file beside the others.
  void publish(const std::string& reference, const std::string& file, const std::string& objects,
               const std::vector<std::string>& more = {}) const {
    git().write("deploy/prod/" + file, objects);
    git().commit("Change " + file);
    auto arguments = more;
    arguments.insert(arguments.end(), {"--sign", "release.key"});
    if (reference.starts_with("oci://")) arguments.emplace_back("--plain-http");
    push(reference, arguments);
  }
  std::string outside(const std::string& rest) const { return outside_.address() + "/" + rest; }
  std::string inside(const std::string& rest) const { return inside_.address() + "/" + rest; }
  // Where an image of the outer registry is in the inner one.
  std::string carried(const std::string& rest) const {
    auto registry = outside_.address();
    registry.replace(registry.find(':'), 1, "_");
    return inside("mirror/" + registry + "/" + rest);
  }
  std::vector<std::string> carry_in(const std::string& archive) const {
    return {"copy",
            "--include-images",
            "--to-plain-http",
            "--images-to",
            "oci://" + inside("mirror"),
            archive,
            "oci://" + inside("shop")};
  }

  RegistryServer outside_{"distribution"};
  RegistryServer inside_{"docker-registry"};
};

TEST_F(CliImages, CrossAGapWithTheirSignatures) {
  make_image(outside("web:1"), {"base", "web"});
  make_image(outside("job:1"), {"base", "job"});
  make_image(outside("worker:1"), {"worker"});
  sign_image(outside("web:1"));
  const auto job = outside("job@" + digest_of(outside("job:1")));
  publish("oci://" + outside("shop:v1"), "all.yaml",
          workload("web", outside("web:1")) + "---\n" + workload("again", outside("web:1")) +
              "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: job}\nspec:\n"
              "  schedule: '@daily'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n"
              "          containers:\n          - {name: main, image: '" +
              job +
              "'}\n---\napiVersion: example.dev/v1\nkind: Worker\nmetadata: {name: w}\nspec:\n"
              "  image: " +
              outside("worker:1") + "\n");
  const std::vector<std::string> worker_path = {"--image-path", "example.dev/Worker:.spec.image"};
  std::vector<std::string> carry_out = {"copy", "--from-plain-http", "--include-images",
                                        "oci://" + outside("shop:v1"), "oci-archive:shop.tar"};
  carry_out.insert(carry_out.end(), worker_path.begin(), worker_path.end());
  const Json written = succeed_json(carry_out);
  EXPECT_EQ(written.find("images")->as_array()->size(), 3U) << "the same one once";
  const auto worker_digest = digest_of(outside("worker:1"));
  outside_.stop();

  EXPECT_EQ(run_well({"skopeo", "inspect", "--format", "{{.Digest}}",
                      "oci-archive:shop.tar:" + outside("worker:1")}),
            worker_digest + "\n");
  EXPECT_THAT(*succeed_json({"ls", "oci-archive:shop.tar"}).find("tags"), Json(Json::Array{"v1"}));
  auto carry = carry_in("oci-archive:shop.tar:v1");
  carry.insert(carry.end(), worker_path.begin(), worker_path.end());
  succeed(carry);
  succeed({"verify", "oci://" + inside("shop:v1"), "--plain-http", "--key", "release.pub"});
  const auto signature = cosign_verify(carried("web:1"));
  EXPECT_EQ(signature.exit_code, 0) << signature.err;
  EXPECT_EQ(digest_of(carried("worker:1")), worker_digest);
  run_well({test_part("crane"), "pull", "--insecure", carried(job.substr(job.find('/') + 1)),
            "job.tar"});
  // What has no tag is stored again, which costs one request.
  const auto again = succeed(carry);
  EXPECT_THAT(again,
              AllOf(HasSubstr("present   image " + outside("web:1")),
                    HasSubstr("present   image " + outside("worker:1")),
                    HasSubstr("present   oci://" + inside("shop:v1")), HasSubstr("0 blobs")));
}

TEST_F(CliImages, GoThroughALayoutAndStraightToARegistry) {
  make_image(outside("web:1"), {"web"});
  publish("oci://" + outside("shop:v1"), "web.yaml", workload("web", outside("web:1")));
  succeed({"copy", "--from-plain-http", "--include-images", "oci://" + outside("shop:v1"),
           "oci-layout:stick"});
  succeed(carry_in("oci-layout:stick:v1"));
  EXPECT_EQ(digest_of(carried("web:1")), digest_of(outside("web:1")));
  auto straight = carry_in("oci://" + outside("shop:v1"));
  straight.emplace_back("--from-plain-http");
  EXPECT_THAT(succeed(straight), HasSubstr("present   image " + outside("web:1")));
  // In the layout it is no tag.
  succeed({"copy", "oci-layout:stick", "--all-tags", "oci-layout:other"});
  EXPECT_THAT(*succeed_json({"ls", "oci-layout:other"}).find("tags"), Json(Json::Array{"v1"}));
}

// A registry keeps blobs by repositories: what an update leaves out, because another image has it,
// is in that one's alone.
TEST_F(CliImages, AnUpdateSharesLayersWithOtherImages) {
  make_image(outside("web:1"), {"base", "web"});
  publish("oci://" + outside("shop:v1"), "web.yaml", workload("web", outside("web:1")));
  const std::vector<std::string> copy = {"copy", "--from-plain-http", "--include-images"};
  const auto write = [&](std::vector<std::string> more) {
    more.insert(more.begin(), copy.begin(), copy.end());
    succeed(more);
  };
  write({"oci://" + outside("shop:v1"), "oci-archive:whole.tar"});
  succeed(carry_in("oci-archive:whole.tar:v1"));
  make_image(outside("job:1"), {"base", "job"});
  publish("oci://" + outside("shop:v2"), "job.yaml", workload("job", outside("job:1")));
  write({"oci://" + outside("shop:v2"), "--since", "oci-archive:whole.tar",
         "oci-archive:update.tar"});
  outside_.stop();
  succeed(carry_in("oci-archive:update.tar:v2"));
  run_well({test_part("crane"), "validate", "--insecure", "--remote", carried("job:1")});

  // Where nobody has it, the copy says so and sends nothing.
  const auto empty = sealift({"copy", "--include-images", "--to-plain-http", "--images-to",
                              "oci://" + inside("elsewhere"), "oci-archive:update.tar:v2",
                              "oci://" + inside("other")});
  EXPECT_THAT(empty, ends_with(4, "of the blobs that were left out"));
  EXPECT_THAT(sealift({"ls", "--plain-http", "oci://" + inside("other")}), ends_with(4, "other"));
}

TEST_F(CliImages, ThatAreMissingOrNoneAreSaidBeforeAnythingIsCopied) {
  publish("oci-layout:none:v1", "web.yaml", workload("web", outside("gone:1")));
  EXPECT_THAT(sealift({"copy", "--include-images", "oci-layout:none:v1", "oci-archive:a.tar"}),
              ends_with(4, outside("gone:1")));
  publish("oci://" + outside("shop:v1"), "web.yaml", workload("web", outside("gone:1")));
  const auto missing = sealift({"copy", "--from-plain-http", "--include-images",
                                "oci://" + outside("shop:v1"), "oci-archive:a.tar"});
  EXPECT_THAT(missing, ends_with(4, outside("gone:1") + " (Deployment.apps web)"));
  EXPECT_FALSE(files().has("a.tar"));
  EXPECT_FALSE(files().has("a.tar.partial"));
  publish("oci://" + outside("shop:v2"), "web.yaml", workload("web", "UPPER case"));
  EXPECT_THAT(sealift({"copy", "--from-plain-http", "--include-images",
                       "oci://" + outside("shop:v2"), "oci-archive:a.tar"}),
              ends_with(7, "web.yaml: Deployment.apps web, field "));
}

TEST_F(CliImages, OfOnePlatformAreWhatTheirTagMeansThere) {
  make_image(outside("web:1"), {"web"});
  const auto image = digest_of(outside("web:1"));
  run_well({test_part("crane"), "index", "append", "--insecure", "-m", outside("web:1"), "-t",
            outside("multi:1")});
  publish("oci://" + outside("shop:v1"), "web.yaml", workload("web", outside("multi:1")));
  const auto refused = sealift({"copy", "--from-plain-http", "--include-images", "--platform",
                                "linux/s390x", "oci://" + outside("shop:v1"), "oci-archive:a.tar"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.err, HasSubstr("linux/s390x"));
}

// The artifact's login is for the artifact's registry, even where another one would take it.
TEST_F(CliImages, OfAnotherRegistryDoNotGetTheLogin) {
  const std::vector<std::string> closed = {"--tls", "--htpasswd", "user:secret-word"};
  const RegistryServer artifacts("distribution", closed);
  const RegistryServer images("distribution", closed);
  files().write("ca.pem", artifacts.ca_pem() + images.ca_pem());
  publish("oci-layout:made:v1", "web.yaml", workload("web", images.address() + "/web:1"));
  succeed({"copy", "oci-layout:made:v1", "oci://" + artifacts.address() + "/shop:v1",
           "--to-username", "user", "--to-password-stdin", "--to-ca-file", "ca.pem"},
          with_input("secret-word"));
  const auto refused = sealift({"copy", "--include-images", "--from-username", "user",
                                "--from-password-stdin", "--from-ca-file", "ca.pem",
                                "oci://" + artifacts.address() + "/shop:v1", "oci-archive:a.tar"},
                               with_input("secret-word"));
  EXPECT_THAT(refused, ends_with(5, images.address()));
  // With a login of its own it goes on to what is not there.
  succeed(
      {"login", images.address(), "--username", "user", "--password-stdin", "--ca-file", "ca.pem"},
      with_input("secret-word"));
  EXPECT_THAT(sealift({"copy", "--include-images", "--from-username", "user",
                       "--from-password-stdin", "--from-ca-file", "ca.pem",
                       "oci://" + artifacts.address() + "/shop:v1", "oci-archive:a.tar"},
                      with_input("secret-word")),
              ends_with(4, images.address() + "/web:1"));
}

TEST_F(CliImages, WhatDoesNotFitIsAUsageError) {
  push("oci-layout:out:v1");
  EXPECT_THAT(sealift({"copy", "--include-images", "oci-layout:out:v1", "oci://h.example/x:v1"}),
              ends_with(2, "--images-to oci://HOST/PREFIX"));
  EXPECT_THAT(sealift({"copy", "--include-images", "--images-to", "oci://h.example/m",
                       "oci-layout:out:v1", "oci-archive:a.tar"}),
              ends_with(2, "--images-to is for a registry"));
  EXPECT_THAT(sealift({"copy", "--include-images", "oci-archive:-:v1", "oci-layout:x:v1"}),
              ends_with(2, "a stream is read once"));
  EXPECT_THAT(sealift({"copy", "--image-path", "Kafka:.spec.image", "oci-layout:out:v1",
                       "oci-layout:x:v1"}),
              ends_with(2, "--include-images"));
  EXPECT_THAT(sealift({"copy", "--include-images", "--image-path", "no path", "oci-layout:out:v1",
                       "oci-layout:x:v1"}),
              ends_with(2, "--image-path"));
}

TEST_F(CliImages, AreNotLookedForInWhatHasNoObjects) {
  make_image(outside("web:1"), {"web"});
  EXPECT_THAT(sealift({"copy", "--from-plain-http", "--include-images", "oci://" + outside("web:1"),
                       "oci-layout:x:v1"}),
              ends_with(7, "no artifact with objects"));
}

}  // namespace
}  // namespace sealift::test
