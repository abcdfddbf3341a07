#include "artifact_overview.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>

#include "byte_units.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxShown = 400;
constexpr std::string_view kTitle = "org.opencontainers.image.title";

std::string describe(const oci::Descriptor& descriptor) {
  const auto title = oci::find_annotation(descriptor.annotations, kTitle);
  return descriptor.digest.to_string() + "  " + in_units(descriptor.size) + "  " +
         printable(descriptor.media_type) + (title.empty() ? "" : "  " + printable(title));
}

// "signature", or the type of the statement.
std::string kind_of(const signing::StatedSigner& stated) {
  const bool is_signature =
      stated.predicate_type.empty() || stated.predicate_type == sigstore::kSignaturePredicateType;
  return is_signature ? "signature" : "attestation " + printable(stated.predicate_type);
}

std::string describe(const OverviewPiece& found) {
  if (!found.stated) return "unreadable: " + printable(found.stated.error().message(), kMaxShown);
  const auto& stated = *found.stated;
  std::string text = kind_of(stated);
  if (stated.identity) {
    return text + ", says it is by " + printable(stated.identity->name.value) +
           (stated.identity->issuer.empty()
                ? ""
                : " for whom " + printable(stated.identity->issuer) + " vouches");
  }
  return text + ", by a key" +
         (stated.key_hint.empty() ? "" : " with the hint " + printable(stated.key_hint));
}

void print_manifest(const ArtifactOverview& overview, const Output& output) {
  const auto& manifest = *overview.manifest;
  output.fields({{"Config", "    " + describe(manifest.config)}});
  for (const auto& layer : manifest.layers) output.fields({{"Layer", "     " + describe(layer)}});
}

void print_index(const ArtifactOverview& overview, const Output& output) {
  output.text("\nManifests\n");
  std::size_t width = 0;
  for (const auto& one : overview.listed) width = std::max(width, one.platform.size());
  for (const auto& one : overview.listed) {
    const auto platform = one.platform.empty() ? "-" : printable(one.platform);
    output.text("  " + platform + std::string(width - std::min(width, platform.size()) + 2, ' ') +
                one.descriptor.digest.to_string() + "  " +
                in_units(one.total.value_or(one.descriptor.size)) +
                (one.total ? "" : " of manifest") + "  " + printable(one.descriptor.media_type) +
                "\n");
  }
}

void print_attached(const ArtifactOverview& overview, const Output& output) {
  output.text(
      "\nSignatures and attestations found, none of them checked (see \"sealift verify\"): " +
      std::to_string(overview.signatures.size()) + "\n");
  for (const auto& found : overview.signatures) {
    output.text("  " + printable(found.piece.location) + "\n    " + describe(found) + "\n");
  }
  for (const auto& [location, reason] : overview.unreadable) {
    output.text("  " + printable(location) + "\n    not read: " + printable(reason, kMaxShown) +
                "\n");
  }
  if (!overview.attached.empty()) output.text("\nOther attached manifests\n");
  for (const auto& [descriptor, tag] : overview.attached) {
    const auto& type =
        descriptor.artifact_type.empty() ? descriptor.media_type : descriptor.artifact_type;
    output.text("  " + descriptor.digest.to_string() + "  " + printable(type) +
                (tag.empty() ? "" : "  as " + tag) + "\n");
  }
}

Json to_json(const OverviewPiece& found) {
  Json json;
  json.set("format", signing::format_name(found.piece.format));
  json.set("location", found.piece.location);
  json.set("verified", false);
  if (!found.stated) {
    json.set("unreadable", found.stated.error().message());
    return json;
  }
  const auto& [identity, key_hint, predicate_type] = *found.stated;
  if (!predicate_type.empty()) json.set("predicateType", predicate_type);
  if (identity) json.set("statedIdentity", identity->name.value);
  if (identity && !identity->issuer.empty()) json.set("statedIssuer", identity->issuer);
  if (!key_hint.empty()) json.set("keyHint", key_hint);
  return json;
}

Json listed_json(const std::vector<ListedManifest>& listed) {
  Json all = Json::array();
  for (const auto& one : listed) {
    Json json = oci::to_json(one.descriptor);
    if (!one.platform.empty()) json.set("platform", one.platform);
    if (one.total) json.set("totalSize", *one.total);
    all.push_back(std::move(json));
  }
  return all;
}

void print_annotations(const oci::Annotations& annotations, const Output& output) {
  if (annotations.empty()) return;
  output.text("\nAnnotations\n");
  std::size_t width = 0;
  for (const auto& [name, value] : annotations) width = std::max(width, printable(name).size());
  for (const auto& [name, value] : annotations) {
    std::string shown = printable(name);
    shown.resize(width + 2, ' ');
    output.text("  " + shown + printable(value, kMaxShown) + "\n");
  }
}

}  // namespace

void print(const std::string& reference, const ArtifactOverview& overview, const Output& output) {
  const auto& descriptor = overview.stored.descriptor;
  const auto& artifact_type =
      overview.manifest ? overview.manifest->artifact_type : overview.index->artifact_type;
  const auto& subject = overview.manifest ? overview.manifest->subject : overview.index->subject;
  const auto& annotations =
      overview.manifest ? overview.manifest->annotations : overview.index->annotations;
  // Of what runs nowhere other programs say "unknown".
  std::string of_config(overview.config.string_at({"os"}));
  if (of_config == "unknown") of_config.clear();
  output.fields(
      {{"Reference", reference},
       {"Digest", descriptor.digest.to_string()},
       {"Media type", printable(descriptor.media_type)},
       {"Size", in_units(overview.total())},
       {"Type", printable(artifact_type)},
       {"Subject", subject ? subject->digest.to_string() : ""},
       {"Platform", of_config.empty()
                        ? ""
                        : printable(of_config + "/" +
                                    std::string(overview.config.string_at({"architecture"})))},
       {"Created", printable(overview.config.string_at({"created"}))}});
  if (overview.manifest) {
    print_manifest(overview, output);
  } else {
    print_index(overview, output);
  }
  print_annotations(annotations, output);
  print_attached(overview, output);
}

Json to_json(const std::string& reference, const ArtifactOverview& overview) {
  const auto& descriptor = overview.stored.descriptor;
  Json json;
  json.set("reference", reference);
  json.set("digest", descriptor.digest.to_string());
  json.set("mediaType", descriptor.media_type);
  json.set("size", descriptor.size);
  json.set("totalSize", overview.total());
  json.set("manifest", overview.document);
  if (!overview.config.is_null()) json.set("config", overview.config);
  if (overview.index) json.set("manifests", listed_json(overview.listed));
  Json signatures = Json::array();
  for (const auto& found : overview.signatures) signatures.push_back(to_json(found));
  json.set("signatures", std::move(signatures));
  Json attached = Json::array();
  for (const auto& [attachment, tag] : overview.attached) {
    Json one = oci::to_json(attachment);
    if (!tag.empty()) one.set("tag", tag);
    attached.push_back(std::move(one));
  }
  json.set("attached", std::move(attached));
  return json;
}

}  // namespace sealift::program
