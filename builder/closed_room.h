#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/process/process.h>

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "temporary_directory.h"

namespace sealift::builder {

// Where a program renders: a private directory with a home of its own, no cluster, no other program
// (a remote base would run git) and no network, so that its output follows from the files that it
// is given alone.
class ClosedRoom {
 public:
  static Result<ClosedRoom> open(const BuildEnvironment& environment);

  // An absolute path in the room.
  std::string at(std::string_view path) const;
  Result<> write_file(const std::string& path, std::string_view content);
  Result<> write_files(const std::vector<RenderedFile>& files, const std::string& directory);

  // Runs a program there with what the limits give it. Another exit code than 0 is no error here;
  // others as process::run_process() and run_offline().
  Result<process::ProcessOutput> run(const std::string& program, std::vector<std::string> arguments,
                                     const RenderLimits& limits, const std::stop_token& stop);

 private:
  ClosedRoom(FileSystem& files, std::unique_ptr<TemporaryDirectory> directory)
      : files_(&files), directory_(std::move(directory)) {}

  FileSystem* files_;
  std::unique_ptr<TemporaryDirectory> directory_;
};

// What a program said, at most 20 lines of it; without a part that means nothing outside of the
// room.
std::vector<std::string> lines_of(std::string_view text);
std::string without(std::string text, std::string_view part);

}  // namespace sealift::builder
