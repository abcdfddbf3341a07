#include "support/test_log.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/checkpoint.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace sealift::sigstore {
namespace {

using sealift::test::TestKey;
using sealift::test::TestLog;

const std::string kHash(32, '\x07');
const std::string kRoot = base64_encode(kHash);
const std::string kLine = TestLog::note_line("log.example.com", "abcd", "signature");

TrustedLog trusted(const TestLog& log) {
  const Json json = sealift::test::trusted_root_of({&log});
  return parse_trusted_root(dump_json(json), "root").value().transparency_logs.all().front();
}

std::string outcome(const Verdict<>& verdict) {
  return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
}

std::string outcome(const std::string& note, const TestLog& log, LogGeneration generation) {
  const auto checkpoint = parse_checkpoint(note);
  if (!checkpoint) return std::string(to_string(checkpoint.error().kind));
  return outcome(verify_checkpoint(*checkpoint, trusted(log), generation));
}

TEST(Checkpoint, ReadsThePartsOfANote) {
  const std::string text = "log.example.com\n12345678901\n" + kRoot + "\nTimestamp: 1\nmore\n";
  const std::string witness = TestLog::note_line("w\xc3\xadtness/1", "\x01\x02\x03\x04", "x");
  const auto checkpoint = parse_checkpoint(text + "\n" + kLine + witness);
  ASSERT_TRUE(checkpoint) << checkpoint.error().message;
  EXPECT_EQ(checkpoint->origin, "log.example.com");
  EXPECT_EQ(checkpoint->tree_size, 12345678901u);
  EXPECT_EQ(checkpoint->root_hash, kHash);
  EXPECT_EQ(checkpoint->signed_text, text);
  ASSERT_EQ(checkpoint->signatures.size(), 2u);
  EXPECT_EQ(checkpoint->signatures[0].name, "log.example.com");
  EXPECT_EQ(checkpoint->signatures[0].key_id, "abcd");
  EXPECT_EQ(checkpoint->signatures[0].signature, "signature");
  EXPECT_EQ(checkpoint->signatures[1].signature, "x");
}

TEST(Checkpoint, RefusesEachBrokenRule) {
  const std::string start = "log.example.com\n5\n" + kRoot + "\n";
  ASSERT_TRUE(parse_checkpoint(start + "\n" + kLine));
  std::string many;
  for (std::size_t i = 0; i <= kMaxCheckpointSignatures; ++i) {
    many += TestLog::note_line("witness" + std::to_string(i), "abcd", "x");
  }
  const std::pair<std::string, const char*> kCases[] = {
      {"", "an empty line and signatures"},
      {start, "an empty line and signatures"},
      {start + kLine, "an empty line and signatures"},
      {start + "\n", "no signature"},
      {start + "\n" + kLine.substr(0, kLine.size() - 1), "an empty line and signatures"},
      {start + "\n" + kLine + "\n", "an empty line in its text"},
      {start + "\n" + kLine + "\n" + kLine, "an empty line in its text"},
      {start + "\nmore\n\n" + kLine, "an empty line in its text"},
      {"\n" + start + "\n" + kLine, "an empty line in its text"},
      {"\n5\n" + kRoot + "\n\n" + kLine, "an empty line in its text"},
      {"o\n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n05\n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n-5\n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n+5\n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n5 \n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n9223372036854775808\n" + kRoot + "\n\n" + kLine, "the tree's size"},
      {"o\n5\n\n" + kLine, "the tree's root"},
      {"o\n5\n" + kRoot.substr(4) + "\n\n" + kLine, "the tree's root"},
      {"o\n5\n" + hex_encode(kHash) + "\n\n" + kLine, "the tree's root"},
      {"o\r\n5\n" + kRoot + "\n\n" + kLine, "not plain UTF-8"},
      {"o\xff\n5\n" + kRoot + "\n\n" + kLine, "not plain UTF-8"},
      {std::string("o\0\n5\n", 5) + kRoot + "\n\n" + kLine, "not plain UTF-8"},
      {start + "\n- log.example.com YWJjZHNpZw==\n", "no signature where"},
      {start + "\n\u2014 log.example.com\n", "no signature where"},
      {start + "\n\u2014  YWJjZHNpZw==\n", "no signature where"},
      {start + "\n\u2014 log+example YWJjZHNpZw==\n", "no signature where"},
      {start + "\n\u2014 log.example.com YWJjZA==\n", "no signature where"},
      {start + "\n\u2014 log.example.com YWJjZHNpZw\n", "no signature where"},
      {start + "\n\u2014 log.example.com YWJjZHNpZw== \n", "no signature where"},
      {start + "\n" + kLine + "more\n", "no signature where"},
      {start + "\n" + kLine + kLine, "two signatures by one key"},
      {start + "\n" + many, "more than 32 signatures"},
      {start + std::string(kMaxCheckpointBytes, 'x') + "\n\n" + kLine, "larger than 16384 bytes"},
  };
  for (const auto& [note, message] : kCases) {
    const auto checkpoint = parse_checkpoint(note);
    ASSERT_FALSE(checkpoint) << printable(note);
    EXPECT_EQ(checkpoint.error().kind, RefusalKind::kMalformed);
    EXPECT_THAT(checkpoint.error().message, ::testing::HasSubstr(message)) << printable(note);
  }
}

class EachGeneration : public ::testing::TestWithParam<LogGeneration> {
 protected:
  EachGeneration()
      : make(GetParam() == LogGeneration::kTiles ? TestLog::Make::kTiles : TestLog::Make::kRekor1),
        log(make, "log.example.com", TestKey::ed25519()) {
    for (int i = 0; i < 9; ++i) log.add(std::to_string(i));
  }
  std::string verify(const std::string& note) const { return outcome(note, log, GetParam()); }

  TestLog::Make make;
  TestLog log;
};

TEST_P(EachGeneration, IsBelievedFromItsLogAlone) {
  const std::string note = log.checkpoint(9);
  EXPECT_EQ(verify(note), "accepted");
  // The same name with another key, the same key under another name.
  EXPECT_EQ(verify(TestLog(make, "log.example.com", TestKey::ed25519()).checkpoint(0)),
            "checkpoint_signature");
  const std::string renamed = TestLog(make, "other.example.com", log.key()).checkpoint(0);
  EXPECT_EQ(outcome(renamed, log, GetParam()),
            GetParam() == LogGeneration::kTiles ? "checkpoint" : "accepted");
  // A log of one make does not pass for one of the other.
  const auto other_make =
      make == TestLog::Make::kTiles ? TestLog::Make::kRekor1 : TestLog::Make::kTiles;
  EXPECT_NE(verify(TestLog(other_make, "log.example.com", log.key()).checkpoint(0)), "accepted");
}

TEST_P(EachGeneration, PassesOverOthersSignatures) {
  const std::string note = log.checkpoint(9);
  const std::size_t lines = note.find("\n\n") + 2;
  const std::string witness = TestLog::note_line("witness.example.com", "abcd", "anything");
  EXPECT_EQ(verify(note + witness), "accepted");
  EXPECT_EQ(verify(note.substr(0, lines) + witness + note.substr(lines)), "accepted");
  EXPECT_EQ(verify(note.substr(0, lines) + witness), "checkpoint_signature");
  const std::string forged =
      TestLog::note_line(log.host(), log.checkpoint_key_id(), std::string(64, 'x'));
  EXPECT_EQ(verify(note.substr(0, lines) + forged), "checkpoint_signature");
}

TEST_P(EachGeneration, IsRefusedWithAnyByteChanged) {
  const std::string note = log.checkpoint(9);
  const TrustedLog trusted_log = trusted(log);
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (const char bit : {'\x01', '\x02', '\x10', '\x20', '\x40'}) {
      std::string changed = note;
      changed[i] ^= bit;
      const auto checkpoint = parse_checkpoint(changed);
      if (!checkpoint) continue;
      EXPECT_NE(outcome(verify_checkpoint(*checkpoint, trusted_log, GetParam())), "accepted")
          << printable(changed);
    }
  }
}

TEST_P(EachGeneration, IsRefusedWithALineMoreOrLess) {
  const std::string note = log.checkpoint(9);
  const std::size_t blank = note.find("\n\n") + 1;
  EXPECT_EQ(verify(note.substr(0, blank) + "more\n" + note.substr(blank)), "checkpoint_signature");
  std::size_t line = 0;
  for (std::size_t at = note.find('\n'); at != std::string::npos; at = note.find('\n', line)) {
    EXPECT_NE(verify(note.substr(0, line) + note.substr(at + 1)), "accepted") << line;
    line = at + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Checkpoint, EachGeneration,
                         ::testing::Values(LogGeneration::kRekor1, LogGeneration::kTiles));

TEST(Checkpoint, OfRekor1NamesItsTree) {
  TestLog log(TestLog::Make::kRekor1, "log.example.com");
  const std::string rest = "\n1\n" + kRoot + "\n";
  const auto with_origin = [&](const std::string& origin) {
    return outcome(log.sign_note(origin + rest), log, LogGeneration::kRekor1);
  };
  EXPECT_EQ(with_origin("log.example.com - 1234"), "accepted");
  EXPECT_EQ(with_origin("log.example.com - 12x"), "checkpoint");
  EXPECT_EQ(with_origin("log.example.com"), "checkpoint");
  EXPECT_EQ(with_origin("log.example.com.evil - 1234"), "checkpoint");
  EXPECT_EQ(with_origin("other.example.com - 1234"), "checkpoint");
}

}  // namespace
}  // namespace sealift::sigstore
