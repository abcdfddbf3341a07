#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/kube/kube_config.h>
#include <sealift/objects/yaml.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "bearer_token.h"

namespace sealift::kube {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1u << 20;

// One kubeconfig while it is read. Without a file system nothing in it may name a file.
class KubeconfigReader {
 public:
  KubeconfigReader(FileSystem* files, const std::string& path, ObjectReader root)
      : files_(files), path_(path), root_(std::move(root)) {}

  Result<ClusterAccess> access_for(std::string_view wanted_context);

 private:
  // The body of the entry called `name` in one of the named lists ("clusters" → "cluster").
  Result<ObjectReader> entry(std::string_view list, std::string_view field, std::string_view name);
  Result<> read_cluster(ObjectReader cluster);
  Result<> read_user(ObjectReader user);
  Result<> refuse_unsupported(ObjectReader& user) const;
  // The value of NAME-data (base64), or the content of the file that NAME names, or empty.
  Result<std::string> data_or_file(ObjectReader& reader, std::string_view name) const;
  Error names_a_file(const ObjectReader& reader, std::string_view name) const;
  Result<> check_plain_http() const;

  FileSystem* files_;
  const std::string& path_;
  ObjectReader root_;
  ClusterAccess access_;
  HttpServerSettings settings_;
};

Result<ObjectReader> KubeconfigReader::entry(std::string_view list, std::string_view field,
                                             std::string_view name) {
  SEALIFT_ASSIGN(auto entries, root_.objects(list));
  std::string known;
  for (auto& candidate : entries) {
    candidate.ignore_unknown();
    SEALIFT_ASSIGN(const auto candidate_name, candidate.required_string("name"));
    if (candidate_name == name) {
      SEALIFT_ASSIGN(auto body, candidate.required_object(field));
      body.ignore_unknown();
      return body;
    }
    known += (known.empty() ? "" : ", ") + printable(candidate_name);
  }
  return fail(ErrorCode::kNotFound, path_ + " has no " + std::string(field) + " called \"" +
                                        printable(name) +
                                        "\"; it has: " + (known.empty() ? "none" : known));
}

Result<std::string> KubeconfigReader::data_or_file(ObjectReader& reader,
                                                   std::string_view name) const {
  const auto data_name = std::string(name) + "-data";
  SEALIFT_ASSIGN(const auto data, reader.string_or(data_name, ""));
  SEALIFT_ASSIGN(const auto file, reader.string_or(name, ""));
  if (!data.empty()) {
    SEALIFT_ASSIGN_CONTEXT(auto decoded, base64_decode(data),
                           path_ + ": " + reader.path_of(data_name));
    return decoded;
  }
  if (file.empty()) return std::string();
  if (!files_) return fail(names_a_file(reader, name));
  SEALIFT_ASSIGN_CONTEXT(auto content,
                         read_file(*files_, join_path(parent_path(path_), file), kMaxFileBytes),
                         path_ + ": " + reader.path_of(name));
  return content;
}

Error KubeconfigReader::names_a_file(const ObjectReader& reader, std::string_view name) const {
  return reader.error_at(name,
                         "names a file, and the puller opens none of its own for somebody else: "
                         "put the content itself here (" +
                             std::string(name == "tokenFile" ? "token" : name) +
                             (name == "tokenFile" ? ")" : "-data)"));
}

Result<> KubeconfigReader::read_cluster(ObjectReader cluster) {
  SEALIFT_ASSIGN(access_.server_url, cluster.required_string("server"));
  auto& url = access_.server_url;
  while (url.ends_with('/')) url.pop_back();
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return fail(cluster.error_at("server", "is no https:// or http:// URL: " + printable(url)));
  }
  if (url.find_first_of("@?#") != std::string::npos) {
    return fail(cluster.error_at("server", "is more than host, port and path: " + printable(url)));
  }
  SEALIFT_ASSIGN(const auto server_name, cluster.string_or("tls-server-name", ""));
  if (!server_name.empty()) {
    return fail(cluster.error_at(
        "tls-server-name", "is not supported: use the name of the certificate in \"server\""));
  }
  SEALIFT_ASSIGN(settings_.insecure_skip_tls_verify,
                 cluster.bool_or("insecure-skip-tls-verify", false));
  if (settings_.insecure_skip_tls_verify && !files_) {
    return fail(cluster.error_at("insecure-skip-tls-verify",
                                 "is not accepted from others: give certificate-authority-data"));
  }
  SEALIFT_ASSIGN(settings_.ca_pem, data_or_file(cluster, "certificate-authority"));
  if (settings_.insecure_skip_tls_verify && !settings_.ca_pem.empty()) {
    return fail(cluster.error_at("insecure-skip-tls-verify",
                                 "contradicts the certificate authority: remove one of them"));
  }
  SEALIFT_ASSIGN(settings_.proxy, cluster.string_or("proxy-url", ""));
  return {};
}

Result<> KubeconfigReader::refuse_unsupported(ObjectReader& user) const {
  struct Unsupported {
    std::string_view name;
    std::string_view why;
  };
  const std::string_view programs =
      files_ ? "would start a program, which Sealift never does: make a kubeconfig with a token "
               "(kubectl create token NAME), a tokenFile or a client certificate"
             : "would start a program, which Sealift never does: make a kubeconfig with a token "
               "(kubectl create token NAME) or the data of a client certificate in it";
  const std::array kUnsupported{
      Unsupported{"exec", programs},
      Unsupported{"auth-provider", programs},
      Unsupported{"username", "is basic authentication, which API servers no longer have"},
      Unsupported{"as", "is impersonation: name a serviceAccountName in the Delivery instead"},
  };
  for (const auto& [name, why] : kUnsupported) {
    if (user.any(name)) return fail(user.error_at(name, why));
  }
  return {};
}

Result<> KubeconfigReader::read_user(ObjectReader user) {
  SEALIFT_TRY(refuse_unsupported(user));
  SEALIFT_ASSIGN(access_.bearer_token, user.string_or("token", ""));
  SEALIFT_ASSIGN(const auto token_file, user.string_or("tokenFile", ""));
  if (!token_file.empty()) {
    if (!files_) return fail(names_a_file(user, "tokenFile"));
    access_.token_file = join_path(parent_path(path_), token_file);
    access_.bearer_token.clear();
    SEALIFT_TRY_CONTEXT(read_token_file(*files_, access_.token_file),
                        path_ + ": " + user.path_of("tokenFile"));
  }
  SEALIFT_ASSIGN(settings_.client_certificate_pem, data_or_file(user, "client-certificate"));
  SEALIFT_ASSIGN(settings_.client_key_pem, data_or_file(user, "client-key"));
  if (settings_.client_certificate_pem.empty() != settings_.client_key_pem.empty()) {
    return fail(
        user.error_at(settings_.client_key_pem.empty() ? "client-key" : "client-certificate",
                      "is missing: certificate and key belong together"));
  }
  return {};
}

// A token in clear text is for whoever listens. Loopback is a tunnel or a proxy of one's own.
Result<> KubeconfigReader::check_plain_http() const {
  const bool has_token = !access_.bearer_token.empty() || !access_.token_file.empty();
  constexpr std::string_view kHttp = "http://";
  if (!has_token || !access_.server_url.starts_with(kHttp)) return {};
  const auto authority = std::string_view(access_.server_url).substr(kHttp.size());
  const auto host_end =
      authority.starts_with('[') ? authority.find(']') + 1 : authority.find_first_of(":/");
  const auto host = authority.substr(0, host_end);
  if (host == "localhost" || host == "[::1]" || host == "127.0.0.1") return {};
  return fail(ErrorCode::kInvalidInput, path_ + ": the server " + printable(access_.server_url) +
                                            " would get the token in clear text: use https");
}

Result<ClusterAccess> KubeconfigReader::access_for(std::string_view wanted_context) {
  SEALIFT_ASSIGN(const auto current, root_.string_or("current-context", ""));
  const auto name = wanted_context.empty() ? current : std::string(wanted_context);
  if (name.empty()) {
    return fail(ErrorCode::kInvalidInput,
                path_ + " has no current-context: name the context to use");
  }
  SEALIFT_ASSIGN(auto context, entry("contexts", "context", name));
  SEALIFT_ASSIGN(const auto cluster_name, context.required_string("cluster"));
  SEALIFT_ASSIGN(const auto user_name, context.string_or("user", ""));
  SEALIFT_ASSIGN(access_.default_namespace, context.string_or("namespace", "default"));
  SEALIFT_ASSIGN(auto cluster, entry("clusters", "cluster", cluster_name));
  SEALIFT_TRY(read_cluster(std::move(cluster)));
  if (!user_name.empty()) {
    SEALIFT_ASSIGN(auto user, entry("users", "user", user_name));
    SEALIFT_TRY(read_user(std::move(user)));
  }
  SEALIFT_TRY(check_plain_http());
  access_.description = "context " + printable(name) + " of " + path_;
  access_.server = std::make_shared<const HttpServerSettings>(std::move(settings_));
  return std::move(access_);
}

Result<ClusterAccess> read_document(FileSystem* files, std::string_view bytes,
                                    const std::string& source, std::string_view context) {
  SEALIFT_ASSIGN(const auto documents, objects::parse_yaml(bytes, source));
  if (documents.size() != 1) {
    return fail(ErrorCode::kInvalidInput, source + " holds " + std::to_string(documents.size()) +
                                              " YAML documents; a kubeconfig is one");
  }
  SEALIFT_ASSIGN(auto root, ObjectReader::open(documents.front().value, source));
  root.ignore_unknown();
  return KubeconfigReader(files, source, std::move(root)).access_for(context);
}

}  // namespace

Result<ClusterAccess> load_kubeconfig(FileSystem& files, const std::string& path,
                                      std::string_view context) {
  SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(files, path, kMaxFileBytes),
                         "read the kubeconfig");
  return read_document(&files, bytes, path, context);
}

Result<ClusterAccess> parse_kubeconfig(std::string_view bytes, const std::string& source,
                                       std::string_view context) {
  if (bytes.size() > kMaxFileBytes) {
    return fail(ErrorCode::kInvalidInput,
                source + " has more than " + std::to_string(kMaxFileBytes) + " bytes");
  }
  return read_document(nullptr, bytes, source, context);
}

}  // namespace sealift::kube
