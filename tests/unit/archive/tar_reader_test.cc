#include "archive_fixture.h"

#include <support/result_matchers.h>

#include <gtest/gtest.h>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;

constexpr ErrorCode kInvalid = ErrorCode::kInvalidInput;

std::string gnu_magic() { return std::string("ustar  \0", 8); }

std::string base256(std::uint64_t value) {
  std::string field(12, '\0');
  field[0] = '\x80';
  for (std::size_t i = 0; i < 8; ++i) field[11 - i] = static_cast<char>(value >> (8 * i) & 0xffu);
  return field;
}

struct Accepted {
  std::string what;
  std::string archive;
  std::string listing;
};

class TarReaderAccepts : public testing::TestWithParam<Accepted> {};

TEST_P(TarReaderAccepts, ItInPiecesOfAnySize) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{1} << 20}) {
    RecordingVisitor visitor;
    ASSERT_OK(read_tar(GetParam().archive + end_of_tar(), visitor, {}, piece));
    EXPECT_EQ(visitor.listing(), GetParam().listing);
    for (const auto& entry : visitor.entries) EXPECT_TRUE(entry.ended);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, TarReaderAccepts,
    testing::Values(
        Accepted{"nothing", "", ""}, Accepted{"a file", raw_entry({"a"}, "abc"), "a:3"},
        Accepted{"an empty file", raw_entry({"a"}, ""), "a:0"},
        Accepted{"a file of exactly one block", raw_entry({"a"}, std::string(512, 'x')), "a:512"},
        Accepted{"an executable", raw_entry({.name = "a", .mode = "0000755"}, "abc"), "a:3*"},
        Accepted{"the root as Flux writes it",
                 raw_entry({.name = "./", .type = '5'}, "") + raw_entry({"./a.yaml"}, "x"),
                 "a.yaml:1"},
        Accepted{"the root as a dot",
                 raw_entry({.name = ".", .type = '5'}, "") + raw_entry({"a"}, "x"), "a:1"},
        Accepted{"a directory",
                 raw_entry({.name = "d/", .type = '5'}, "") + raw_entry({"d/f"}, "1"), "d/ d/f:1"},
        Accepted{"a directory after what it holds",
                 raw_entry({"d/f"}, "1") + raw_entry({.name = "d/", .type = '5'}, ""), "d/f:1 d/"},
        Accepted{"a path that needs cleaning", raw_entry({".//d//./f"}, "1"), "d/f:1"},
        Accepted{"a prefix", raw_entry({.name = "f", .prefix = "some/where"}, "1"),
                 "some/where/f:1"},
        Accepted{"types of old",
                 raw_entry({.name = "a", .type = '\0'}, "1") +
                     raw_entry({.name = "b", .type = '7'}, "1"),
                 "a:1 b:1"},
        Accepted{"a pax path",
                 raw_entry({.name = "p", .type = 'x'},
                           pax_record("mtime", "1.5") + pax_record("path", "long/name") +
                               pax_record("SCHILY.xattr.user.x", "a=b\nc")) +
                     raw_entry({"short"}, "1"),
                 "long/name:1"},
        Accepted{"a pax size",
                 raw_entry({.name = "p", .type = 'x'}, pax_record("size", "3")) + raw_block({"a"}) +
                     padded("abc"),
                 "a:3"},
        Accepted{"a pax header holds for one entry alone",
                 raw_entry({.name = "p", .type = 'x'}, pax_record("path", "first")) +
                     raw_entry({"x"}, "1") + raw_entry({"second"}, "2"),
                 "first:1 second:1"},
        Accepted{"the global header of git archive",
                 raw_entry({.name = "pax_global_header", .type = 'g'},
                           pax_record("comment", std::string(40, 'a'))) +
                     raw_entry({"a"}, "1"),
                 "a:1"},
        Accepted{"a GNU long name",
                 raw_entry({.name = "././@LongLink", .type = 'L', .magic = gnu_magic()},
                           "long/name" + std::string(1, '\0')) +
                     raw_entry({.name = "x", .magic = gnu_magic()}, "1"),
                 "long/name:1"},
        Accepted{"GNU keeps other things where POSIX has the prefix",
                 raw_entry({.name = "f", .magic = gnu_magic(), .prefix = "14721330133"}, "1"),
                 "f:1"},
        Accepted{"a size in base 256",
                 raw_block({.name = "a", .size = base256(3), .magic = gnu_magic()}) + padded("abc"),
                 "a:3"},
        Accepted{"padding up to GNU tar's record", raw_entry({"a"}, "1") + std::string(9216, '\0'),
                 "a:1"}));

// Five names of 204 bytes, and one more byte than the limit allows.
std::string long_path() {
  const std::string name(204, 'a');
  return name + "/" + name + "/" + name + "/" + name + "/" + name + "a";
}

struct Refused {
  std::string what;
  std::string archive;
  std::string message;
};

class TarReaderRefuses : public testing::TestWithParam<Refused> {};

TEST_P(TarReaderRefuses, ItInPiecesOfAnySize) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1} << 20}) {
    RecordingVisitor visitor;
    EXPECT_THAT(read_tar(GetParam().archive + end_of_tar(), visitor, {}, piece),
                fails_with(kInvalid, GetParam().message))
        << GetParam().what;
  }
}

std::string with_flipped_bit(std::string archive, std::size_t at) {
  archive[at] = static_cast<char>(archive[at] ^ 1);
  return archive;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, TarReaderRefuses,
    testing::Values(
        Refused{"parent", raw_entry({"../a"}, "1"), "tar entry 1 \"../a\": its path holds \"..\""},
        Refused{"parent inside", raw_entry({"a/../../b"}, "1"), "its path holds \"..\""},
        Refused{"parent that stays inside", raw_entry({"a/../b"}, "1"), "its path holds \"..\""},
        Refused{"parent in a prefix", raw_entry({.name = "a", .prefix = ".."}, "1"), "\"..\""},
        Refused{"parent in pax",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", "../x")) +
                    raw_entry({"a"}, "1"),
                "\"..\""},
        Refused{"parent in a long name",
                raw_entry({.name = "L", .type = 'L'}, "../x") + raw_entry({"a"}, "1"), "\"..\""},
        Refused{"absolute", raw_entry({"/etc/passwd"}, "1"), "its path is absolute"},
        Refused{
            "absolute in pax",
            raw_entry({.name = "p", .type = 'x'}, pax_record("path", "/x")) + raw_entry({"a"}, "1"),
            "its path is absolute"},
        Refused{"backslash", raw_entry({"a\\..\\b"}, "1"), "backslash"},
        Refused{"NUL in the name", raw_entry({std::string("a\0b", 3)}, "1"), "NUL"},
        Refused{"NUL in pax",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", std::string("a\0b", 3))) +
                    raw_entry({"a"}, "1"),
                "\"a\\x00b\": its path holds a NUL"},
        Refused{
            "NUL in a long name",
            raw_entry({.name = "L", .type = 'L'}, std::string("a\0b\0", 4)) + raw_entry({"a"}, "1"),
            "NUL"},
        Refused{"newline", raw_entry({"a\nb"}, "1"), "control character"},
        Refused{"not UTF-8", raw_entry({"a\xff"}, "1"), "not UTF-8"},
        Refused{"no name", raw_entry({""}, "1"), "it has no path"},
        Refused{
            "an empty name from pax",
            raw_entry({.name = "p", .type = 'x'}, pax_record("path", "")) + raw_entry({"a"}, "1"),
            "it has no path"},
        Refused{"a file as the root", raw_entry({"."}, "1"), "in place of the root"},
        Refused{"a file with a slash", raw_entry({"a/"}, "1"), "ends in a slash"},
        Refused{"twice", raw_entry({"a"}, "1") + raw_entry({"./a"}, "1"),
                "tar entry 2 \"./a\": the same path"},
        Refused{
            "directory twice",
            raw_entry({.name = "a/", .type = '5'}, "") + raw_entry({.name = "a", .type = '5'}, ""),
            "the same path"},
        Refused{"file, then directory",
                raw_entry({"a"}, "1") + raw_entry({.name = "a", .type = '5'}, ""), "the same path"},
        Refused{"file under a file", raw_entry({"a"}, "1") + raw_entry({"a/b"}, "1"),
                "below \"a\", which is a file"},
        Refused{"file where a directory is", raw_entry({"a/b"}, "1") + raw_entry({"a"}, "1"),
                "use its path as a directory"},
        Refused{"a long path",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", long_path())) +
                    raw_entry({"a"}, "1"),
                "limit of 1024"},
        Refused{"a long name",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", std::string(256, 'a'))) +
                    raw_entry({"a"}, "1"),
                "limit of 255"},
        Refused{"a deep path",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path",
                                                                 [] {
                                                                   std::string path = "a";
                                                                   for (int i = 0; i < 64; ++i)
                                                                     path += "/a";
                                                                   return path;
                                                                 }())) +
                    raw_entry({"a"}, "1"),
                "limit of 64"}));

INSTANTIATE_TEST_SUITE_P(
    Types, TarReaderRefuses,
    testing::Values(
        Refused{"hard link", raw_entry({.name = "a", .type = '1', .link = "/etc/passwd"}, ""),
                "hard link"},
        Refused{"symbolic link", raw_entry({.name = "a", .type = '2', .link = "../../x"}, ""),
                "\"a\": it is a symbolic link"},
        Refused{"symbolic link that stays inside",
                raw_entry({"b"}, "1") + raw_entry({.name = "a", .type = '2', .link = "b"}, ""),
                "tar entry 2 \"a\": it is a symbolic link"},
        Refused{"character device", raw_entry({.name = "a", .type = '3'}, ""), "device"},
        Refused{"block device", raw_entry({.name = "a", .type = '4'}, ""), "device"},
        Refused{"FIFO", raw_entry({.name = "a", .type = '6'}, ""), "FIFO"},
        Refused{"sparse", raw_entry({.name = "a", .type = 'S', .magic = gnu_magic()}, ""),
                "sparse"},
        Refused{"sparse in pax",
                raw_entry({.name = "p", .type = 'x'}, pax_record("GNU.sparse.major", "1")) +
                    raw_entry({"a"}, "1"),
                "sparse"},
        Refused{"an unknown type", raw_entry({.name = "a", .type = 'Z'}, ""), "type \"Z\""},
        Refused{"a directory with content", raw_entry({.name = "a", .type = '5'}, "1"),
                "directory with content"}));

INSTANTIATE_TEST_SUITE_P(
    Headers, TarReaderRefuses,
    testing::Values(
        Refused{"a wrong checksum", with_flipped_bit(raw_entry({"abc"}, "1"), 1), "checksum"},
        Refused{"no magic", raw_entry({.name = "a", .magic = std::string(8, '\0')}, "1"),
                "neither POSIX nor GNU"},
        Refused{"something else", std::string(4096, 'x'), "neither POSIX nor GNU"},
        Refused{"size of letters", raw_block({.name = "a", .size = "abc"}), "not a number"},
        Refused{"size of nothing", raw_block({.name = "a", .size = std::string(12, '\0')}),
                "not a number"},
        Refused{"digits after the end", raw_block({.name = "a", .size = "1 1"}), "not a number"},
        Refused{"a negative size", raw_block({.name = "a", .size = std::string(12, '\xff')}),
                "negative"},
        Refused{"a size beyond 64 bits",
                raw_block({.name = "a", .size = "\x80" + std::string(11, '\xff')}), "not a number"},
        Refused{"a huge size", raw_block({.name = "a", .size = base256(~std::uint64_t{0})}),
                "limit of 67108864"},
        Refused{"a huge size in octal", raw_block({.name = "a", .size = "777777777777"}),
                "limit of 67108864"},
        Refused{"a huge size in pax",
                raw_entry({.name = "p", .type = 'x'}, pax_record("size", "18446744073709551615")) +
                    raw_entry({"a"}, "1"),
                "limit of 67108864"},
        Refused{"a mode of letters", raw_entry({.name = "a", .mode = "rwxr"}, "1"), "mode"},
        Refused{"data after the end", raw_entry({"a"}, "1") + end_of_tar() + "x", "followed by"},
        Refused{"an entry after a zero block", std::string(512, '\0') + raw_entry({"a"}, "1"),
                "block of zeros"},
        Refused{"an extension without an entry",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", "a")),
                "extended header"}));

INSTANTIATE_TEST_SUITE_P(
    Extensions, TarReaderRefuses,
    testing::Values(
        Refused{"a pax size of letters",
                raw_entry({.name = "p", .type = 'x'}, pax_record("size", "-1")), "not a number"},
        Refused{"a pax size beyond 64 bits",
                raw_entry({.name = "p", .type = 'x'}, pax_record("size", "18446744073709551616")),
                "not a number"},
        Refused{"a path twice in pax",
                raw_entry({.name = "p", .type = 'x'},
                          pax_record("path", "a") + pax_record("path", "b")),
                "path twice"},
        Refused{"two pax headers",
                raw_entry({.name = "p", .type = 'x'}, pax_record("path", "a")) +
                    raw_entry({.name = "p", .type = 'x'}, pax_record("path", "b")),
                "two pax headers"},
        Refused{
            "two long names",
            raw_entry({.name = "L", .type = 'L'}, "a") + raw_entry({.name = "L", .type = 'L'}, "b"),
            "two GNU long names"},
        Refused{"a long name and a pax path",
                raw_entry({.name = "L", .type = 'L'}, "a") +
                    raw_entry({.name = "p", .type = 'x'}, pax_record("path", "b")) +
                    raw_entry({"c"}, "1"),
                "both a GNU long name and a pax path"},
        Refused{
            "a path for all",
            raw_entry({.name = "g", .type = 'g'}, pax_record("path", "a")) + raw_entry({"c"}, "1"),
            "global pax header"},
        Refused{"a record without a length", raw_entry({.name = "p", .type = 'x'}, "path=a\n"),
                "without a length"},
        Refused{"a record that is too long", raw_entry({.name = "p", .type = 'x'}, "99 path=a\n"),
                "wrong length"},
        Refused{"a record that is too short", raw_entry({.name = "p", .type = 'x'}, "2 path=a\n"),
                "wrong length"},
        Refused{"a record without a key", raw_entry({.name = "p", .type = 'x'}, "5 =a\n"),
                "without a key"},
        Refused{
            "a large header",
            raw_entry({.name = "p", .type = 'x'}, pax_record("comment", std::string(70'000, 'a'))),
            "limit of 65536"},
        Refused{"headers without end",
                [] {
                  std::string archive;
                  for (int i = 0; i < 9; ++i)
                    archive += raw_entry({.name = "g", .type = 'g'}, pax_record("comment", "a"));
                  return archive;
                }(),
                "limit of 8"}));

TEST(TarReader, RefusesEveryTruncation) {
  const std::string archive = raw_entry({.name = "p", .type = 'x'}, pax_record("path", "a/b")) +
                              raw_entry({"short"}, std::string(700, 'x')) + end_of_tar();
  for (std::size_t size = 0; size < archive.size(); ++size) {
    RecordingVisitor visitor;
    EXPECT_THAT(read_tar(std::string_view(archive).substr(0, size), visitor),
                fails_with(kInvalid, "truncated"))
        << size;
  }
  RecordingVisitor visitor;
  EXPECT_OK(read_tar(archive, visitor));
}

TEST(TarReader, NamesTheBytesMissingFromAFile) {
  RecordingVisitor visitor;
  EXPECT_THAT(
      read_tar(raw_block({.name = "a", .size = octal(700)}) + std::string(512, 'x'), visitor),
      fails_with(kInvalid, "\"a\": the archive is truncated: 188 bytes"));
}

TEST(TarReader, StopsAtTheFirstEntryBeyondTheLimit) {
  RecordingVisitor visitor;
  TarReader reader(visitor, {});
  Result<> written;
  int sent = 0;
  for (; sent < 1'000'000 && written; ++sent)
    written = reader.write(raw_entry({"f" + std::to_string(sent)}, ""));
  EXPECT_THAT(written, fails_with(kInvalid, "limit of 50000"));
  EXPECT_EQ(sent, 50'001);
  EXPECT_EQ(visitor.entries.size(), 50'000u);
  EXPECT_THAT(reader.write("more"), fails_with(kInvalid, "limit of 50000"));
  EXPECT_THAT(reader.finish(), fails_with(kInvalid, "limit of 50000"));
}

TEST(TarReader, CountsDirectoriesThatNobodyWrote) {
  RecordingVisitor visitor;
  TarLimits limits;
  limits.max_entries = 5;
  EXPECT_OK(read_tar(raw_entry({"a/b/c/d/e"}, "") + end_of_tar(), visitor, limits));
  EXPECT_THAT(read_tar(raw_entry({"a/b/c/d/e/f"}, "") + end_of_tar(), visitor, limits),
              fails_with(kInvalid, "limit of 5"));
}

TEST(TarReader, CountsRootsToo) {
  RecordingVisitor visitor;
  TarLimits limits;
  limits.max_entries = 2;
  std::string roots;
  for (int i = 0; i < 3; ++i) roots += raw_entry({.name = ".", .type = '5'}, "");
  EXPECT_THAT(read_tar(roots + end_of_tar(), visitor, limits), fails_with(kInvalid, "limit of 2"));
}

TEST(TarReader, RefusesAGigabyteOfZerosAtItsHeader) {
  RecordingVisitor visitor;
  TarReader reader(visitor, {});
  EXPECT_THAT(reader.write(raw_block({.name = "zeros", .size = octal(1u << 30)})),
              fails_with(kInvalid, "\"zeros\": it has 1073741824 bytes"));
  EXPECT_TRUE(visitor.entries.empty());
}

TEST(TarReader, RefusesAGigabyteOfZerosAfterTheEnd) {
  RecordingVisitor visitor;
  TarReader reader(visitor, {});
  const std::string zeros(64u << 10, '\0');
  Result<> written;
  int sent = 0;
  for (; sent < (1 << 14) && written; ++sent) written = reader.write(zeros);
  EXPECT_THAT(written, fails_with(kInvalid, "more zeros than the limit of 1048576"));
  EXPECT_EQ(sent, 17);
}

TEST(TarReader, LimitsTheSumOfFiles) {
  TarLimits limits;
  limits.max_unpacked_bytes = 5;
  RecordingVisitor visitor;
  EXPECT_OK(
      read_tar(raw_entry({"a"}, "12") + raw_entry({"b"}, "123") + end_of_tar(), visitor, limits));
  EXPECT_THAT(
      read_tar(raw_entry({"a"}, "123") + raw_entry({"b"}, "123") + end_of_tar(), visitor, limits),
      fails_with(kInvalid,
                 "tar entry 2 \"b\": with it the files of the archive have more bytes than "
                 "the limit of 5"));
}

class FailingVisitor : public RecordingVisitor {
 public:
  Result<> write(std::string_view) override { return fail(ErrorCode::kIo, "disk full"); }
};

TEST(TarReader, ReturnsTheErrorOfItsVisitor) {
  FailingVisitor visitor;
  EXPECT_THAT(read_tar(raw_entry({"a"}, "1"), visitor), fails_with(ErrorCode::kIo, "disk full"));
}

}  // namespace
}  // namespace sealift::archive
