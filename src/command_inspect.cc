#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>
#include <sealift/signing/signature_store.h>

#include <CLI/CLI.hpp>

#include "byte_units.h"
#include "command.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

std::string describe(const oci::Descriptor& descriptor) {
  return descriptor.digest.to_string() + "  " + in_units(descriptor.size) + "  " +
         printable(descriptor.media_type);
}

Json to_json(const signing::SignatureSet& signatures) {
  Json all = Json::array();
  for (const auto& piece : signatures.pieces) {
    Json json;
    json.set("format", signing::format_name(piece.format));
    json.set("location", piece.location);
    all.push_back(std::move(json));
  }
  return all;
}

void print(const oci::Reference& reference, const oci::Descriptor& descriptor,
           const oci::Manifest& manifest, const signing::SignatureSet& signatures,
           const Output& output) {
  output.fields({{"Reference", reference.to_string()},
                 {"Digest", descriptor.digest.to_string()},
                 {"Media type", printable(descriptor.media_type)},
                 {"Artifact type", printable(manifest.artifact_type)},
                 {"Config", describe(manifest.config)}});
  for (const auto& layer : manifest.layers) output.fields({{"Layer", "     " + describe(layer)}});
  if (!manifest.annotations.empty()) output.text("\nAnnotations\n");
  for (const auto& [name, value] : manifest.annotations) {
    output.text("  " + printable(name) + "  " + printable(value, 400) + "\n");
  }
  output.text("\nSignatures found, none of them checked (see \"sealift verify\"): " +
              std::to_string(signatures.pieces.size()) + "\n");
  for (const auto& piece : signatures.pieces) output.text("  " + printable(piece.location) + "\n");
}

Result<> inspect(const oci::Reference& reference, const RegistryFlags& registry,
                 const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN_CONTEXT(auto stored,
                         repository->fetch_manifest(reference.tag_or_digest(), surroundings.stop),
                         "fetching " + reference.to_string());
  SEALIFT_ASSIGN(auto manifest, oci::parse_manifest(stored.bytes, stored.descriptor.media_type));
  SEALIFT_ASSIGN(auto signatures,
                 signing::fetch_signatures(*repository, stored.descriptor.digest,
                                           signing::WantedPieces::kSignatures, surroundings.stop));
  print(reference, stored.descriptor, manifest, signatures, surroundings.output);
  SEALIFT_ASSIGN(auto document, parse_json(stored.bytes, reference.to_string()));
  Json json;
  json.set("reference", reference.to_string());
  json.set("digest", stored.descriptor.digest.to_string());
  json.set("size", stored.descriptor.size);
  json.set("manifest", std::move(document));
  json.set("signatures", to_json(signatures));
  surroundings.output.document(json);
  return {};
}

}  // namespace

void add_inspect_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("inspect", "Show an artifact's manifest and signatures");
  auto reference = add_reference(*command, true);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return inspect(**reference, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
