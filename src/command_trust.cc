#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/roots/trust_archive.h>
#include <sealift/roots/trust_pack.h>
#include <sealift/tuf/client.h>
#include <sealift/tuf/known_repositories.h>
#include <sealift/tuf/trust_status.h>

#include <CLI/CLI.hpp>

#include <algorithm>

#include "command.h"
#include "repository_flags.h"

namespace sealift::program {
namespace {

tuf::ClientEnvironment environment(const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  return {machine.files, machine.clock, machine.random};
}

tuf::TrustDirectory trust_directory(const std::string& path, const Surroundings& surroundings) {
  return {surroundings.machine.repositories().files, path};
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string describe(const tuf::RoleStatus& role, std::size_t width) {
  std::string line = padded(printable(role.role, 80), width);
  if (role.envelope) {
    line += padded(std::to_string(role.envelope->version), 6) + "until " +
            format_timestamp(role.envelope->expires) + "  " + std::to_string(role.threshold) +
            " of " + std::to_string(role.keys) + (role.keys == 1 ? " key" : " keys");
  }
  if (role.problem) line += "  " + std::string(to_string(role.problem->kind));
  return line + "\n";
}

void print_roles(const tuf::TrustStatus& status, const Output& output) {
  std::size_t width = 0;
  for (const auto& role : status.roles) {
    width = std::max(width, printable(role.role, 80).size() + 2);
  }
  for (const auto& role : status.roles) output.text(describe(role, width));
}

void print_problems(const tuf::TrustStatus& status, const Output& output) {
  for (const auto& role : status.roles) {
    if (role.problem) output.text(role.problem->message + "\n");
  }
}

void print_targets(const tuf::TrustStatus& status, const Output& output) {
  if (status.targets.empty()) return;
  output.text("\nTargets (\"*\": in the folder)\n");
  for (const auto& target : status.targets) {
    output.text(std::string(target.stored ? "* " : "  ") + printable(target.target.path, 400) +
                "  " + std::to_string(target.target.length) + " B\n");
  }
}

// What counts although it expired is said each time.
void warn_of_expired(const tuf::TrustStatus& status, const RepositoryFlags& flags,
                     const Surroundings& surroundings) {
  const auto now = surroundings.machine.repositories().clock.now();
  for (const auto& role : status.roles) {
    if (!role.problem || role.problem->kind != tuf::RefusalKind::kExpired) continue;
    if (now >= role.envelope->expires + flags.allow_expired) continue;
    surroundings.output.warning(tuf::describe_role(role.role, role.envelope->version) +
                                " expired at " + format_timestamp(role.envelope->expires) +
                                "; it still counts because of --allow-expired " +
                                format_duration(flags.allow_expired));
  }
}

Result<tuf::TrustStatus> status_of(const std::string& directory, const Surroundings& surroundings) {
  return tuf::read_trust_status(trust_directory(directory, surroundings),
                                {surroundings.machine.repositories().clock.now()});
}

Result<> init(const std::string& directory, const std::string& root,
              const Surroundings& surroundings) {
  std::string bytes;
  if (const auto* known = tuf::find_known_repository(root)) {
    bytes = known->root;
  } else {
    SEALIFT_ASSIGN(bytes,
                   read_file(surroundings.machine.repositories().files, root, tuf::kMaxRootBytes));
  }
  SEALIFT_ASSIGN(const auto trusted, tuf::initialize_trust(environment(surroundings),
                                                           trust_directory(directory, surroundings),
                                                           bytes, surroundings.stop));
  surroundings.output.step("trusted", "root " + std::to_string(trusted.envelope.version) +
                                          ", valid until " +
                                          format_timestamp(trusted.envelope.expires));
  Json json;
  json.set("directory", directory);
  json.set("rootVersion", trusted.envelope.version);
  json.set("rootExpires", format_timestamp(trusted.envelope.expires));
  json.set("rootDigest", Digest::of(bytes).to_string());
  surroundings.output.fields({{"Root digest", Digest::of(bytes).to_string()}});
  surroundings.output.document(json);
  return {};
}

Result<> update(const std::string& directory, const RepositoryFlags& flags,
                const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto source, open_repository_source(flags, directory, surroundings));
  tuf::Client client(environment(surroundings), trust_directory(directory, surroundings),
                     flags.allow_expired);
  SEALIFT_ASSIGN_CONTEXT(const auto updated, client.update(*source, surroundings.stop),
                         "updating " + directory);
  SEALIFT_ASSIGN(const auto status, status_of(directory, surroundings));
  const auto now = updated.trusted.root().envelope.version;
  surroundings.output.step(
      "updated",
      directory + (now == updated.first_root ? std::string()
                                             : ", root " + std::to_string(updated.first_root) +
                                                   " to " + std::to_string(now)));
  if (updated.forgot_stored) {
    surroundings.output.warning(
        "the repository replaced the keys of its timestamp or snapshot; the state before is "
        "forgotten, as the specification says");
  }
  print_roles(status, surroundings.output);
  warn_of_expired(status, flags, surroundings);
  Json json = tuf::to_json(status);
  json.set("previousRootVersion", updated.first_root);
  surroundings.output.document(json);
  return {};
}

Result<> get(const std::string& directory, const std::string& name, const std::string& file,
             const RepositoryFlags& flags, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto source, open_repository_source(flags, directory, surroundings));
  const auto folder = trust_directory(directory, surroundings);
  tuf::Client client(environment(surroundings), folder, flags.allow_expired);
  SEALIFT_ASSIGN_CONTEXT(const auto fetched, client.get_target(*source, name, surroundings.stop),
                         "getting " + name);
  SEALIFT_TRY(
      folder.export_target(fetched.target, file, surroundings.machine.repositories().random));
  SEALIFT_ASSIGN(const auto status, status_of(directory, surroundings));
  warn_of_expired(status, flags, surroundings);
  surroundings.output.step("written", file);
  Json json;
  json.set("target", name);
  json.set("file", file);
  json.set("length", fetched.target.length);
  Json hashes = Json::array();
  for (const auto& hash : fetched.target.hashes) {
    surroundings.output.fields({{"Digest", hash.to_string()}});
    hashes.push_back(hash.to_string());
  }
  json.set("hashes", std::move(hashes));
  surroundings.output.document(json);
  return {};
}

// Whether the folder can be relied on now: the first role that cannot.
Result<> check_status(const tuf::TrustStatus& status) {
  for (const auto& role : status.roles) {
    if (role.problem) return fail(*role.problem);
  }
  return {};
}

Result<> show(const std::string& directory, const RepositoryFlags& flags,
              const Surroundings& surroundings) {
  const tuf::Freshness freshness{surroundings.machine.repositories().clock.now(),
                                 flags.allow_expired};
  SEALIFT_ASSIGN(const auto status,
                 tuf::read_trust_status(trust_directory(directory, surroundings), freshness));
  print_roles(status, surroundings.output);
  print_problems(status, surroundings.output);
  print_targets(status, surroundings.output);
  surroundings.output.document(tuf::to_json(status));
  return check_status(status);
}

// A part of an archive is worth nothing, so it is written in one step.
Result<> pack(const std::string& directory, const std::string& file,
              const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  const auto folder = trust_directory(directory, surroundings);
  SEALIFT_TRY(folder.root());  // before a folder is made where there was none
  StringSink bytes("the archive", roots::kMaxTrustArchiveBytes);
  SEALIFT_ASSIGN(const auto lock, folder.lock(machine.clock, surroundings.stop));
  SEALIFT_ASSIGN(const auto status,
                 roots::pack_trust_folder(machine.files, directory, machine.clock.now(), bytes));
  SEALIFT_TRY(write_file_atomically(machine.files, file, bytes.bytes()));
  const auto digest = Digest::of(bytes.bytes()).to_string();
  surroundings.output.step("packed", file);
  surroundings.output.fields({{"Digest", digest}});
  print_roles(status, surroundings.output);
  for (const auto& role : status.roles) {
    if (role.problem) surroundings.output.warning(role.problem->message);
  }
  Json json = tuf::to_json(status);
  json.set("file", file);
  json.set("digest", digest);
  surroundings.output.document(json);
  return {};
}

std::shared_ptr<std::string> add_directory(CLI::App& command) {
  auto directory = std::make_shared<std::string>();
  command.add_option("--dir", *directory, "Trust folder")->required()->type_name("DIR");
  return directory;
}

void add_init(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("init", "Begin a trust folder with a root");
  auto directory = add_directory(*command);
  auto root = std::make_shared<std::string>();
  command
      ->add_option("--root", *root,
                   "The repository's root.json, from somewhere safe; or a root that is built in: "
                   "\"sigstore\", of the public Sigstore, or \"github\", of GitHub's for private "
                   "repositories")
      ->required()
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return init(*directory, *root, surroundings);
    };
  });
}

void add_update(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("update", "Fetch and verify what the repository says now");
  auto directory = add_directory(*command);
  auto flags = add_repository_flags(*command, true);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return update(*directory, *flags, surroundings);
    };
  });
}

void add_get(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("get", "Update, then fetch and verify one target");
  auto name = std::make_shared<std::string>();
  command->add_option("name", *name, "The target: trusted_root.json")
      ->required()
      ->type_name("NAME");
  auto directory = add_directory(*command);
  auto flags = add_repository_flags(*command, false);
  command->get_option("--url")->description(
      command->get_option("--url")->get_description() +
      "; without it nothing is fetched: the folder must hold the target");
  auto file = std::make_shared<std::string>();
  command->add_option("-o,--output", *file, "File to write; it is replaced in one step")
      ->required()
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return get(*directory, *name, *file, *flags, surroundings);
    };
  });
}

void add_pack(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "pack", "Write a trust folder as one file, to be carried to where no network is");
  auto directory = add_directory(*command);
  auto file = std::make_shared<std::string>();
  command->add_option("-o,--output", *file, "Archive (.tar.gz) to write, in one step")
      ->required()
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return pack(*directory, *file, surroundings);
    };
  });
}

void add_status(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "status",
      "Show what a trust folder trusts, until when, by how many keys; ends with 3 where something "
      "of it has expired or is damaged");
  auto directory = add_directory(*command);
  auto flags = std::make_shared<RepositoryFlags>();
  add_allow_expired(*command, flags);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return show(*directory, *flags, surroundings);
    };
  });
}

}  // namespace

void add_trust_command(CLI::App& app, Action& chosen) {
  auto* trust = app.add_subcommand(
      "trust", "Keep roots of trust current from a TUF repository, as Sigstore publishes them");
  trust->require_subcommand(1);
  add_init(*trust, chosen);
  add_update(*trust, chosen);
  add_get(*trust, chosen);
  add_pack(*trust, chosen);
  add_status(*trust, chosen);
}

}  // namespace sealift::program
