#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/bytes.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::archive::test {

// Keeps what a visitor is told.
class RecordingVisitor : public TarVisitor {
 public:
  struct Entry {
    TarEntry header;
    std::string content;
    bool ended = false;
  };

  Result<> begin_entry(const TarEntry& entry) override {
    entries.push_back({entry, "", false});
    return {};
  }
  Result<> write(std::string_view bytes) override {
    entries.back().content += bytes;
    return {};
  }
  Result<> end_entry() override {
    entries.back().ended = true;
    return {};
  }

  // "a/ b:3 c:5*": directories with a slash, files with their size, a star where executable.
  std::string listing() const {
    std::string text;
    for (const Entry& entry : entries) {
      if (!text.empty()) text += ' ';
      text += entry.header.path;
      text += entry.header.type == TarEntry::Type::kDirectory
                  ? "/"
                  : ":" + std::to_string(entry.content.size());
      if (entry.header.executable) text += '*';
    }
    return text;
  }

  std::vector<Entry> entries;
};

// Reads a whole archive in pieces of `piece` bytes.
inline Result<> read_tar(std::string_view archive, TarVisitor& visitor,
                         const TarLimits& limits = {}, std::size_t piece = 4096) {
  TarReader reader(visitor, limits);
  for (std::size_t at = 0; at < archive.size(); at += piece)
    SEALIFT_TRY(reader.write(archive.substr(at, piece)));
  return reader.finish();
}

// One header block with a right checksum, whatever else is wrong with it.
struct RawHeader {
  std::string name;
  std::string size = "00000000000";
  char type = '0';
  std::string magic = std::string(
      "ustar\0"
      "00",
      8);
  std::string mode = "0000644";
  std::string prefix = "";
  std::string link = "";
};
inline std::string raw_block(const RawHeader& header) {
  std::string block(512, '\0');
  block.replace(0, header.name.size(), header.name);
  block.replace(100, header.mode.size(), header.mode);
  block.replace(124, header.size.size(), header.size);
  block.replace(148, 8, "        ");
  block[156] = header.type;
  block.replace(157, header.link.size(), header.link);
  block.replace(257, header.magic.size(), header.magic);
  block.replace(345, header.prefix.size(), header.prefix);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  for (std::size_t digit = 0; digit < 6; ++digit)
    block[153 - digit] = static_cast<char>('0' + (sum >> (3 * digit) & 7u));
  block[154] = '\0';
  return block;
}

inline std::string octal(std::uint64_t value) {
  std::string digits(11, '0');
  for (std::size_t i = digits.size(); i-- > 0; value >>= 3)
    digits[i] = static_cast<char>('0' + (value & 7u));
  return digits;
}

// Content, filled up to the block.
inline std::string padded(std::string content) {
  content.resize((content.size() + 511) / 512 * 512, '\0');
  return content;
}

// A header with its content; its size is the content's.
inline std::string raw_entry(RawHeader header, const std::string& content) {
  header.size = octal(content.size());
  return raw_block(header) + padded(content);
}

inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

inline const std::string& end_of_tar() {
  static const std::string kEnd(1024, '\0');
  return kEnd;
}

}  // namespace sealift::archive::test
