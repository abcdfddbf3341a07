#include <sealift/base/encoding.h>
#include <sealift/console/policy_export.h>
#include <sealift/objects/yaml.h>

#include <algorithm>

#include "policy_export_source.h"

namespace sealift::console {
namespace {

using Kind = ExportRemark::Kind;

std::string_view others_of(ExportTarget target) {
  return target == ExportTarget::kFlux ? "" : "an image must pass every policy that matches it";
}

void export_one(ExportedPolicy& policy, ExportTarget target, std::vector<Json>& documents) {
  switch (target) {
    case ExportTarget::kKyverno:
      return export_kyverno(policy, documents);
    case ExportTarget::kPolicyController:
      return export_policy_controller(policy, documents);
    case ExportTarget::kFlux:
      return export_flux(policy, documents);
  }
}

Json to_json(const ExportRemark& remark) {
  return Json::Object{{"kind", to_string(remark.kind)},
                      {"policy", remark.policy},
                      {"field", remark.field},
                      {"message", remark.message}};
}

// Whether an object of another policy has the kind and the name of one of these already.
bool is_taken(const std::vector<Json>& documents, const std::vector<Json>& others) {
  const auto same = [](const Json& a, const Json& b) {
    return a.string_at({"kind"}) == b.string_at({"kind"}) &&
           a.string_at({"metadata", "name"}) == b.string_at({"metadata", "name"});
  };
  return std::any_of(documents.begin(), documents.end(), [&](const Json& document) {
    return std::any_of(others.begin(), others.end(),
                       [&](const Json& other) { return same(document, other); });
  });
}

}  // namespace

std::string_view to_string(ExportRemark::Kind kind) {
  switch (kind) {
    case Kind::kNote:
      return "note";
    case Kind::kLost:
      return "lost";
    case Kind::kRefused:
      return "refused";
  }
  return "";
}

std::size_t PolicyExport::count(ExportRemark::Kind kind) const {
  return static_cast<std::size_t>(std::count_if(
      remarks.begin(), remarks.end(), [&](const auto& remark) { return remark.kind == kind; }));
}

PolicyExport export_policies(const std::vector<ExportSource>& sources, ExportTarget target,
                             Timestamp now) {
  PolicyExport exported;
  for (const auto& source : sources) {
    ExportedPolicy policy(source, now, exported.remarks);
    policy.check_root();
    std::vector<Json> documents;
    export_one(policy, target, documents);
    if (is_taken(documents, exported.documents)) {
      policy.refuse("metadata.name", "another policy's objects have the same names there");
    }
    if (policy.refused()) continue;
    policy.lose_time_and_memory();
    policy.note_scope(sources.size(), others_of(target));
    std::move(documents.begin(), documents.end(), std::back_inserter(exported.documents));
  }
  return exported;
}

std::string export_yaml(const PolicyExport& exported) {
  std::string text;
  for (const auto& remark : exported.remarks) {
    // A message may repeat what the policy says; nothing of it may end the comment.
    text += "# " + std::string(to_string(remark.kind)) + ": " + printable(remark.policy) + ": " +
            printable(remark.field) + ": " + printable(remark.message, 1'000) + "\n";
  }
  for (const auto& document : exported.documents) text += "---\n" + objects::dump_yaml(document);
  return text;
}

Json to_json(const PolicyExport& exported) {
  Json documents = Json::array();
  for (const auto& document : exported.documents) documents.push_back(document);
  Json remarks = Json::array();
  for (const auto& remark : exported.remarks) remarks.push_back(to_json(remark));
  return Json::Object{{"documents", std::move(documents)}, {"remarks", std::move(remarks)}};
}

}  // namespace sealift::console
