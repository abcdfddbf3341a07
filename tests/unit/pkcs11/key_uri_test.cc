#include "support/result_matchers.h"
#include "support/temp_directory.h"

#include <sealift/pkcs11/key_uri.h>

#include <gtest/gtest.h>

namespace sealift::pkcs11 {
namespace {

using sealift::test::fails_with;
using testing::HasSubstr;
using testing::Not;

TEST(KeyUri, NamesKeyAndModule) {
  ASSERT_OK_ASSIGN(const auto uri,
                   KeyUri::parse("pkcs11:token=ci;object=release%20key;id=%00%ff%41?"
                                 "module-path=/usr/lib/x.so&module-name=x&pin-value=1234"));
  EXPECT_EQ(uri.label(), "release key");
  EXPECT_EQ(uri.id(), std::string("\0\xff"
                                  "A",
                                  3));
  EXPECT_EQ(uri.module_path(), "/usr/lib/x.so");
  EXPECT_EQ(uri.module_name(), "x");
  ASSERT_OK_ASSIGN(const auto least, KeyUri::parse("pkcs11:"));
  EXPECT_EQ(least.label(), std::nullopt);
  EXPECT_EQ(least.id(), std::nullopt);
  EXPECT_EQ(least.module_path(), std::nullopt);
  EXPECT_EQ(least.module_name(), std::nullopt);
}

TEST(KeyUri, IsToldFromAFile) {
  EXPECT_TRUE(is_key_uri("pkcs11:token=ci"));
  EXPECT_TRUE(is_key_uri("PKCS11:token=ci"));
  for (const char* file : {"", "cosign.key", "./pkcs11:x", "pkcs11", "PKCS12:x"}) {
    EXPECT_FALSE(is_key_uri(file)) << file;
  }
}

TEST(KeyUri, NeverShowsThePin) {
  for (const char* text :
       {"pkcs11:token=ci;pin-value=secret", "pkcs11:token=ci?pin-value=secret",
        "pkcs11:token=ci?pin-value=%73ecret", "pkcs11:token=ci?module-path=/x&pin-value=secret",
        "pkcs11:token=ci?pin-source=/secret",
        "pkcs11:token=ci?pin-source=file%3a%2fsecret&module-name=x"}) {
    ASSERT_OK_ASSIGN(const auto uri, KeyUri::parse(text));
    EXPECT_THAT(uri.to_string(), HasSubstr("token=ci")) << text;
    EXPECT_THAT(uri.to_string(), Not(HasSubstr("ecret"))) << text;
  }
  for (const char* text : {"pkcs11:tok%en=ci?pin-value=secret", "pkcs11:token=%zz?pin-value=secret",
                           "pkcs11:type=secret;type=?pin-value=secret", "pkcs11:object"}) {
    const auto uri = KeyUri::parse(text);
    ASSERT_THAT(uri, fails_with(ErrorCode::kInvalidInput, "pkcs11: URI")) << text;
    EXPECT_THAT(uri.error().message(), Not(HasSubstr("secret"))) << text;
  }
}

TEST(KeyUri, IsBounded) {
  EXPECT_THAT(KeyUri::parse("pkcs11:object=" + std::string(5000, 'x')),
              fails_with(ErrorCode::kInvalidInput, "4096"));
  EXPECT_THAT(KeyUri::parse(std::string("pkcs11:object=a\0b", 17)),
              fails_with(ErrorCode::kInvalidInput));
}

TEST(KeyUri, CarriesThePinOrSaysWhereItIs) {
  const test::TempDirectory directory;
  const auto path = directory.write("pin", "1234\nnot this\n");
  const auto pin_of = [](const std::string& text) {
    return KeyUri::parse("pkcs11:token=ci" + text)->pin(system_files());
  };
  for (const auto& text :
       {std::string("?pin-value=1234"), "?pin-source=" + path, "?pin-source=file:" + path,
        "?pin-source=file://" + path, "?pin-source=file://localhost" + path}) {
    ASSERT_OK_ASSIGN(const auto pin, pin_of(text));
    ASSERT_TRUE(pin.has_value()) << text;
    EXPECT_EQ(pin->view(), "1234") << text;
  }
  ASSERT_OK_ASSIGN(const auto none, pin_of(""));
  EXPECT_FALSE(none.has_value());
  EXPECT_THAT(pin_of("?pin-source=" + directory.file("missing")),
              fails_with(ErrorCode::kNotFound, "reading the PIN"));
  EXPECT_THAT(pin_of("?pin-source=|cat"), fails_with(ErrorCode::kInvalidInput, "no file"));
  EXPECT_THAT(pin_of("?pin-source=https://example.com/pin"),
              fails_with(ErrorCode::kInvalidInput, "no file"));
}

}  // namespace
}  // namespace sealift::pkcs11
