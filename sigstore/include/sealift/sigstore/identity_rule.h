#pragma once

#include <sealift/base/regular_expression.h>
#include <sealift/base/result.h>
#include <sealift/sigstore/certificate_identity.h>
#include <sealift/sigstore/refusal.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sealift::sigstore {

// What a text must be: one text exactly, or any that a regular expression matches as a whole.
class TextRule {
 public:
  // kInvalidInput where `text` is empty: a certificate that says nothing must not fit.
  static Result<TextRule> exact(std::string text);
  // As RegularExpression::compile().
  static Result<TextRule> matching(std::string_view pattern);

  // Never the empty text, whatever the expression.
  bool accepts(std::string_view text) const;
  // The only text that is accepted; null where several are.
  const std::string* exact_text() const { return std::get_if<std::string>(&rule_); }
  // For people: "https://…" in quotes, or "text that matches …".
  std::string describe() const;

 private:
  explicit TextRule(std::variant<std::string, RegularExpression> rule) : rule_(std::move(rule)) {}
  std::variant<std::string, RegularExpression> rule_;
};

// Who may have signed.
struct IdentityRule {
  TextRule name;
  TextRule issuer;
  std::vector<std::pair<Claim, TextRule>> claims = {};  // all of them
};

// kIdentity, kIssuer or kExtension, with what was found and what was asked for.
Verdict<> check_identity(const CertificateIdentity& identity, const IdentityRule& rule);

}  // namespace sealift::sigstore
