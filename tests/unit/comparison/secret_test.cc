#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHead = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";

std::string secret(std::string_view rest) { return std::string(kHead) + std::string(rest); }

// Everything that a reader of the comparison could get at.
std::string all_of(const Comparison& comparison) {
  std::string text;
  for (const auto& change : comparison.changes) {
    text += dump_json(change.before) + dump_json(change.after);
  }
  for (const auto& line : fields_of(comparison)) text += line;
  return text;
}

TEST(Secret, TextAndBase64AreTheSame) {
  EXPECT_FALSE(
      compared(secret("stringData: {p: hunter2}"), secret("data: {p: aHVudGVyMg==}")).differs());
  EXPECT_FALSE(compared(secret("data: {p: eA==}\nstringData: {p: hunter2}"),
                        secret("data: {p: aHVudGVyMg==}"))
                   .differs());
  EXPECT_FALSE(compared(secret("data: {p: \"aHVu\\ndGVyMg==\"}"), secret("data: {p: aHVudGVyMg==}"))
                   .differs());
}

TEST(Secret, OnlyTheLengthIsShown) {
  const auto result = compared(secret("stringData: {p: hunter2}"), secret("data: {p: b3RoZXI=}"));
  EXPECT_THAT(fields_of(result), ElementsAre("/data/p: \"(sensitive, 7 bytes)\" -> "
                                             "\"(sensitive, changed, 5 bytes)\""));
  EXPECT_TRUE(result.changes[0].fields[0].sensitive);
  EXPECT_EQ(dump_json(*result.changes[0].after.find("data")), R"x({"p":"(sensitive, 5 bytes)"})x");
  const auto more = compared(kHead, secret("stringData: {p: x, q: hunter2}"));
  EXPECT_THAT(fields_of(more), ElementsAre("/data/p: - -> \"(sensitive, 1 byte)\"",
                                           "/data/q: - -> \"(sensitive, 7 bytes)\""));
}

TEST(Secret, NoValueLeavesTheComparison) {
  for (const std::string_view data :
       {"stringData: {p: hunter2}", "data: {p: aHVudGVyMg==}", "data: {p: hunter2}",
        "data: hunter2", "data: [hunter2]", "data: {p: {q: hunter2}}", "data: {p: [hunter2]}",
        "stringData: {p: [hunter2]}", "stringData: hunter2", "stringData: {p: hunter2, q: 7}",
        "data: aHVudGVyMg==\nstringData: {p: hunter2}"}) {
    const auto full = secret(data);
    for (const auto& comparison :
         {compared(full, kHead), compared(kHead, full), compared("", full), compared(full, ""),
          compared(full, secret("data: {p: b3RoZXI=, z: eA==}")),
          compared(full, secret(std::string(data) + "\ntype: other"))}) {
      EXPECT_TRUE(comparison.differs()) << data;
      EXPECT_THAT(all_of(comparison), Not(HasSubstr("hunter2"))) << data;
      EXPECT_THAT(all_of(comparison), Not(HasSubstr("aHVudGVyMg"))) << data;
    }
  }
}

TEST(Secret, WhatKubectlLeftBehindIsNotShown) {
  const auto result = compared("",
                               "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: "
                               "{kubectl.kubernetes.io/last-applied-configuration: 'hunter2'}}\n");
  EXPECT_THAT(all_of(result), Not(HasSubstr("hunter2")));
}

TEST(Secret, KindsOfOtherGroupsAreShown) {
  const std::string head = "apiVersion: example.com/v1\nkind: Secret\nmetadata: {name: a}\n";
  EXPECT_THAT(fields_of(compared(head + "data: {a: b}", head + "data: {a: c}")),
              ElementsAre("/data/a: \"b\" -> \"c\""));
}

}  // namespace
}  // namespace sealift::comparison
