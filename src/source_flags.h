#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/artifact.h>
#include <sealift/builder/git_source.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "commit_signer_flags.h"
#include "output.h"

namespace CLI {
class App;
}

namespace sealift::program {

// Which commit is built, and what every artifact of it says of its source.
struct SourceFlags {
  std::string from = ".";
  bool worktree = false;
  std::string url;  // of the repository, for the annotation
  std::optional<std::int64_t> sequence;
  std::string format = "flux";
  std::shared_ptr<CommitSignerFlags> signer;
};

std::shared_ptr<SourceFlags> add_source_flags(CLI::App& command);

// kNotFound, kInvalidInput: parse_source_location(), load_required_signer().
Result<builder::SnapshotOptions> snapshot_options(const SourceFlags& flags);
Result<builder::ArtifactOptions> artifact_options(const SourceFlags& flags);

// Who signed the commit, where that was required.
void tell_signer(const builder::Commit& commit, const Output& output);
Json to_json(const commits::CommitSigner& signer);

}  // namespace sealift::program
