#pragma once

#include <sealift/base/file_system.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::test {

// The step of tests that let each call fail in turn. Under ThreadSanitizer a run costs fifty times
// as much, and its threads are the same whichever call fails: there it is each seventh call, from
// the first on. Every other build takes them all.
#ifdef __SANITIZE_THREAD__
inline constexpr std::size_t kFaultStride = 7;
#else
inline constexpr std::size_t kFaultStride = 1;
#endif

// A file system in memory that is as forgetful as a disk may be and fails when told to. A path
// never contains ".." or a link; relative paths begin at the root. Safe from many threads.
class FaultyFileSystem : public FileSystem {
 public:
  FaultyFileSystem();
  ~FaultyFileSystem() override;

  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> create(const std::string& path, Access access) override;
  Result<std::unique_ptr<WritableFile>> append(const std::string& path) override;
  Result<> truncate(const std::string& path, std::uint64_t size) override;
  Result<> rename(const std::string& from, const std::string& to) override;
  Result<> rename_new(const std::string& from, const std::string& to) override;
  Result<> remove(const std::string& path) override;
  Result<> make_directories(const std::string& path) override;
  Result<> make_directory(const std::string& path, std::uint32_t mode) override;
  Result<std::vector<DirectoryEntry>> list(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<> sync_directory(const std::string& path) override;
  Result<std::shared_ptr<void>> lock(const std::string& path) override;

  // Each call of an operation counts, those on open files (read, write, sync, close) included. The
  // Nth from now (1 is the next one) fails and does nothing.
  void fail_call(std::size_t n, Error error);
  // So do all calls from the Nth on: the machine stops there. power_cut() brings it back.
  void fail_from(std::size_t n, Error error);
  // Calls so far: run the work once, then once for each N up to this number.
  std::size_t call_count() const;
  // "sync a/b" for each call so far, to compare orders of writing.
  std::vector<std::string> calls() const;

  // Bytes that files may hold in all. A write that does not fit writes what fits and is kIo.
  void set_capacity(std::uint64_t bytes);

  enum class Loss {
    kEverythingUnsynced,  // content and directory entries
    kContentAlone,  // the entries reached the disk by themselves: files may be there but empty
  };
  // Forgets what was not synced, ends all locks and open files, and clears the faults.
  void power_cut(Loss loss = Loss::kEverythingUnsynced);

  // Becomes what the other one is now, with what has not been synced; faults, locks and open files
  // are not taken over. Nothing may be open here.
  void copy_from(const FaultyFileSystem& other);

  // What the tests see and do without counting as a call. Paths that are not there abort.
  void put(const std::string& path, std::string bytes);  // durable, with its directories
  void give_away(const std::string& path);               // to another user
  void mount_on(const std::string& path);  // a directory, which no rename replaces then
  std::string content(const std::string& path) const;
  bool exists(const std::string& path) const;

 private:
  struct Node;
  class Source;
  class File;
  using NodePointer = std::shared_ptr<Node>;

  struct Place {
    NodePointer directory;
    std::string name;
  };

  Result<> count_call(std::string_view operation, const std::string& path);
  NodePointer find(const std::string& path) const;
  Result<Place> find_place(const std::string& path) const;
  std::uint64_t used(const Node& node) const;
  Result<> move(const std::string& from, const std::string& to);
  Result<> write_to(Node& node, const std::string& path, std::string_view bytes);

  mutable std::mutex mutex_;
  NodePointer root_;
  std::set<std::string> locked_;
  std::uint64_t generation_ = 0;  // of open files and locks: a power cut ends them
  std::vector<std::string> calls_;
  std::map<std::size_t, Error> faults_;
  std::optional<std::pair<std::size_t, Error>> stopped_from_;
  std::optional<std::uint64_t> capacity_;
};

}  // namespace sealift::test
