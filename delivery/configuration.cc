#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/delivery/configuration.h>
#include <sealift/objects/object.h>
#include <sealift/objects/yaml.h>

#include "mistake_position.h"

#include <set>
#include <tuple>

namespace sealift::delivery {
namespace {

constexpr std::uint64_t kMaxFileBytes = 16u << 20;
constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxReported = 20;

std::string or_default(std::string_view name_space) {
  return std::string(name_space.empty() ? "default" : name_space);
}

Result<> decode_into(ObjectReader& root, std::string_view member, NamedData& into) {
  SEALIFT_ASSIGN(auto encoded, root.string_map(member));
  for (auto& [key, value] : encoded) {
    auto decoded = base64_decode(value);
    if (!decoded) return fail(root.error_at(std::string(member) + "." + key, "is no base64"));
    into.data[key] = *std::move(decoded);
  }
  return {};
}

Result<> copy_into(ObjectReader& root, std::string_view member, NamedData& into) {
  SEALIFT_ASSIGN(auto plain, root.string_map(member));
  for (auto& [key, value] : plain) into.data[key] = std::move(value);
  return {};
}

// A v1 Secret or ConfigMap.
Result<NamedData> parse_data(const Json& document, const std::string& source) {
  SEALIFT_ASSIGN(auto object, objects::parse_object(document, source));
  const auto& kind = object.gvk().kind;
  SEALIFT_ASSIGN(auto root,
                 ObjectReader::open(document, source + ": " + kind + " " + object.name()));
  root.ignore_unknown();
  NamedData named{object.name(), or_default(object.name_space()), {}};
  const bool is_secret = kind == "Secret";
  SEALIFT_TRY(decode_into(root, is_secret ? "data" : "binaryData", named));
  SEALIFT_TRY(copy_into(root, is_secret ? "stringData" : "data", named));
  return named;
}

std::string place(const std::string& file, objects::SourcePosition position) {
  return file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

// Collects documents and mistakes, so that one run of a check shows all of them.
class Loader {
 public:
  void add_file(FileSystem& files, const std::string& path) {
    auto bytes = read_file(files, path, kMaxFileBytes);
    if (!bytes) return mistake(bytes.error());
    auto documents = objects::parse_yaml(*bytes, path);
    if (!documents) return mistake(documents.error());
    for (const auto& document : *documents) add_document(document, path);
  }

  Result<Configuration> finish(const std::string& path) {
    if (mistakes_.empty() && configuration_.deliveries.empty() && configuration_.policies.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  path + " holds neither a Delivery nor a TrustPolicy; there is nothing to do");
    }
    if (mistakes_.empty()) return std::move(configuration_);
    std::string all;
    for (std::size_t i = 0; i < mistakes_.size() && i < kMaxReported; ++i) {
      all += (i == 0 ? "" : "\n") + mistakes_[i];
    }
    if (mistakes_.size() > kMaxReported) {
      all += "\nand " + std::to_string(mistakes_.size() - kMaxReported) + " more";
    }
    return fail(ErrorCode::kInvalidInput, std::move(all));
  }

 private:
  void mistake(const Error& error) { mistakes_.push_back(error.message()); }

  // A parser's mistake begins with the document's place, and is shown at its own.
  template <typename T>
  void take(Result<T> parsed, std::vector<T>& into, const objects::YamlDocument& document,
            const std::string& file) {
    if (parsed) return into.push_back(*std::move(parsed));
    const auto said = parsed.error().message().substr(place(file, document.start).size());
    mistakes_.push_back(place(file, position_of_mistake(document, said)) + said);
  }

  void add_document(const objects::YamlDocument& yaml, const std::string& file) {
    const Json& document = yaml.value;
    const auto source = place(file, yaml.start);
    const auto kind = document.string_at({"kind"});
    const auto api_version = document.string_at({"apiVersion"});
    const auto name = document.string_at({"metadata", "name"});
    // Policies live in no namespace; for the others, none is "default".
    const auto name_space = kind == "TrustPolicy"
                                ? std::string()
                                : or_default(document.string_at({"metadata", "namespace"}));
    if (!seen_.emplace(kind, name_space, name).second) {
      mistakes_.push_back(source + ": a second " + printable(kind) + " " + printable(name) +
                          "; remove one of them");
      return;
    }
    if (api_version == "sealift.dev/v1alpha1" && kind == "Delivery") {
      take(parse_delivery(document, source), configuration_.deliveries, yaml, file);
    } else if (api_version == "sealift.dev/v1alpha1" && kind == "TrustPolicy") {
      take(signing::parse_trust_policy(document, source + ": TrustPolicy " + printable(name)),
           configuration_.policies, yaml, file);
    } else if (api_version == "v1" && kind == "Secret") {
      take(parse_data(document, source), configuration_.secrets, yaml, file);
    } else if (api_version == "v1" && kind == "ConfigMap") {
      take(parse_data(document, source), configuration_.config_maps, yaml, file);
    } else {
      const auto what = kind.empty() || api_version.empty()
                            ? std::string("a document without apiVersion and kind")
                            : printable(api_version) + " " + printable(kind);
      mistakes_.push_back(source + ": " + what +
                          " has no place in a puller's configuration; it takes Delivery and "
                          "TrustPolicy of sealift.dev/v1alpha1, and v1 Secret and ConfigMap");
    }
  }

  Configuration configuration_;
  std::vector<std::string> mistakes_;
  std::set<std::tuple<std::string, std::string, std::string>> seen_;
};

bool is_manifest_name(std::string_view name) {
  return !name.starts_with('.') &&
         (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

// A Kubernetes volume shows its files as symbolic links, so anything that can be opened counts; and
// the directory itself may stand behind one.
Result<std::vector<std::string>> configuration_files(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN(auto info, files.info(path));
  if (info.type == FileType::kFile) return std::vector<std::string>{path};
  auto entries = files.list(path);
  if (!entries) {
    if (info.type == FileType::kOther) return std::vector<std::string>{path};
    return fail(std::move(entries).error());
  }
  std::vector<std::string> paths;
  for (const auto& entry : *entries) {
    if (entry.type == FileType::kDirectory || !is_manifest_name(entry.name)) continue;
    if (paths.size() == kMaxFiles) {
      return fail(ErrorCode::kInvalidInput,
                  path + " holds more than " + std::to_string(kMaxFiles) +
                      " configuration files; put several documents into one file");
    }
    paths.push_back(join_path(path, entry.name));
  }
  return paths;
}

Result<const NamedData*> find(const std::vector<NamedData>& among, std::string_view kind,
                              const Delivery& delivery, std::string_view name) {
  for (const auto& named : among) {
    if (named.name == name && named.name_space == delivery.name_space) return &named;
  }
  return fail(ErrorCode::kNotFound, "Delivery " + delivery.id() + " names the " +
                                        std::string(kind) + " " + std::string(name) +
                                        ", and the configuration has none in namespace " +
                                        delivery.name_space);
}

}  // namespace

Result<NamedData> Configuration::secret(const Delivery& delivery, std::string_view name,
                                        std::stop_token) {
  SEALIFT_ASSIGN(const auto* found, find(secrets, "Secret", delivery, name));
  return *found;
}

Result<NamedData> Configuration::config_map(const Delivery& delivery, std::string_view name,
                                            std::stop_token) {
  SEALIFT_ASSIGN(const auto* found, find(config_maps, "ConfigMap", delivery, name));
  return *found;
}

Result<Configuration> load_configuration(FileSystem& files, const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(auto paths, configuration_files(files, path), "reading the configuration");
  Loader loader;
  for (const auto& file : paths) loader.add_file(files, file);
  return loader.finish(path);
}

}  // namespace sealift::delivery
