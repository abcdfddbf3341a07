#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/puller/delivery.h>
#include <sealift/signing/trust_policy.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::puller {

// A v1 Secret as a configuration file carries it: `data` decoded, `stringData` merged over it.
struct Secret {
  std::string name;
  std::string name_space;
  std::map<std::string, std::string, std::less<>> data;
};

// Everything that a puller is told by files.
struct Configuration {
  std::vector<Delivery> deliveries;
  std::vector<signing::TrustPolicy> policies;
  std::vector<Secret> secrets;

  // kNotFound naming the Delivery that asks for it.
  Result<const Secret*> secret(const Delivery& delivery, std::string_view name) const;
};

// Reads one file, or all *.yaml, *.yml and *.json files of a directory (not of its folders), with
// documents of the kinds Delivery, TrustPolicy and Secret. All or nothing: a policy file that
// cannot be read must not leave a wider one in charge. kInvalidInput lists each mistake on a line
// of its own; another kind, two documents of one kind and name, and an empty configuration are
// mistakes.
Result<Configuration> load_configuration(FileSystem& files, const std::string& path);

}  // namespace sealift::puller
