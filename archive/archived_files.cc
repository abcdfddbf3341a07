#include <sealift/archive/archived_files.h>
#include <sealift/archive/compression.h>
#include <sealift/archive/tar_files.h>
#include <sealift/base/encoding.h>

#include <string_view>
#include <utility>

namespace sealift::archive {
namespace {

// Shares the bytes, so that it may outlive the archive.
class SharedSource : public ByteSource {
 public:
  explicit SharedSource(std::shared_ptr<const std::string> bytes)
      : bytes_(std::move(bytes)), rest_(*bytes_) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    return rest_.read(buffer, size);
  }

 private:
  std::shared_ptr<const std::string> bytes_;
  ViewSource rest_;
};

tl::unexpected<Error> missing(const std::string& path) {
  return fail(ErrorCode::kNotFound, printable(path, 400) + " is not there");
}

tl::unexpected<Error> read_only(const std::string& path) {
  return fail(ErrorCode::kIo, printable(path, 400) + " is within an archive, which is only read");
}

FileInfo described(FileType type, std::uint64_t size) {
  FileInfo info;
  info.type = type;
  info.size = size;
  return info;
}

// Passes bytes on until there were too many.
class CountedSink : public ByteSink {
 public:
  CountedSink(ByteSink& next, std::uint64_t limit) : next_(next), limit_(limit), left_(limit) {}
  Result<> write(std::string_view bytes) override {
    if (bytes.size() > left_) {
      return fail(ErrorCode::kInvalidInput,
                  "it has more bytes than the limit of " + std::to_string(limit_));
    }
    left_ -= bytes.size();
    return next_.write(bytes);
  }

 private:
  ByteSink& next_;
  std::uint64_t limit_;
  std::uint64_t left_;
};

Result<std::vector<TarFile>> unpack(ByteSource& source, const TarLimits& limits) {
  TarFiles files(limits, [](std::string_view) { return true; });
  TarReader tar(files, limits);
  // Headers and padding are not content; the tar's own limits say what is too much.
  const auto tar_limit = limits.max_unpacked_bytes + limits.max_entries * 4'096;
  const auto gzip = make_decompressor(Compression::kGzip, tar, tar_limit);
  CountedSink counted(*gzip, limits.max_unpacked_bytes);
  SEALIFT_TRY(copy(source, counted));
  SEALIFT_TRY(gzip->finish());
  SEALIFT_TRY(tar.finish());
  return files.take();
}

}  // namespace

Result<std::unique_ptr<ArchivedFiles>> ArchivedFiles::open_archive(FileSystem& files,
                                                                   const std::string& path,
                                                                   const TarLimits& limits) {
  SEALIFT_ASSIGN(const auto source, files.open(path));
  SEALIFT_ASSIGN_CONTEXT(auto unpacked, unpack(*source, limits),
                         "the archive " + printable(path, 400) + " cannot be read");
  std::unique_ptr<ArchivedFiles> archive(new ArchivedFiles(path));
  for (auto& file : unpacked) {
    archive->files_.emplace(std::move(file.path),
                            std::make_shared<const std::string>(std::move(file.bytes)));
  }
  return archive;
}

const std::shared_ptr<const std::string>* ArchivedFiles::find(const std::string& path) const {
  if (!path.starts_with(path_ + "/")) return nullptr;
  const auto found = files_.find(path.substr(path_.size() + 1));
  return found == files_.end() ? nullptr : &found->second;
}

Result<std::unique_ptr<ByteSource>> ArchivedFiles::open(const std::string& path) {
  const auto* file = find(path);
  if (file == nullptr) return missing(path);
  return std::make_unique<SharedSource>(*file);
}

Result<std::vector<DirectoryEntry>> ArchivedFiles::list(const std::string& path) {
  if (path != path_ && !path.starts_with(path_ + "/")) return missing(path);
  const auto folder = path == path_ ? std::string() : path.substr(path_.size() + 1) + "/";
  // Names in their order by bytes, which is not that of the paths they begin.
  std::map<std::string, FileType> entries;
  for (auto file = files_.lower_bound(folder); file != files_.end(); ++file) {
    std::string_view rest = file->first;
    if (!rest.starts_with(folder)) break;
    rest.remove_prefix(folder.size());
    const auto slash = rest.find('/');
    entries.emplace(rest.substr(0, slash),
                    slash == std::string_view::npos ? FileType::kFile : FileType::kDirectory);
  }
  if (entries.empty() && !folder.empty()) return missing(path);
  std::vector<DirectoryEntry> listed;
  for (const auto& [name, type] : entries) listed.push_back({name, type});
  return listed;
}

Result<FileInfo> ArchivedFiles::info(const std::string& path) {
  if (const auto* file = find(path)) return described(FileType::kFile, (*file)->size());
  SEALIFT_TRY(list(path));
  return described(FileType::kDirectory, 0);
}

Result<std::unique_ptr<WritableFile>> ArchivedFiles::create(const std::string& path, Access) {
  return read_only(path);
}

Result<std::unique_ptr<WritableFile>> ArchivedFiles::append(const std::string& path) {
  return read_only(path);
}

Result<> ArchivedFiles::truncate(const std::string& path, std::uint64_t) { return read_only(path); }

Result<> ArchivedFiles::rename(const std::string& from, const std::string&) {
  return read_only(from);
}

Result<> ArchivedFiles::rename_new(const std::string& from, const std::string&) {
  return read_only(from);
}

Result<> ArchivedFiles::remove(const std::string& path) { return read_only(path); }

Result<> ArchivedFiles::make_directories(const std::string& path) { return read_only(path); }

Result<> ArchivedFiles::make_directory(const std::string& path, std::uint32_t) {
  return read_only(path);
}

Result<> ArchivedFiles::sync_directory(const std::string& path) { return read_only(path); }

Result<std::shared_ptr<void>> ArchivedFiles::lock(const std::string& path) {
  return read_only(path);
}

}  // namespace sealift::archive
