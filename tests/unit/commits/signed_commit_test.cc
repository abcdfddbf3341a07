#include "support/result_matchers.h"

#include <signed_commit.h>

#include <gtest/gtest.h>

namespace sealift::commits {
namespace {

using sealift::test::fails_with;

const std::string kTree = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
const std::string kPeople =
    "author Ada <ada@example.com> 1767225600 +0100\n"
    "committer Ada <ada@example.com> 1767225601 +0100\n";
const std::string kSignature =
    "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n \n -----END SSH SIGNATURE-----\n";
const std::string kMessage = "\nsubject\n\ngpgsig not a header\n tree\n";

TEST(SignedCommit, IsSplitIntoWhatWasSignedAndTheSignature) {
  ASSERT_OK_ASSIGN(const auto commit, read_signed_commit(kTree + kPeople + kSignature +
                                                         "encoding UTF-8\n" + kMessage));
  EXPECT_EQ(commit.payload, kTree + kPeople + "encoding UTF-8\n" + kMessage);
  EXPECT_EQ(commit.signature,
            "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n\n-----END SSH SIGNATURE-----\n");
  EXPECT_EQ(commit.format, SignatureFormat::kSsh);
  EXPECT_EQ(format_timestamp(commit.committed), "2026-01-01T00:00:01Z");
  ASSERT_OK_ASSIGN(const auto pgp,
                   read_signed_commit(kTree + kPeople +
                                      "gpgsig -----BEGIN PGP SIGNATURE-----\n x\n" + kMessage));
  EXPECT_EQ(pgp.format, SignatureFormat::kOpenPgp);
  // Continued lines of other headers are signed.
  ASSERT_OK_ASSIGN(
      const auto tagged,
      read_signed_commit(kTree + kPeople + "mergetag object x\n y\n" + kSignature + kMessage));
  EXPECT_EQ(tagged.payload, kTree + kPeople + "mergetag object x\n y\n" + kMessage);
}

TEST(SignedCommit, IsRefusedInAnyOtherForm) {
  const auto refused = [](const std::string& object, ErrorCode code, const char* message) {
    EXPECT_THAT(read_signed_commit(object), fails_with(code, message)) << object;
  };
  refused(kTree + kPeople + kMessage, ErrorCode::kUntrusted, "it is not signed");
  refused(kTree + kPeople + "gpgsig -----BEGIN SIGNED MESSAGE-----\n x\n" + kMessage,
          ErrorCode::kUntrusted, "X.509");
  refused(kTree + kPeople + "gpgsig hello\n" + kMessage, ErrorCode::kUntrusted, "no known kind");
  refused(kTree + kPeople + "gpgsig -----BEGIN PGP MESSAGE-----\n x\n" + kMessage,
          ErrorCode::kUntrusted, "no known kind");
  const auto invalid = [&](const std::string& object, const char* message) {
    refused(object, ErrorCode::kInvalidInput, message);
  };
  invalid("", "no header");
  invalid(kTree + kPeople + kSignature, "no header");
  invalid(kPeople + kTree + kSignature + kMessage, "no header");
  invalid(kTree + kPeople + kSignature + kSignature + kMessage, "more than one");
  invalid(kTree + kPeople + kSignature + "gpgsig-sha256 x\n" + kMessage, "more than one");
  invalid(kTree + kPeople + "gpgsig-sha256 x\n" + kMessage, "other object names");
  invalid(kTree + kPeople + "gpgsigx\n" + kMessage, "other object names");
  invalid(kTree + kSignature + kMessage, "no committer");
  invalid(kTree + kPeople + kPeople + kSignature + kMessage, "no one committer");
  invalid(kTree + "committer Ada <a> x +0000\n" + kSignature + kMessage, "no one committer");
  invalid(kTree + "committer Ada <a> -1 +0000\n" + kSignature + kMessage, "no one committer");
  invalid(kTree + "committer Ada 1 +0000\n" + kSignature + kMessage, "no one committer");
  invalid(kTree + "committer Ada <a> 1\n" + kSignature + kMessage, "no one committer");
  invalid(kTree + kPeople + std::string("x \0\n", 4) + kSignature + kMessage, "zero byte");
  invalid(kTree + kPeople + "x " + std::string(300'000, 'x') + "\n" + kSignature + kMessage,
          "no header");
  std::string long_signature = "gpgsig -----BEGIN SSH SIGNATURE-----\n";
  for (int i = 0; i < 1000; ++i) long_signature += " " + std::string(70, 'A') + "\n";
  invalid(kTree + kPeople + long_signature + kMessage, "its signature has more than");
}

}  // namespace
}  // namespace sealift::commits
