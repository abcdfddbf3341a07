#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/known_trusted_root.h>

#include <utility>

#include "signer_parser.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kPublic = "public";

Result<PolicyRoot> public_root(const std::string& path) {
  const auto& known = sigstore::public_trusted_root();
  return make_policy_root(std::string(known.name) + " of " + std::string(known.taken), known.bytes,
                          path);
}

}  // namespace

Result<PolicyRoot> make_policy_root(std::string name, std::string_view json,
                                    const std::string& path) {
  SEALIFT_ASSIGN(auto root, sigstore::parse_trusted_root(json, path));
  sigstore::learn_issuances(root);
  return PolicyRoot{std::move(name), Digest::of(json),
                    std::make_shared<const sigstore::TrustedRoot>(std::move(root))};
}

Result<RootPlace> parse_policy_root(std::optional<ObjectReader> reader) {
  if (!reader) return RootPlace{};
  SEALIFT_ASSIGN(const auto name, reader->optional_string("sigstore"));
  SEALIFT_ASSIGN(const auto text, reader->optional_string("inline"));
  SEALIFT_ASSIGN(auto folder, parse_root_folder(*reader));
  SEALIFT_TRY(reader->finish());
  if (int{name.has_value()} + int{text.has_value()} + int{folder.has_value()} != 1) {
    return fail(ErrorCode::kInvalidInput,
                reader->path() + ": must have one of sigstore, inline and folder");
  }
  if (folder) return RootPlace{.folder = std::move(folder)};
  if (name) {
    if (*name != kPublic) return fail(reader->error_at("sigstore", "must be public"));
    SEALIFT_ASSIGN(auto root, public_root(reader->path_of("sigstore")));
    return RootPlace{.root = std::move(root)};
  }
  if (text->size() > kMaxInlineRootBytes) {
    return fail(reader->error_at(
        "inline", "is longer than " + std::to_string(kMaxInlineRootBytes) + " bytes"));
  }
  SEALIFT_ASSIGN(auto root,
                 make_policy_root(std::string(kInlineRootName), *text, reader->path_of("inline")));
  return RootPlace{.root = std::move(root)};
}

}  // namespace sealift::signing
