#include "signing_flags.h"

#include <sealift/base/clock.h>

#include <CLI/CLI.hpp>

#include "key_argument.h"

namespace sealift::program {

std::shared_ptr<SigningFlags> add_signing_flags(CLI::App& command, const std::string& key_flag) {
  auto flags = std::make_shared<SigningFlags>();
  auto* group = command.add_option_group("Signing", "With which key, and where signatures go");
  group
      ->add_option(key_flag, flags->keys,
                   "Private key: a file, or the pkcs11: URI of one in a token, which asks for its "
                   "PIN or takes it from SEALIFT_PKCS11_PIN; may be given several times")
      ->allow_extra_args(false)  // otherwise it would take the address behind it, too
      ->type_name("FILE|URI");
  group
      ->add_option(
          "--signature-storage", flags->storage,
          "\"bundle\": a referrer with a Sigstore bundle; \"tag\": cosign's classic .sig tag")
      ->check(CLI::IsMember({"bundle", "tag"}))
      ->capture_default_str()
      ->type_name("FORM");
  group
      ->add_option("--password-file", flags->password.file,
                   "File with the key's password; otherwise SEALIFT_PASSWORD, COSIGN_PASSWORD or "
                   "the terminal")
      ->type_name("FILE");
  return flags;
}

Result<Signer> Signer::open(const SigningFlags& flags, std::stop_token stop) {
  Signer signer;
  signer.storage_ =
      flags.storage == "tag" ? signing::SignatureStorage::kTag : signing::SignatureStorage::kBundle;
  for (const auto& argument : flags.keys) {
    SEALIFT_ASSIGN(auto key, load_private_key(argument, flags.password, stop));
    signer.keys_.push_back(std::move(key));
  }
  return signer;
}

Result<std::vector<Signed>> Signer::sign(oci::Repository& repository,
                                         const oci::Reference& reference,
                                         const oci::Descriptor& subject,
                                         const Surroundings& surroundings) const {
  std::vector<Signed> result;
  for (const auto& key : keys_) {
    SEALIFT_ASSIGN_CONTEXT(
        auto stored,
        signing::sign_and_store(repository, subject, reference.name(), key, storage_,
                                sealift::system_clock().now(), surroundings.stop),
        "signing " + subject.digest.to_string());
    const auto fingerprint = key.public_key().fingerprint();
    surroundings.output.step("signed",
                             "by key " + fingerprint + ", stored as " + stored.digest.to_string());
    result.push_back({fingerprint, std::move(stored)});
  }
  return result;
}

Json to_json(const std::vector<Signed>& signatures) {
  Json all = Json::array();
  for (const auto& signature : signatures) {
    Json json;
    json.set("key", signature.fingerprint);
    json.set("digest", signature.descriptor.digest.to_string());
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace sealift::program
