#include <sealift/tuf/trusted_set.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift;
using namespace sealift::tuf;

// Signatures are judged by the keys that the same file names: garbage must never count.
template <typename T>
void judge(const Checked<T>& parsed, const RoleKeys& keys) {
  if (!parsed) return;
  (void)verify_signatures(keys, parsed->envelope.signatures, parsed->envelope.signed_bytes, "role",
                          parsed->envelope.version);
}

}  // namespace

// The first byte picks the kind of file. What is read must be read the same way from the bytes that
// are signed, unless they are no JSON (canonical JSON leaves control characters as they are).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'r': {
      const auto root = Root::parse(bytes);
      if (root) {
        judge(root, root->root);
        const auto again =
            Root::parse("{\"signatures\":[],\"signed\":" + root->envelope.signed_bytes + "}");
        if (again && again->envelope.signed_bytes != root->envelope.signed_bytes) std::abort();
      }
      (void)TrustedSet::begin(bytes);
      break;
    }
    case 't': {
      const auto timestamp = TimestampRole::parse(bytes);
      if (timestamp && timestamp->envelope.version < 1) std::abort();
      break;
    }
    case 's': {
      const auto snapshot = Snapshot::parse(bytes);
      if (snapshot && snapshot->find("targets.json") == nullptr) std::abort();
      break;
    }
    default: {
      const auto targets = Targets::parse(bytes, "targets");
      if (!targets) break;
      for (const auto& target : targets->targets) {
        if (targets->find(target.path) == nullptr || target.hashes.empty()) std::abort();
        for (const auto& delegation : targets->delegations) (void)delegation.covers(target.path);
      }
      for (const auto& delegation : targets->delegations) {
        if (escaped_role(delegation.role).size() > kMaxRoleFileName) std::abort();
        judge(targets, delegation.keys);
      }
    }
  }
  return 0;
}
