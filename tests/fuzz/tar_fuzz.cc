#include <sealift/archive/entry_path.h>
#include <sealift/archive/tar_reader.h>
#include <sealift/archive/tar_writer.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace sealift;
using namespace sealift::archive;

struct Entry {
  TarEntry header;
  std::string content;
  bool operator==(const Entry& other) const {
    return header.type == other.header.type && header.path == other.header.path &&
           header.executable == other.header.executable && content == other.content;
  }
};

// Aborts where the reader breaks a promise to its visitor.
class CheckingVisitor : public TarVisitor {
 public:
  Result<> begin_entry(const TarEntry& entry) override {
    if (open_) std::abort();
    open_ = true;
    const auto path = normalize_entry_path(entry.path, {});
    if (!path || *path != entry.path || path->empty()) std::abort();
    entries.push_back({entry, {}});
    return {};
  }
  Result<> write(std::string_view bytes) override {
    if (!open_ || bytes.empty()) std::abort();
    entries.back().content += bytes;
    if (entries.back().content.size() > entries.back().header.size) std::abort();
    return {};
  }
  Result<> end_entry() override {
    if (!open_ || entries.back().content.size() != entries.back().header.size) std::abort();
    open_ = false;
    return {};
  }

  std::vector<Entry> entries;

 private:
  bool open_ = false;
};

bool read(std::string_view archive, std::size_t piece, CheckingVisitor& visitor) {
  TarReader reader(visitor, {});
  for (std::size_t at = 0; at < archive.size(); at += piece)
    if (!reader.write(archive.substr(at, piece))) return false;
  return reader.finish().has_value();
}

std::string write(const std::vector<Entry>& entries) {
  StringSink sink("tar", std::uint64_t{1} << 40);
  TarWriter writer(sink);
  for (const Entry& entry : entries) {
    const auto added =
        entry.header.type == TarEntry::Type::kDirectory
            ? writer.add_directory(entry.header.path)
            : writer.add_file(entry.header.path, entry.content, entry.header.executable);
    if (!added) std::abort();
  }
  if (!writer.finish()) std::abort();
  return sink.take();
}

}  // namespace

// However the input is cut, the reader says the same; and what it accepts, the writer writes and
// the reader reads again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view archive(reinterpret_cast<const char*>(data), size);
  CheckingVisitor whole;
  CheckingVisitor cut;
  const bool accepted = read(archive, size + 1, whole);
  if (read(archive, 7, cut) != accepted || cut.entries != whole.entries) std::abort();
  if (!accepted) return 0;
  CheckingVisitor again;
  if (!read(write(whole.entries), 4096, again) || again.entries != whole.entries) std::abort();
  return 0;
}
