#include <sealift/console/manifest_source.h>
#include <sealift/console/trace.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "registry_flags.h"
#include "result_format.h"

namespace sealift::program {
namespace {

void print(const console::Origin& origin, const ResultFormat& format, const Output& output) {
  format.print(console::to_json(origin), output);
  if (format.is_document(output)) return;
  constexpr std::size_t kWidth = 11;
  for (const auto& [name, value] : console::origin_fields(origin)) {
    if (!value.empty()) output.text(name + std::string(kWidth - name.size(), ' ') + value + "\n");
  }
}

// The file in the artifact, which is fetched for it.
Result<std::string> file_of(const console::Origin& origin, const RegistryFlags& registry,
                            const Surroundings& surroundings) {
  const auto& known = origin.delivery;
  if (known.document.is_null()) {
    return fail(ErrorCode::kInvalidInput,
                known.record.name.to_string() +
                    " is a file of its puller, so the cluster does not know its registry; leave "
                    "--file");
  }
  SEALIFT_ASSIGN(const auto delivery, delivery::parse_delivery(known.document, "the cluster"));
  SEALIFT_ASSIGN_CONTEXT(const auto digest, Digest::parse(known.record.digest_in_force()),
                         "the artifact of " + known.record.name.to_string() + " is not known");
  const auto reference = delivery.artifact.repository.with_digest(digest);
  auto flags = registry;
  flags.plain_http = flags.plain_http || delivery.artifact.insecure;
  SEALIFT_ASSIGN(const auto repository, open_repository(reference, flags, surroundings));
  return console::find_manifest(*repository, digest, delivery, origin.member, surroundings.stop);
}

}  // namespace

void add_trace_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "trace", "From a live object to its Delivery, artifact, signers and commit");
  auto text = std::make_shared<std::string>();
  command->add_option("object", *text, "As kubectl names it: deployment/web, pod/web-0")
      ->required()
      ->type_name("KIND/NAME");
  auto with_file = std::make_shared<bool>(false);
  command->add_flag("--file", *with_file,
                    "Fetch the artifact from its registry, and name the file in it");
  auto registry = add_registry_flags(*command);
  auto format = add_result_format(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    auto question = console::parse_object_question(*text);
    if (!question) throw CLI::ValidationError(question.error().message());
    chosen = [=, question = *question](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      SEALIFT_ASSIGN(auto origin,
                     console::trace_object(client, question, namespace_of(*cluster, client),
                                           surroundings.stop));
      if (*with_file) {
        SEALIFT_ASSIGN(origin.file, file_of(origin, *registry, surroundings));
      }
      print(origin, *format, surroundings.output);
      return {};
    };
  });
}

}  // namespace sealift::program
