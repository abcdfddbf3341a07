#include "key_signature.h"

#include "manual_clock.h"

#include <sealift/keyless/artifact_signing.h>
#include <sealift/sigstore/simple_signing.h>
#include <sealift/sigstore/statement.h>

#include <utility>

namespace sealift::test {
namespace {

// A key alone asks nobody.
class NoTransport : public HttpTransport {
 public:
  Result<HttpResponse> send(const HttpRequest&, HttpSink&, std::stop_token) override {
    return fail(ErrorCode::kForbidden, "a service was asked");
  }
};

}  // namespace

Result<oci::Descriptor> sign_by_key(oci::Repository& repository, const oci::Descriptor& subject,
                                    std::string_view name, const crypto::PrivateKey& key,
                                    signing::SignatureStorage storage, Timestamp now) {
  const bool is_bundle = storage == signing::SignatureStorage::kBundle;
  const keyless::ArtifactContent content{
      is_bundle ? keyless::ArtifactForm::kBundle : keyless::ArtifactForm::kClassicSignature,
      is_bundle ? sigstore::signature_statement(subject.digest)
                : sigstore::serialize_simple_signing(name, subject.digest),
      std::string(sigstore::kSignaturePredicateType), subject.digest};
  NoTransport nobody;
  ManualClock clock(now, ManualClock::Sleep::kJumps);
  const sigstore::TrustedRoot root;
  SEALIFT_ASSIGN(auto made, keyless::sign_artifact(content, key, {}, root,
                                                   {nobody, clock, system_random()}, {}));
  using Format = signing::FoundSignature::Format;
  return signing::store_signature(
      repository, subject,
      {is_bundle ? Format::kBundle : Format::kSimpleSigning, std::move(made.content),
       std::move(made.annotations), content.predicate_type},
      now, {});
}

}  // namespace sealift::test
