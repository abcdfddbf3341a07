#pragma once

#include <sealift/artifacts/artifact_library.h>

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "library_work.h"
#include "parsed_artifacts.h"
#include "shared_work.h"

namespace sealift::artifacts {

// ArtifactLibrary::objects().
class SharedParser {
 public:
  using Parsed = std::shared_ptr<const ParsedArtifact>;

  explicit SharedParser(LibraryWork& work);

  ArtifactLibrary::Answer<Parsed> objects(const ArtifactAccess& access,
                                          std::shared_ptr<const signing::VerifiedArtifact> artifact,
                                          const std::string& path, const std::string& waiter);
  void forget_unused(SteadyTime now);

 private:
  struct Request;
  using RequestPointer = std::shared_ptr<Request>;

  void begin(const RequestPointer& request);
  void read(const RequestPointer& request);
  void fetch(const RequestPointer& request, std::stop_token stop);
  void finish(const Request& request, Result<Parsed> result);

  LibraryWork& work_;
  std::mutex mutex_;
  SharedWork<Parsed> parses_{{.values = false}};
  ParsedArtifacts parsed_;
};

}  // namespace sealift::artifacts
