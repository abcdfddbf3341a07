#include <sealift/base/encoding.h>
#include <sealift/checks/kube_version.h>

#include <charconv>

namespace sealift::checks {
namespace {

// Takes the digits at the front.
bool take_number(std::string_view& text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string KubeVersion::to_string() const {
  return std::to_string(major) + "." + std::to_string(minor);
}

Result<KubeVersion> parse_kube_version(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  KubeVersion version;
  bool good = take_number(rest, version.major) && rest.starts_with('.');
  if (good) rest.remove_prefix(1);
  good = good && take_number(rest, version.minor);
  // A provider may write "1.34+" for a release with patches of its own.
  good =
      good && (rest.empty() || rest.front() == '.' || rest.front() == '-' || rest.front() == '+');
  if (good && version.major == 1) return version;
  return fail(ErrorCode::kInvalidInput,
              "\"" + printable(text) + "\" is no version of Kubernetes; write it as 1.34");
}

}  // namespace sealift::checks
