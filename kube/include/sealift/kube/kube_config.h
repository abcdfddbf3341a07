#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/result.h>

#include <memory>
#include <string>
#include <string_view>

namespace sealift::kube {

// Where an API server is and who we are to it.
struct ClusterAccess {
  std::string server_url;  // "https://10.96.0.1:443", without a slash at the end
  std::shared_ptr<const HttpServerSettings> server;
  std::string bearer_token;       // empty: a client certificate, or anonymous
  std::string token_file;         // read again when it changes (in-cluster tokens rotate)
  std::string default_namespace;  // of the context; "default" where it says nothing
  std::string description;        // "context admin@edge of /etc/kubeconfig", for messages
};

// Reads a kubeconfig (client-go's v1.Config): clusters with certificate-authority(-data),
// insecure-skip-tls-verify, tls-server-name refused; users with token, tokenFile, client
// certificates as files or data. `context` empty: current-context. Relative paths are relative to
// the file. `exec` and `auth-provider` would start programs: kInvalidInput with the way out.
Result<ClusterAccess> load_kubeconfig(FileSystem& files, const std::string& path,
                                      std::string_view context);

// The same of a document that comes from somebody else, as a Secret of a cluster does. What refers
// to the puller's own disk is kInvalidInput (certificate-authority, tokenFile, …: data alone), and
// so is insecure-skip-tls-verify. `source` names the document in messages.
Result<ClusterAccess> parse_kubeconfig(std::string_view bytes, const std::string& source,
                                       std::string_view context);

// The service account of the pod: KUBERNETES_SERVICE_HOST and _PORT, and the files under
// /var/run/secrets/kubernetes.io/serviceaccount. kNotFound outside a cluster.
Result<ClusterAccess> load_in_cluster(FileSystem& files);

}  // namespace sealift::kube
