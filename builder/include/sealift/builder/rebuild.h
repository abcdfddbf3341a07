#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/artifact.h>
#include <sealift/oci/manifest.h>

#include <string>
#include <vector>

namespace sealift::builder {

// What a published manifest says of how it was built: all of make_artifact()'s words.
struct RecordedBuild {
  std::string commit;  // its object name
  std::string name;    // the branch or tag by which it was named; may be empty
  std::string renderer;
  ArtifactOptions options;
};

// Reads it from the annotations and media types. kInvalidInput, naming what is missing, for a
// manifest that no builder of this kind wrote, and for the work tree of a clone ("-dirty"), which
// nobody has any more.
Result<RecordedBuild> recorded_build(const oci::Manifest& published);

// A file of an artifact.
struct DeliveredFile {
  std::string path;
  std::string bytes;
};

// How what was built again differs from what was published, a line each and the likely cause last:
// media types and annotations, files that only one of them has, and for the first file that
// differs its first other line. Files are sorted by paths. Text of both is printable.
std::vector<std::string> explain_difference(const oci::Manifest& published,
                                            const oci::Manifest& rebuilt,
                                            const std::vector<DeliveredFile>& published_files,
                                            const std::vector<DeliveredFile>& rebuilt_files);

}  // namespace sealift::builder
