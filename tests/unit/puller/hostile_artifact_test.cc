#include <gtest/gtest.h>

#include <functional>

#include "delivery_world.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/archive/archive_fixture.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::puller {
namespace {

using archive::test::end_of_tar;
using archive::test::octal;
using archive::test::raw_block;
using archive::test::raw_entry;
using archive::test::RawHeader;
using artifacts::test::gzip;
using artifacts::test::layer_of;
using sealift::test::config_map;
using test::DeliveryWorld;
using Kind = RunOutcome::Kind;

// What somebody with the publisher's key can sign.
struct Hostile {
  std::string name;
  std::function<std::string()> layer;
  std::string message;
};

std::ostream& operator<<(std::ostream& out, const Hostile& hostile) { return out << hostile.name; }

// A good file in front, so that a refusal must not come too late.
std::string tar_with(const std::string& entries) {
  return gzip(raw_entry({.name = "good.yaml"}, config_map("new")) + entries + end_of_tar());
}

std::string link_entry(char type) {
  return raw_block({.name = "link.yaml", .type = type, .link = "/etc/passwd"});
}

std::string device_entry(char type) { return raw_block({.name = "device.yaml", .type = type}); }

std::string many_entries() {
  std::string tar;
  for (int i = 0; i < 60'000; ++i) tar += raw_block({.name = "f" + std::to_string(i)});
  return tar_with(tar);
}

// A compressed stream may be many members in a row: 1 GiB in one MiB.
std::string gibibyte_of_zeros(const std::string& name) {
  constexpr std::uint64_t kMebibyte = 1u << 20;
  RawHeader header{.name = name};
  header.size = octal(1024 * kMebibyte);
  const auto zeros = gzip(std::string(kMebibyte, '\0'));
  auto layer = gzip(raw_entry({.name = "good.yaml"}, config_map("new")) + raw_block(header));
  for (int i = 0; i < 1024; ++i) layer += zeros;
  return layer + gzip(end_of_tar());
}

std::string zeros_behind_the_end() {
  const auto zeros = gzip(std::string(1u << 20, '\0'));
  auto layer = tar_with("");
  for (int i = 0; i < 1024; ++i) layer += zeros;
  return layer;
}

std::string yaml(const std::string& text) {
  return layer_of({{"a-good.yaml", config_map("new")}, {"bad.yaml", text}});
}

std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) text += ", " + before;
    text += "]\n";
  }
  return text;
}

std::string alias_bomb_of_bytes() {
  std::string text = "a: &a " + std::string(1u << 20, 'x') + "\nb:\n";
  for (int i = 0; i < 1'000; ++i) text += "- *a\n";
  return text;
}

std::string deep(char open, char close) {
  return "a: " + std::string(10'000, open) + std::string(10'000, close) + "\n";
}

class HostileArtifact : public testing::TestWithParam<Hostile> {};

TEST_P(HostileArtifact, IsRefusedAndChangesNothing) {
  DeliveryWorld world;
  world.publish({{"old.yaml", config_map("old")}}, 1);
  ASSERT_EQ(world.run().kind, Kind::kDelivered);
  const auto before = world.delivered();
  ASSERT_EQ(before.size(), 2u);

  world.publish_layer(GetParam().layer(), 2);
  const auto outcome = world.run();
  EXPECT_EQ(to_string(outcome.kind), to_string(Kind::kFailed));
  EXPECT_EQ(to_string(outcome.stage), "plan");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), ErrorCode::kInvalidInput) << outcome.error->message();
  EXPECT_THAT(outcome.error->message(), testing::HasSubstr(GetParam().message));
  EXPECT_EQ(world.delivered(), before);
  const std::string accepted = "\"event\":\"accepted\"";
  EXPECT_EQ(world.record().find(accepted), world.record().rfind(accepted));
  EXPECT_OK(world.check_record());

  // What never reached the target does not bar the way: the sequence of 1 is still in force.
  world.publish({{"old.yaml", config_map("old")}, {"more.yaml", config_map("more")}}, 2);
  EXPECT_EQ(to_string(world.run().kind), to_string(Kind::kDelivered));
}

INSTANTIATE_TEST_SUITE_P(
    Archives, HostileArtifact,
    testing::Values(
        Hostile{"Upwards", [] { return tar_with(raw_entry({.name = "../up.yaml"}, "x")); },
                "\"..\""},
        Hostile{"UpwardsWithin",
                [] { return tar_with(raw_entry({.name = "a/../../up.yaml"}, "x")); }, "\"..\""},
        Hostile{"Absolute", [] { return tar_with(raw_entry({.name = "/etc/up.yaml"}, "x")); },
                "/etc/up.yaml"},
        Hostile{"SymbolicLink", [] { return tar_with(link_entry('2')); }, "link.yaml"},
        Hostile{"HardLink", [] { return tar_with(link_entry('1')); }, "link.yaml"},
        Hostile{"CharacterDevice", [] { return tar_with(device_entry('3')); }, "device.yaml"},
        Hostile{"BlockDevice", [] { return tar_with(device_entry('4')); }, "device.yaml"},
        Hostile{"Fifo", [] { return tar_with(device_entry('6')); }, "device.yaml"},
        Hostile{"SameFileTwice",
                [] { return tar_with(raw_entry({.name = "good.yaml"}, config_map("x"))); },
                "good.yaml"},
        Hostile{"ManyEntries", many_entries, "50000"},
        Hostile{"GibibyteOfZerosAsManifest", [] { return gibibyte_of_zeros("zeros.yaml"); },
                "zeros.yaml"},
        Hostile{"GibibyteOfZerosAside", [] { return gibibyte_of_zeros("zeros.bin"); }, "zeros.bin"},
        Hostile{"ZerosBehindTheEnd", zeros_behind_the_end, "limit"},
        Hostile{"NoArchive", [] { return gzip("no archive"); }, "archive"},
        Hostile{"NotCompressed", [] { return std::string("not compressed"); }, "gzip"},
        Hostile{"Truncated",
                [] {
                  const auto whole = tar_with("");
                  return whole.substr(0, whole.size() / 2);
                },
                "gzip"}),
    [](const auto& hostile) { return hostile.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Manifests, HostileArtifact,
    testing::Values(
        Hostile{"AliasBomb", [] { return yaml(alias_bomb()); }, "bad.yaml:"},
        Hostile{"AliasBombOfBytes", [] { return yaml(alias_bomb_of_bytes()); },
                "expand to more than"},
        Hostile{"TenThousandFlowLevels", [] { return yaml(deep('[', ']')); }, "64 levels"},
        Hostile{"TenThousandJsonLevels",
                [] {
                  return layer_of({{"a-good.yaml", config_map("new")},
                                   {"bad.json", "{\"a\":" + std::string(10'000, '[') +
                                                    std::string(10'000, ']') + "}"}});
                },
                "64"},
        Hostile{"DuplicateKeys",
                [] { return yaml("apiVersion: v1\nkind: ConfigMap\nkind: Secret\n"); },
                "bad.yaml:3:1"},
        Hostile{"InvalidUtf8", [] { return yaml("a: \"\xc3\x28\"\n"); }, "UTF-8"},
        Hostile{"NoObject", [] { return yaml("just text\n"); }, "bad.yaml:1:1"},
        Hostile{"NameThatLeavesTheDirectory", [] { return yaml(config_map("../../etc/passwd")); },
                "metadata.name"},
        Hostile{"KindThatLeavesTheDirectory",
                [] { return yaml("apiVersion: v1\nkind: ../x\nmetadata: {name: a}\n"); }, "kind"},
        Hostile{"NamespaceThatLeavesTheDirectory",
                [] { return yaml(config_map("a", "1", ", namespace: ../x")); },
                "metadata.namespace"}),
    [](const auto& hostile) { return hostile.param.name; });

TEST(HostileManifest, CannotNameALayerThatFillsTheDisk) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  world.publish_oversized(std::uint64_t{1} << 40, 2);
  const auto outcome = world.run();
  EXPECT_EQ(to_string(outcome.stage), "plan");
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), ErrorCode::kInvalidInput);
  EXPECT_THAT(outcome.error->message(),
              testing::HasSubstr("has 1099511627776 bytes, and the limit is 268435456"));
  EXPECT_FALSE(world.disk.exists("state/cache/blobs"));
}

}  // namespace
}  // namespace sealift::puller
