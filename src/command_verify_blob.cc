#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification_report.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "predicate_type.h"
#include "refusal_advice.h"
#include "result_format.h"
#include "signer_flags.h"
#include "trusted_root_file.h"

namespace sealift::program {
namespace {

// What a signature may be over that needs the file itself in memory.
constexpr std::uint64_t kMaxFileInMemory = 1u << 30;

struct BlobFlags {
  std::string artifact;  // a file, or "sha256:<hex>"
  std::string bundle_file;
  std::string trusted_root_file;
  std::string predicate_type;
  bool ignores_log = false;
  bool ignores_certificate_log = false;
};

// A file's digests, or the one that was given instead; its bytes where `whole`.
struct LoadedArtifact {
  sigstore::Artifact artifact;
  std::shared_ptr<const std::string> bytes;  // that the artifact looks at
};

bool is_digest(const std::string& text) {
  return text.starts_with("sha256:") || text.starts_with("sha512:");
}

Result<sigstore::Artifact> hash_file(const std::string& path) {
  SEALIFT_ASSIGN(auto source, system_files().open(path));
  HashingSink sha512(nullptr, Digest::Algorithm::kSha512);
  HashingSink sha256(&sha512, Digest::Algorithm::kSha256);
  SEALIFT_TRY(copy(*source, sha256));
  auto artifact = sigstore::Artifact::of_digest(sha256.finish());
  const auto second = sigstore::Artifact::of_digest(sha512.finish());
  artifact.digests.insert(artifact.digests.end(), second.digests.begin(), second.digests.end());
  return artifact;
}

Result<LoadedArtifact> load_artifact(const std::string& argument, bool whole) {
  LoadedArtifact loaded;
  if (is_digest(argument)) {
    SEALIFT_ASSIGN(const auto digest, Digest::parse(argument));
    loaded.artifact = sigstore::Artifact::of_digest(digest);
    return loaded;
  }
  if (!whole) {
    SEALIFT_ASSIGN_CONTEXT(loaded.artifact, hash_file(argument), "reading the file");
    return loaded;
  }
  SEALIFT_ASSIGN_CONTEXT(auto bytes, read_file(system_files(), argument, kMaxFileInMemory),
                         "reading the file");
  loaded.bytes = std::make_shared<const std::string>(std::move(bytes));
  loaded.artifact = sigstore::Artifact::of_bytes(*loaded.bytes);
  return loaded;
}

void warn_of_waivers(const BlobFlags& flags, const Output& output) {
  if (flags.ignores_log) {
    output.warning(
        "no transparency log was asked for, because of --insecure-ignore-tlog: a signature that "
        "nobody else ever saw passes");
  }
  if (flags.ignores_certificate_log) {
    output.warning(
        "no Certificate Transparency log was asked for, because of --insecure-ignore-sct: a "
        "certificate that nobody else ever saw passes");
  }
}

Json base_document(bool accepted, const BlobFlags& flags, const sigstore::Artifact* artifact,
                   const LoadedRoot& root) {
  Json json;
  json.set("accepted", accepted);
  if (artifact != nullptr) json.set("artifact", artifact->to_string());
  json.set("bundle", flags.bundle_file);
  json.set("trustedRoot", Json::Object{{"source", root.source}, {"digest", root.digest}});
  return json;
}

Error refused(const sigstore::Refusal& refusal, Json document, const ResultFormat& format,
              const Output& output) {
  document.set("refusal", to_string(refusal.kind));
  document.set("reason", refusal.message);
  if (format.is_document(output)) {
    format.print(document, output);
  } else {
    output.step("refused", std::string(to_string(refusal.kind)));
  }
  auto told = refusal;
  const auto advice = advice_on(refusal.kind);
  if (!advice.empty()) told.message.append("; ").append(advice);
  return std::move(told).with_context(*document.find("bundle")->as_string());
}

void accepted(const sigstore::VerifiedSignature& verified, const LoadedRoot& root, Json document,
              const ResultFormat& format, const Output& output) {
  document.set("verified", to_json(verified));
  if (format.is_document(output)) return format.print(document, output);
  output.step("accepted", *document.find("artifact")->as_string());
  output.text(describe(verified));
  output.text("Trusted root      " + printable(root.source, 400) + ", " + root.digest + "\n");
}

Result<> verify_blob(const BlobFlags& flags, const SignerFlags& signer, const ResultFormat& format,
                     const Surroundings& surroundings) {
  const Output& output = surroundings.output;
  SEALIFT_ASSIGN(auto signer_rule, load_signer_rule(signer));
  SEALIFT_ASSIGN(const auto root, load_trusted_root(flags.trusted_root_file));
  SEALIFT_ASSIGN_CONTEXT(const auto bytes,
                         read_file(system_files(), flags.bundle_file, sigstore::kMaxSignatureBytes),
                         "reading the bundle");
  const sigstore::VerificationRule rule{
      .signer = std::move(signer_rule),
      .requires_log = !flags.ignores_log,
      .requires_certificate_log = !flags.ignores_certificate_log,
      .predicate_type = flags.predicate_type.empty()
                            ? std::string(sigstore::kSignaturePredicateType)
                            : predicate_type_of(flags.predicate_type)};
  warn_of_waivers(flags, output);
  const auto evidence = sigstore::parse_bundle(bytes, "bundle");
  if (!evidence) {
    return fail(
        refused(evidence.error(), base_document(false, flags, nullptr, root), format, output));
  }
  SEALIFT_ASSIGN(const auto loaded,
                 load_artifact(flags.artifact, sigstore::needs_artifact_bytes(*evidence, rule)));
  const auto verified = sigstore::verify_evidence(*evidence, loaded.artifact, root.root, rule,
                                                  surroundings.machine.repositories().clock.now());
  Json document = base_document(verified.has_value(), flags, &loaded.artifact, root);
  if (!verified) return fail(refused(verified.error(), std::move(document), format, output));
  accepted(*verified, root, std::move(document), format, output);
  return {};
}

}  // namespace

void add_verify_blob_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "verify-blob", "Check the signature of a file by its Sigstore bundle, without a network");
  auto flags = std::make_shared<BlobFlags>();
  command
      ->add_option("file", flags->artifact, "The file, or its digest: sha256:<hex>, sha512:<hex>")
      ->required()
      ->type_name("FILE|DIGEST");
  command->add_option("--bundle", flags->bundle_file, "Sigstore bundle (version 0.1, 0.2 or 0.3)")
      ->required()
      ->type_name("FILE");
  auto signer = add_signer_flags(*command);
  auto* trust = command->add_option_group("Trust", "Who is believed, and what may be missing");
  trust
      ->add_option("--trusted-root", flags->trusted_root_file,
                   "trusted_root.json of a Sigstore; that of the public one is built in")
      ->type_name("FILE");
  trust->add_flag("--insecure-ignore-tlog", flags->ignores_log,
                  "Do not ask that a transparency log holds the signature");
  trust->add_flag("--insecure-ignore-sct", flags->ignores_certificate_log,
                  "Do not ask that a Certificate Transparency log holds the certificate");
  command
      ->add_option("--type", flags->predicate_type,
                   "The bundle holds an attestation of this type instead of a signature: a URI, "
                   "or " +
                       predicate_type_names())
      ->check(check_predicate_type, "", "")
      ->type_name("TYPE");
  auto format = add_result_format(*command);
  command->callback([=, &chosen] {
    check_signer_flags(*signer);
    chosen = [=](const Surroundings& surroundings) {
      return verify_blob(*flags, *signer, *format, surroundings);
    };
  });
}

}  // namespace sealift::program
