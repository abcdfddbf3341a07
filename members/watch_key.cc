#include "watch_key.h"

namespace sealift::members {

std::string WatchKey::to_string() const {
  return kind.to_string() +
         (name_space.empty() ? " across the cluster" : " in namespace " + name_space) +
         (account_name.empty() ? " as the puller itself"
                               : " as service account " + account_namespace + "/" + account_name);
}

}  // namespace sealift::members
