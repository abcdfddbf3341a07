#include <sealift/signing/freshness.h>

#include <CLI/CLI.hpp>

#include <memory>

#include "artifact_signer.h"
#include "command.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

// What a statement says better than an earlier one did. Another tag, and what another job says at
// the same time, is not that.
bool supersedes(const signing::FreshnessStatement& said, const Json& predicate) {
  const auto other = signing::parse_freshness_statement(predicate);
  return other && other->repository == said.repository && other->tag == said.tag &&
         other->digest == said.digest && other->time <= said.time;
}

Result<> renew(const oci::Reference& reference, bool replaces, const RegistryFlags& registry,
               const SigningFlags& signing, const Surroundings& surroundings) {
  const std::string tag = reference.tag().value_or("");
  SEALIFT_ASSIGN(const auto signer, ArtifactSigner::open(signing, surroundings));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN_CONTEXT(const auto subject, repository->resolve(tag, surroundings.stop),
                         "resolving " + reference.to_string());
  if (reference.digest() && subject.digest != *reference.digest()) {
    return fail(ErrorCode::kConflict, "the tag " + tag + " is " + subject.digest.to_string() +
                                          " by now, not " + reference.digest()->to_string());
  }
  const auto now = surroundings.machine.repositories().clock.now();
  const signing::FreshnessStatement said{reference.name(), tag, subject.digest, now};
  const Attestation statement{std::string(signing::kFreshnessPredicateType), signing::to_json(said),
                              replaces,
                              [said](const Json& other) { return supersedes(said, other); }};
  SEALIFT_ASSIGN(const auto attestations,
                 signer.attest(*repository, reference, subject, statement, surroundings));
  tell_attested(statement.predicate_type, attestations, surroundings.output);
  Json json;
  json.set("repository", reference.name());
  json.set("tag", tag);
  json.set("digest", subject.digest.to_string());
  json.set("time", format_timestamp(now));
  json.set("attestations", to_json(attestations));
  surroundings.output.document(json);
  return check_replaced(attestations);
}

}  // namespace

void add_freshness_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "freshness", "State that a tag still is the artifact that it is, and sign that");
  auto reference = add_reference(*command, true);
  const auto replaces = std::make_shared<bool>(false);
  command->add_flag("--replace", *replaces,
                    "In the place of what the same signer said of that tag before");
  auto signing = add_signing_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    if (!(*reference)->tag()) {
      throw CLI::ValidationError("freshness is of a tag; add \":TAG\" to the reference");
    }
    check_signing_flags(*signing, *command);
    chosen = [=](const Surroundings& surroundings) {
      return renew(**reference, *replaces, *registry, *signing, surroundings);
    };
  });
}

}  // namespace sealift::program
