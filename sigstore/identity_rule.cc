#include <sealift/base/encoding.h>
#include <sealift/sigstore/identity_rule.h>

namespace sealift::sigstore {
namespace {

std::string quoted(std::string_view text) { return "\"" + printable(text, 400) + "\""; }

}  // namespace

Result<TextRule> TextRule::exact(std::string text) {
  if (text.empty()) {
    return fail(ErrorCode::kInvalidInput, "a rule about a signer's certificate is empty");
  }
  return TextRule(std::move(text));
}

Result<TextRule> TextRule::matching(std::string_view pattern) {
  SEALIFT_ASSIGN(auto expression, RegularExpression::compile(pattern));
  return TextRule(std::move(expression));
}

bool TextRule::accepts(std::string_view text) const {
  if (text.empty()) return false;
  if (const auto* exact = std::get_if<std::string>(&rule_)) return text == *exact;
  return std::get<RegularExpression>(rule_).matches(text);
}

std::string TextRule::describe() const {
  if (const auto* exact = std::get_if<std::string>(&rule_)) return quoted(*exact);
  return "text that matches " + quoted(std::get<RegularExpression>(rule_).pattern());
}

Verdict<> check_identity(const CertificateIdentity& identity, const IdentityRule& rule) {
  if (!rule.name.accepts(identity.name.value)) {
    return refuse(RefusalKind::kIdentity,
                  "the signer is " + quoted(identity.name.value) + ", not " + rule.name.describe());
  }
  if (!rule.issuer.accepts(identity.issuer)) {
    const std::string found = identity.issuer.empty()
                                  ? "nobody is named who vouches for the signer"
                                  : quoted(identity.issuer) + " vouches for the signer";
    return refuse(RefusalKind::kIssuer, found + ", not " + rule.issuer.describe());
  }
  for (const auto& [claim, wanted] : rule.claims) {
    const auto found = identity.claims.find(claim);
    const bool is_there = found != identity.claims.end();
    if (is_there && wanted.accepts(found->second)) continue;
    return refuse(RefusalKind::kExtension, "the signer's certificate has " +
                                               (is_there ? "the " + std::string(to_string(claim)) +
                                                               " " + quoted(found->second)
                                                         : "no " + std::string(to_string(claim))) +
                                               ", not " + wanted.describe());
  }
  return {};
}

}  // namespace sealift::sigstore
