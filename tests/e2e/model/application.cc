#include "model/application.h"

namespace sealift::e2e::model {

std::string to_string(Kind kind) {
  switch (kind) {
    case Kind::kConfigMap:
      return "ConfigMap";
    case Kind::kSecret:
      return "Secret";
    case Kind::kService:
      return "Service";
    case Kind::kDeployment:
      return "Deployment";
    case Kind::kWidget:
      break;
  }
  return "Widget";
}

std::string to_string(Flaw flaw) {
  switch (flaw) {
    case Flaw::kNone:
      return "good";
    case Flaw::kUnsigned:
      return "unsigned";
    case Flaw::kForeignKey:
      return "signed by a foreign key";
    case Flaw::kInvalid:
      return "invalid";
    case Flaw::kBroken:
      break;
  }
  return "broken";
}

bool is_refused(const Version& version) {
  return version.flaw == Flaw::kUnsigned || version.flaw == Flaw::kForeignKey;
}

bool is_deliverable(const Version& version) {
  return version.flaw == Flaw::kNone || version.flaw == Flaw::kBroken;
}

std::string text_of(const std::optional<int>& number) {
  return number ? "version " + std::to_string(*number) : "nothing";
}

std::string ObjectKey::to_string() const {
  return model::to_string(kind) + " " + name_space + "/" + name;
}

std::string Content::to_string() const {
  return "{value: " + value + (extra.empty() ? "" : ", extra: " + extra) +
         (team.empty() ? "" : ", team: " + team) + (keep ? ", keep" : "") + "}";
}

std::string Settings::to_string() const {
  const char* modes[] = {"correct", "detect", "ignore"};
  return std::string("{drift: ") + modes[static_cast<int>(drift)] + (prune ? "" : ", no prune") +
         (wait ? "" : ", no wait") + (rollback ? ", rollback" : "") + (orphan ? ", orphan" : "") +
         (suspend ? ", suspend" : "") + ", variable: " + variable +
         (team.empty() ? "" : ", team: " + team) +
         (target_namespace.empty() ? "" : ", into " + target_namespace) + "}";
}

std::string object_name(const Application& application, int slot) {
  return application.name + "-s" + std::to_string(slot);
}

Contents desired(const Application& application, const Settings& settings, const Version& version) {
  Contents all;
  const auto& name_space =
      settings.target_namespace.empty() ? application.name_space : settings.target_namespace;
  for (const auto& manifest : version.manifests) {
    Content content{manifest.value + (manifest.uses_variable ? "-" + settings.variable : ""),
                    manifest.has_extra ? "more" : "", settings.team, manifest.keep};
    all.emplace(ObjectKey{manifest.kind, name_space, object_name(application, manifest.slot)},
                std::move(content));
  }
  return all;
}

}  // namespace sealift::e2e::model
