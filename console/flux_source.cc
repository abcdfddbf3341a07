#include "flux_source.h"

#include <utility>

namespace sealift::console {
namespace {

// Digest beats semver beats tag, as source-controller has it.
void convert_reference(const Json* reference, Remarks& remarks, Json& artifact) {
  FluxFields ref(reference, "spec.ref", remarks);
  const auto digest = ref.text("digest");
  const auto semver = ref.text("semver");
  const auto tag = ref.text("tag");
  ref.lose("semverFilter",
           "Sealift takes every tag that is a version in the range; publish what is not meant for "
           "it to another repository");
  ref.lose_rest();
  if (!digest.empty()) {
    artifact.set("digest", digest);
  } else if (!semver.empty()) {
    artifact.set("semver", semver);
  } else if (!tag.empty()) {
    artifact.set("tag", tag);
  }
}

void convert_secret(FluxFields& spec, std::string_view name, Json& artifact) {
  const auto* reference = spec.take(name);
  if (reference == nullptr) return;
  Json secret;
  secret.set("name", reference->string_at({"name"}));
  artifact.set(name, std::move(secret));
}

// Flux takes the Secret where there is one, and then the cloud's login by an identity of its own.
void convert_provider(FluxFields& spec, Remarks& remarks, Json& artifact) {
  const auto provider = spec.text("provider");
  if (provider.empty() || provider == "generic") return;
  const bool fits = artifact.find("secretRef") == nullptr &&
                    artifact.find("certSecretRef") == nullptr &&
                    artifact.find("insecure") == nullptr;
  if (fits && (provider == "azure" || provider == "aws" || provider == "gcp")) {
    artifact.set("provider", provider);
    remarks.note("spec.provider",
                 "have the puller's operator permit it with --allow-provider " + provider);
    return;
  }
  remarks.lose("spec.provider",
               fits ? "Sealift knows the providers azure, aws and gcp"
                    : "a login of a cloud cannot stand beside a Secret, a CA or plain http; the "
                      "Secret in spec.artifact.secretRef is what counts");
}

void lose_layers(FluxFields& spec, Remarks& remarks) {
  const auto* selector = spec.take("layerSelector");
  if (selector == nullptr) return;
  FluxFields fields(selector, "spec.layerSelector", remarks);
  const auto type = fields.text("mediaType");
  if (!type.empty() && type != "application/vnd.cncf.flux.content.v1.tar+gzip" &&
      type != "application/vnd.oci.image.layer.v1.tar+gzip") {
    remarks.lose("spec.layerSelector.mediaType",
                 "Sealift takes an artifact's only content layer, in Flux's or OCI's media type");
  }
  if (fields.text("operation") == "copy") {
    remarks.lose("spec.layerSelector.operation", "the layer is always unpacked");
  }
  fields.lose_rest();
}

}  // namespace

FluxSource convert_source(const objects::Object& repository, Remarks& remarks) {
  FluxSource source;
  FluxFields spec(repository.json().find("spec"), "spec", remarks);
  source.artifact.set("url", spec.text("url"));
  convert_reference(spec.take("ref"), remarks, source.artifact);
  for (const auto* name : {"secretRef", "certSecretRef", "proxySecretRef"}) {
    convert_secret(spec, name, source.artifact);
  }
  if (spec.flag("insecure")) source.artifact.set("insecure", true);
  source.interval = spec.text("interval");
  source.suspend = spec.flag("suspend");
  convert_provider(spec, remarks, source.artifact);
  spec.lose("serviceAccountName",
            "pull secrets are not taken from a service account; name one in "
            "spec.artifact.secretRef");
  spec.lose("ignore", "leave the files out of the artifact instead (.sourceignore at the push)");
  // Of one pull; a Delivery's timeout is of a whole run, and its Kustomization's counts.
  spec.take("timeout");
  lose_layers(spec, remarks);
  spec.take("verify");
  spec.lose_rest();
  return source;
}

}  // namespace sealift::console
