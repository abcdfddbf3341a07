#include "signer_flags.h"

#include <sealift/base/encoding.h>

#include <CLI/CLI.hpp>

#include "key_argument.h"

namespace sealift::program {
namespace {

Result<sigstore::TextRule> text_rule(const std::string& text, const std::string& pattern) {
  return text.empty() ? sigstore::TextRule::matching(pattern) : sigstore::TextRule::exact(text);
}

// "name=text"
Result<std::pair<sigstore::Claim, sigstore::TextRule>> claim_rule(const std::string& argument,
                                                                  bool is_pattern) {
  const auto equals = argument.find('=');
  const auto claim = sigstore::parse_claim(argument.substr(0, equals));
  if (equals == std::string::npos || !claim) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(argument) + "\" names no extension of certificates; give NAME=" +
                    (is_pattern ? "EXPRESSION" : "TEXT") + " with a name of docs/signed-files.md");
  }
  const std::string text = argument.substr(equals + 1);
  SEALIFT_ASSIGN(auto rule,
                 is_pattern ? sigstore::TextRule::matching(text) : sigstore::TextRule::exact(text));
  return std::pair(*claim, std::move(rule));
}

Result<> add_claims(const std::vector<std::string>& arguments, bool is_pattern,
                    sigstore::IdentityRule& rule) {
  for (const auto& argument : arguments) {
    SEALIFT_ASSIGN(auto claim, claim_rule(argument, is_pattern));
    rule.claims.push_back(std::move(claim));
  }
  return {};
}

}  // namespace

std::shared_ptr<SignerFlags> add_signer_flags(CLI::App& command) {
  auto flags = std::make_shared<SignerFlags>();
  auto* group = command.add_option_group("Signer", "Who must have signed");
  auto* key = group
                  ->add_option("--key", flags->key,
                               "Public key: a file, or the pkcs11: URI of one in a token")
                  ->type_name("FILE|URI");
  const auto add = [&](const char* name, std::string& value, const char* help) {
    return group->add_option(name, value, help)->excludes(key);
  };
  auto* identity = add("--certificate-identity", flags->identity,
                       "The signer's name in the certificate: a workflow's URI, an address")
                       ->type_name("NAME");
  add("--certificate-identity-regexp", flags->identity_pattern,
      "A regular expression for the whole name")
      ->excludes(identity)
      ->type_name("EXPR");
  auto* issuer = add("--certificate-oidc-issuer", flags->issuer, "Who vouched for the signer")
                     ->type_name("URL");
  add("--certificate-oidc-issuer-regexp", flags->issuer_pattern,
      "A regular expression for the whole issuer")
      ->excludes(issuer)
      ->type_name("EXPR");
  group
      ->add_option("--certificate-extension", flags->extensions,
                   "What an extension must say: sourceRepositoryRef=refs/heads/main; may be given "
                   "several times")
      ->excludes(key)
      ->allow_extra_args(false)
      ->type_name("NAME=TEXT");
  group
      ->add_option("--certificate-extension-regexp", flags->extension_patterns,
                   "The same with a regular expression for the whole text")
      ->excludes(key)
      ->allow_extra_args(false)
      ->type_name("NAME=EXPR");
  return flags;
}

void check_signer_flags(const SignerFlags& flags) {
  const bool names_issuer = !flags.issuer.empty() || !flags.issuer_pattern.empty();
  if (flags.key.empty() && !flags.names_identity()) {
    throw CLI::ValidationError(
        "nothing says who must have signed; give --key FILE, or --certificate-identity NAME with "
        "--certificate-oidc-issuer URL");
  }
  if (flags.names_identity() && !names_issuer) {
    throw CLI::ValidationError(
        "an identity is worth as much as who vouches for it; give --certificate-oidc-issuer URL");
  }
}

Result<SignerRule> load_signer_rule(const SignerFlags& flags) {
  if (!flags.names_identity()) {
    SEALIFT_ASSIGN(auto key, load_public_key(flags.key));
    return SignerRule(std::move(key));
  }
  SEALIFT_ASSIGN(auto name, text_rule(flags.identity, flags.identity_pattern));
  SEALIFT_ASSIGN(auto issuer, text_rule(flags.issuer, flags.issuer_pattern));
  sigstore::IdentityRule rule{std::move(name), std::move(issuer)};
  SEALIFT_TRY(add_claims(flags.extensions, false, rule));
  SEALIFT_TRY(add_claims(flags.extension_patterns, true, rule));
  return SignerRule(std::move(rule));
}

}  // namespace sealift::program
