#include <sealift/base/digest.h>
#include <sealift/commits/commit_verification.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <signed_commit.h>

namespace {

using namespace sealift;
using namespace sealift::commits;

// The keys of the seeds; their private halves are gone.
constexpr std::string_view kAllowed =
    "ada ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUa1YzMuP3cu1CA6+vuxy15Vzw8sEm0JbixHI2pzyBC\n"
    "bob ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLZuEmL8BikQ"
    "vDhCgQ1YLxxwUfc8gO3NaajP0WNzIl0haVvFLH1r9Ic33IdhW/fO8zdPTe77r4jKR0whY6ZjAkU=\n"
    "rsa ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC97tFwFBlG1Prj7RFnL0BTD+7PNIMrO9zniyx3Y8xZg8YE"
    "AsjCFcObThtmIP1hx1Xb+AFGi65uwKtMz76ViezgTHj0tHRQBE87mRrK5zrx+g4r6qmVl5z/lbn+nGaYV1rZUcFu"
    "ck0+0MwYG5RYhD5C+0thtAwNXmtNd2Qqu5sMmG/MTmS3jZuaUNgOrH70YYW9FtEXF8iflqOCXAFQIU4J/UW1/91k"
    "bxYInxmljisxItrSh8VUmIklLQtk61EwA9hbNFh3DdEz50EY6uk3R3xlr4FJptH6go3oG80mOAycKD57Ju9UaU6A"
    "c25u0gOe9KJDdy2ZfL58FNyab6SiuvMv\n"
    "* cert-authority ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICUa1YzMuP3cu1CA6+vuxy15Vzw8sEm0Jbi"
    "xHI2pzyBC\n";

// The only things that they signed.
constexpr std::string_view kSigned[] = {
    "feaf0a51c82093cbbc89b3c21e57b9800ea6c15a716db30202c62de79a9d31f6",
    "9beaa78c8afa92b2839f204ec87ca1fbd0c9ec439b14750d6ef326a3eaab1744",
    "c41c4573c7b798a7011195162787883f373c501a8b10abbbe87a513dafb99011",
    "fb3cc5ed0792fa428c4c32cb6d9327e53214829dd23ce48b0ea0d0c7034af249",
};

const TrustedSigners& trusted() {
  static const TrustedSigners signers{AllowedSigners::parse(kAllowed, "seeds").value(),
                                      std::nullopt};
  return signers;
}

}  // namespace

// Nobody signs for somebody else: whatever is accepted is what was signed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view object(reinterpret_cast<const char*>(data), size);
  if (!verify_commit(object, "input", trusted(), Timestamp())) return 0;
  const auto digest = Digest::of(read_signed_commit(object).value().payload).to_string();
  for (const auto known : kSigned) {
    if (digest.ends_with(known)) return 0;
  }
  std::abort();
}
