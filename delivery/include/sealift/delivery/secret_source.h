#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>

#include <map>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::delivery {

// A Secret or ConfigMap of a Delivery's namespace: `data` decoded.
struct NamedData {
  std::string name;
  std::string name_space;
  std::map<std::string, std::string, std::less<>> data;
};

// Where the Secrets and ConfigMaps come from that a Delivery names: files, or the cluster, read by
// the Delivery's own service account, so that nobody reads through the puller what they may not
// read themselves. kNotFound and kForbidden name the Delivery, the object and the account.
class SecretSource {
 public:
  virtual ~SecretSource() = default;
  virtual Result<NamedData> secret(const Delivery& delivery, std::string_view name,
                                   std::stop_token stop) = 0;
  virtual Result<NamedData> config_map(const Delivery& delivery, std::string_view name,
                                       std::stop_token stop) = 0;
};

}  // namespace sealift::delivery
