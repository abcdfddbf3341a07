#include <sealift/base/file_system.h>
#include <sealift/console/flux_conversion.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>

#include "command.h"
#include "standard_input.h"

namespace sealift::program {
namespace {

using Kind = console::ConversionRemark::Kind;

constexpr std::uint64_t kMaxBytes = 16u << 20;

struct ConvertFlags {
  std::string from;
  std::string path = "-";
  bool strict = false;
};

bool is_manifest(const DirectoryEntry& entry) {
  const std::string_view name = entry.name;
  return entry.type == FileType::kFile && !name.starts_with('.') &&
         (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

// Files of a directory, not of its folders, as the puller reads its configuration.
Result<std::vector<std::string>> files_of(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN(const auto info, files.info(path));
  if (info.type != FileType::kDirectory) return std::vector<std::string>{path};
  SEALIFT_ASSIGN(const auto entries, files.list(path));
  std::vector<std::string> found;
  for (const auto& entry : entries) {
    if (is_manifest(entry)) found.push_back(join_path(path, entry.name));
  }
  return found;
}

Result<std::vector<objects::Object>> read_objects(FileSystem& files, const std::string& path) {
  if (path == "-") {
    SEALIFT_ASSIGN(const auto text, read_standard_input(kMaxBytes));
    return objects::parse_objects(text, "standard input");
  }
  std::vector<objects::Object> all;
  SEALIFT_ASSIGN(const auto names, files_of(files, path));
  for (const auto& name : names) {
    SEALIFT_ASSIGN(const auto text, read_file(files, name, kMaxBytes));
    SEALIFT_ASSIGN(auto some, objects::parse_objects(text, name));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

Result<> judge(const console::FluxConversion& conversion, bool strict) {
  const auto remarks = conversion.remarks();
  const auto count = [&](Kind kind) {
    return std::count_if(remarks.begin(), remarks.end(),
                         [&](const auto& remark) { return remark.kind == kind; });
  };
  if (const auto refused = count(Kind::kRefused); refused > 0) {
    return fail(ErrorCode::kInvalidInput,
                "not everything was converted; see the " +
                    (refused == 1 ? "warning that begins"
                                  : std::to_string(refused) + " warnings that begin") +
                    " with \"refused\"");
  }
  if (const auto lost = count(Kind::kLost); strict && lost > 0) {
    return fail(ErrorCode::kInvalidInput,
                (lost == 1 ? "1 field has" : std::to_string(lost) + " fields have") +
                    " no equal, and --strict was given; see what begins with \"lost\" above");
  }
  if (conversion.documents.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the input has no Kustomization of Flux; give it the output of \"kubectl get "
                "kustomizations,ocirepositories -o yaml\"");
  }
  return {};
}

Result<> convert(const ConvertFlags& flags, const Surroundings& surroundings) {
  const auto& output = surroundings.output;
  SEALIFT_ASSIGN(const auto input,
                 read_objects(surroundings.machine.repositories().files, flags.path));
  const auto conversion = console::convert_flux(input);
  output.text(console::conversion_yaml(conversion));
  output.document(console::to_json(conversion));
  for (const auto& remark : conversion.remarks()) {
    if (output.json()) break;
    output.warning(std::string(to_string(remark.kind)) + ": " + remark.source + ": " +
                   remark.document + ": " + remark.field + ": " + remark.message);
  }
  return judge(conversion, flags.strict);
}

}  // namespace

void add_convert_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("convert", "Turn what another tool is told into Deliveries, as YAML");
  auto flags = std::make_shared<ConvertFlags>();
  command->add_option("from", flags->from, "flux: OCIRepository and Kustomization")
      ->required()
      ->check(CLI::IsMember({"flux"}))
      ->type_name("TOOL");
  command
      ->add_option("-f,--filename", flags->path,
                   "File or directory; by default standard input, which is \"-\"")
      ->type_name("PATH");
  command->add_flag("--strict", flags->strict, "Fail where a field has no equal");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) { return convert(*flags, surroundings); };
  });
}

}  // namespace sealift::program
