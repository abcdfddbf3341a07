#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/git_source.h>

#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace sealift::program {

// Who must have signed the commit that is built.
struct CommitSignerFlags {
  bool required = false;
  std::string allowed_signers_file;
  std::string openpgp_keyring_file;
};

std::shared_ptr<CommitSignerFlags> add_commit_signer_flags(CLI::App& command);
// Throws CLI::ValidationError where nobody is named.
void check_commit_signer_flags(const CommitSignerFlags& flags);

// Nullopt where nobody must have. kNotFound, kInvalidInput, kIo.
Result<std::optional<builder::RequiredSigner>> load_required_signer(const CommitSignerFlags& flags);

}  // namespace sealift::program
