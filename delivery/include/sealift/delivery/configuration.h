#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/secret_source.h>
#include <sealift/signing/trust_policy.h>

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::delivery {

// Everything that a puller is told by files.
struct Configuration final : SecretSource {
  std::vector<Delivery> deliveries;
  std::vector<signing::TrustPolicy> policies;
  std::vector<NamedData> secrets;      // `data` decoded, `stringData` merged over it
  std::vector<NamedData> config_maps;  // `binaryData` decoded, `data` merged over it

  // kNotFound naming the Delivery that asks for it.
  Result<NamedData> secret(const Delivery& delivery, std::string_view name,
                           std::stop_token stop) override;
  Result<NamedData> config_map(const Delivery& delivery, std::string_view name,
                               std::stop_token stop) override;
};

// Reads one file, or all *.yaml, *.yml and *.json files of a directory (not of its folders), with
// documents of the kinds Delivery, TrustPolicy, Secret and ConfigMap. All or nothing: a policy file
// that cannot be read must not leave a wider one in charge. kInvalidInput lists each mistake on a
// line of its own, with the place of the field where that can be told; another kind, two documents
// of one kind and name, and an empty configuration are mistakes.
Result<Configuration> load_configuration(FileSystem& files, const std::string& path);

}  // namespace sealift::delivery
