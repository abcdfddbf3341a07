#include <sealift/console/trace.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
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

}  // namespace

void add_trace_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "trace", "From a live object to its Delivery, artifact, signers and commit");
  auto text = std::make_shared<std::string>();
  command->add_option("object", *text, "As kubectl names it: deployment/web, pod/web-0")
      ->required()
      ->type_name("KIND/NAME");
  auto format = add_result_format(*command);
  auto cluster = add_cluster_flags(*command);
  command->callback([=, &chosen] {
    auto question = console::parse_object_question(*text);
    if (!question) throw CLI::ValidationError(question.error().message());
    chosen = [=, question = *question](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto client, open_cluster(*cluster, surroundings));
      SEALIFT_ASSIGN(const auto origin,
                     console::trace_object(client, question, namespace_of(*cluster, client),
                                           surroundings.stop));
      print(origin, *format, surroundings.output);
      return {};
    };
  });
}

}  // namespace sealift::program
