#include <sealift/base/encoding.h>
#include <sealift/objects/names.h>
#include <sealift/objects/substitution.h>

#include "delivery_fields.h"

namespace sealift::delivery {
namespace {

constexpr std::size_t kMaxVariables = 256;
constexpr std::size_t kMaxVariableBytes = 64u << 10;
constexpr std::size_t kMaxSources = 64;
constexpr std::size_t kMaxCommonEntries = 64;
constexpr std::size_t kMaxAnnotationBytes = 4'096;
constexpr std::string_view kOwnPrefix = "applyset.kubernetes.io/";

using StringMap = std::map<std::string, std::string>;

std::string entry_of(std::string_view map, std::string_view key) {
  return std::string(map) + "." + printable(key, 80);
}

Result<> read_substitute(ObjectReader& spec, StringMap& variables) {
  SEALIFT_ASSIGN(auto given, spec.string_map("substitute"));
  SEALIFT_TRY(check_count(spec, "substitute", given.size(), kMaxVariables));
  for (auto& [name, value] : given) {
    if (!objects::is_variable_name(name)) {
      return fail(spec.error_at(entry_of("substitute", name),
                                "is no name of a variable: write letters, digits and \"_\", and no "
                                "digit at the start"));
    }
    if (value.size() > kMaxVariableBytes) {
      return fail(spec.error_at(entry_of("substitute", name), "is longer than 65536 bytes"));
    }
    variables.emplace(std::move(name), std::move(value));
  }
  return {};
}

Result<SubstituteSource> read_source(ObjectReader& reader) {
  SubstituteSource source;
  SEALIFT_ASSIGN(const auto kind, reader.required_string("kind"));
  if (kind != "ConfigMap" && kind != "Secret") {
    return fail(reader.error_at("kind", "must be ConfigMap or Secret"));
  }
  source.kind =
      kind == "Secret" ? SubstituteSource::Kind::kSecret : SubstituteSource::Kind::kConfigMap;
  SEALIFT_ASSIGN(source.name, required_name(reader, "name"));
  SEALIFT_ASSIGN(source.optional, reader.bool_or("optional", false));
  SEALIFT_TRY(reader.finish());
  return source;
}

// The rule that the key breaks; empty where it breaks none.
std::string_view key_problem(std::string_view key) {
  // What makes an object a member of the set is not the user's to say.
  if (key.starts_with(kOwnPrefix)) return "is Sealift's own; leave it out";
  return objects::qualified_name_problem(key);
}

Result<StringMap> read_entries(ObjectReader& common, std::string_view member, bool is_labels) {
  SEALIFT_ASSIGN(auto given, common.string_map(member));
  SEALIFT_TRY(check_count(common, member, given.size(), kMaxCommonEntries));
  StringMap entries;
  for (auto& [key, value] : given) {
    auto problem = key_problem(key);
    if (problem.empty() && is_labels) problem = objects::label_value_problem(value);
    if (problem.empty() && value.size() > kMaxAnnotationBytes)
      problem = "is longer than 4096 bytes";
    if (!problem.empty()) return fail(common.error_at(entry_of(member, key), problem));
    entries.emplace(std::move(key), std::move(value));
  }
  return entries;
}

}  // namespace

Result<> read_transforms(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_TRY(read_substitute(spec, delivery.substitute));
  SEALIFT_ASSIGN(auto sources, spec.objects("substituteFrom"));
  SEALIFT_TRY(check_count(spec, "substituteFrom", sources.size(), kMaxSources));
  for (auto& source : sources) {
    SEALIFT_ASSIGN(auto parsed, read_source(source));
    delivery.substitute_from.push_back(std::move(parsed));
  }
  SEALIFT_ASSIGN(auto common, spec.optional_object("commonMetadata"));
  if (!common) return {};
  SEALIFT_ASSIGN(delivery.common_labels, read_entries(*common, "labels", true));
  SEALIFT_ASSIGN(delivery.common_annotations, read_entries(*common, "annotations", false));
  return common->finish();
}

}  // namespace sealift::delivery
