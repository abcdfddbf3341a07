#include "commit_signer_flags.h"

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxSignersBytes = 1u << 20;
constexpr std::uint64_t kMaxKeyringBytes = 16u << 20;

}  // namespace

std::shared_ptr<CommitSignerFlags> add_commit_signer_flags(CLI::App& command) {
  auto flags = std::make_shared<CommitSignerFlags>();
  auto* group = command.add_option_group("Commit", "Who must have signed it");
  auto* required = group->add_flag("--require-signed-commit", flags->required,
                                   "Build only a commit that one of these signed");
  group
      ->add_option("--allowed-signers", flags->allowed_signers_file,
                   "File of SSH keys that may sign commits, as of ssh-keygen and git")
      ->needs(required)
      ->type_name("FILE");
  group
      ->add_option("--openpgp-keyring", flags->openpgp_keyring_file,
                   "File of OpenPGP keys that may sign commits, as gpg --export writes it")
      ->needs(required)
      ->type_name("FILE");
  required->excludes(command.get_option("--worktree"));
  return flags;
}

void check_commit_signer_flags(const CommitSignerFlags& flags) {
  if (flags.required && flags.allowed_signers_file.empty() && flags.openpgp_keyring_file.empty()) {
    throw CLI::ValidationError(
        "--require-signed-commit",
        "nothing says who may sign; give --allowed-signers FILE or --openpgp-keyring FILE");
  }
}

Result<std::optional<builder::RequiredSigner>> load_required_signer(
    const CommitSignerFlags& flags) {
  if (!flags.required) return std::nullopt;
  // librnp writes what it thinks of signatures to standard error, unless this says otherwise.
  ::setenv("RNP_LOG_CONSOLE", "0", 0);
  builder::RequiredSigner required{{}, sealift::system_clock().now()};
  if (const auto& file = flags.allowed_signers_file; !file.empty()) {
    SEALIFT_ASSIGN_CONTEXT(const auto text, read_file(system_files(), file, kMaxSignersBytes),
                           "reading the allowed signers");
    SEALIFT_ASSIGN(required.trusted.allowed_signers, commits::AllowedSigners::parse(text, file));
  }
  if (const auto& file = flags.openpgp_keyring_file; !file.empty()) {
    SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(system_files(), file, kMaxKeyringBytes),
                           "reading the OpenPGP keyring");
    SEALIFT_ASSIGN(required.trusted.openpgp_keyring, commits::OpenPgpKeyring::parse(bytes, file));
  }
  return required;
}

}  // namespace sealift::program
