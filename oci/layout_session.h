#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sealift::oci {

// That somebody is storing something in a layout, as others see it: a file
// `.sealift-ID.session` that is locked for as long as this object, or its process, lives. While one
// lives, nobody takes away content that no index names yet, and temporary files that carry its ID
// belong to it; whatever carries another ID was left by a process that is gone.
class LayoutSession {
 public:
  // Needs the layout's lock. kIo.
  static Result<std::unique_ptr<LayoutSession>> begin(std::string directory, FileSystem& files,
                                                      Random& random);
  ~LayoutSession();
  LayoutSession(const LayoutSession&) = delete;
  LayoutSession& operator=(const LayoutSession&) = delete;

  // A path that no other call returns.
  std::string temporary_path();

 private:
  LayoutSession(std::string directory, FileSystem& files, std::string id)
      : directory_(std::move(directory)), files_(files), id_(std::move(id)) {}
  std::string path() const;

  std::string directory_;
  FileSystem& files_;
  std::string id_;
  std::shared_ptr<void> lock_;
  std::atomic<std::uint64_t> temporaries_{0};
};

// Removes the temporary files that dead sessions and dead writers of index.json left behind, and
// returns how many sessions live. Needs the layout's lock. kIo.
Result<std::size_t> clear_dead_sessions(const std::string& directory, FileSystem& files);

// A file of ours beside those of the layout: a lock, a session, or a temporary file.
bool is_layout_companion(std::string_view name);

}  // namespace sealift::oci
