#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/checks/schema_set.h>
#include <sealift/kube/openapi.h>

#include <CLI/CLI.hpp>

#include <set>

#include "byte_units.h"
#include "cluster_flags.h"
#include "command.h"
#include "schema_store.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxTotalBytes = 1u << 30;

// What was stored of a cluster.
struct Stored {
  std::set<std::string> names;
  std::uint64_t bytes = 0;
};

Result<> store_one(const kube::ApiClient& client, const kube::OpenapiVersion& version,
                   const std::string& directory, Stored& stored, std::stop_token stop) {
  // A name that is no path, whatever the server calls its groups.
  SEALIFT_ASSIGN(const auto name, checks::schema_file_name(version.group, version.version));
  SEALIFT_ASSIGN(const auto document, kube::get_openapi_document(client, version, std::move(stop)));
  const auto bytes = dump_json(document);
  // What cannot be read again is of no use.
  checks::SchemaSet schemas;
  SEALIFT_TRY_CONTEXT(schemas.add_openapi(version.group, version.version, bytes, name),
                      "the API server's answer");
  stored.bytes += bytes.size();
  if (stored.bytes > kMaxTotalBytes) {
    return fail(ErrorCode::kInvalidInput, "the schemas of this cluster are more than " +
                                              std::to_string(kMaxTotalBytes >> 20) + " MiB");
  }
  SEALIFT_TRY(write_file_atomically(system_files(), join_path(directory, name), bytes));
  stored.names.insert(name);
  return {};
}

// Documents of versions that the cluster does not serve would still be believed.
Result<> warn_of_others(const std::string& directory, const Stored& stored, const Output& output) {
  SEALIFT_ASSIGN(const auto entries, system_files().list(join_path(directory, ".")));
  for (const auto& entry : entries) {
    if (is_schema_file(entry.name) && !stored.names.contains(entry.name)) {
      output.warning(printable(join_path(directory, entry.name), 400) +
                     " is not of this cluster; remove it");
    }
  }
  return {};
}

Result<> fetch(const std::string& directory, const ClusterFlags& cluster,
               const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto client, open_cluster(cluster, surroundings));
  SEALIFT_ASSIGN(const auto versions, kube::list_openapi_documents(client, surroundings.stop));
  SEALIFT_TRY(system_files().make_directories(directory));
  Stored stored;
  for (const auto& version : versions) {
    SEALIFT_TRY(store_one(client, version, directory, stored, surroundings.stop));
  }
  const auto& output = surroundings.output;
  SEALIFT_TRY(warn_of_others(directory, stored, output));
  output.step("stored", counted(stored.names.size(), "schema document") + " in " + directory);
  Json names = Json::array();
  for (const auto& name : stored.names) names.push_back(name);
  Json json;
  json.set("directory", directory);
  json.set("documents", std::move(names));
  json.set("bytes", stored.bytes);
  output.document(json);
  return {};
}

}  // namespace

void add_schemas_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("schemas", "Keep the schemas of a cluster for sealift check");
  command->require_subcommand(1);
  auto* fetch_command =
      command->add_subcommand("fetch", "Store the OpenAPI v3 documents of a cluster");
  auto directory = std::make_shared<std::string>();
  fetch_command->add_option("--output-dir", *directory, "Directory to store them in")
      ->required()
      ->type_name("DIR");
  auto cluster = add_cluster_flags(*fetch_command, "Has no part in it: schemas are of all of them");
  fetch_command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return fetch(*directory, *cluster, surroundings);
    };
  });
}

}  // namespace sealift::program
