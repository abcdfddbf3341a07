#include "rnp_functions.h"
#include "support/result_matchers.h"

#include <gtest/gtest.h>

namespace sealift::commits {
namespace {

using test::fails_with;

TEST(RnpFunctions, LoadsTheInstalledLibrary) {
  ASSERT_OK_ASSIGN(const auto rnp, load_rnp("librnp.so.0"));
  rnp_ffi_t ffi = nullptr;
  EXPECT_EQ(rnp.rnp_ffi_create(&ffi, "GPG", "GPG"), rnp_result_t{0});
  EXPECT_EQ(rnp.rnp_ffi_destroy(ffi), rnp_result_t{0});
}

// A library that has two of the functions stands for an earlier version.
TEST(RnpFunctions, AnEarlierLibraryIsNamedWithWhatItLacks) {
  const auto refused = load_rnp(SEALIFT_EARLIER_LIBRNP);
  EXPECT_THAT(refused, fails_with(ErrorCode::kIo, "rnp_buffer_destroy"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kIo, "earlier_librnp"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kIo, "librnp 0.16 or newer"));
}

TEST(RnpFunctions, WhatIsNotInstalledIsNamedWithItsPackage) {
  const auto refused = load_rnp("librnp-of-nobody.so.0");
  EXPECT_THAT(refused, fails_with(ErrorCode::kIo, "librnp-of-nobody.so.0 cannot be used"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kIo, "package librnp0"));
}

}  // namespace
}  // namespace sealift::commits
