#include <sealift/pkcs11/key_uri.h>

#include <algorithm>

#include <p11-kit/uri.h>

#include "uri_handle.h"

namespace sealift::pkcs11 {
namespace {

constexpr std::string_view kScheme = "pkcs11:";
constexpr std::size_t kMaxUriBytes = 4096;
constexpr std::uint64_t kMaxPinFileBytes = 4096;

struct UriDeleter {
  void operator()(P11KitUri* uri) const {
    // The library frees the PIN without wiping it.
    if (const char* pin = p11_kit_uri_get_pin_value(uri)) {
      std::fill_n(const_cast<volatile char*>(pin), std::string_view(pin).size(), '\0');
    }
    p11_kit_uri_free(uri);
  }
};
using UriHandle = std::unique_ptr<P11KitUri, UriDeleter>;

Error broken(const std::string& why) {
  return Error(ErrorCode::kInvalidInput,
               "the pkcs11: URI of the key " + why +
                   "; it looks like \"pkcs11:token=LABEL;object=LABEL\" (RFC 7512)");
}

std::optional<std::string> text_or_nothing(const char* text) {
  if (text == nullptr) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> attribute_of(P11KitUri* uri, CK_ATTRIBUTE_TYPE type) {
  const CK_ATTRIBUTE* attribute = p11_kit_uri_get_attribute(uri, type);
  if (attribute == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(attribute->pValue), attribute->ulValueLen);
}

Result<UriHandle> read(std::string_view text) {
  UriHandle uri(p11_kit_uri_new());
  const std::string terminated(text);
  const int code = p11_kit_uri_parse(terminated.c_str(), P11_KIT_URI_FOR_ANY, uri.get());
  if (code != P11_KIT_URI_OK) return fail(broken("can't be read"));
  return uri;
}

// Of a copy without the PIN, so that no spelling of it gets through.
Result<std::string> without_pin(std::string_view text) {
  SEALIFT_ASSIGN(const auto copy, read(text));
  p11_kit_uri_set_pin_value(copy.get(), nullptr);
  p11_kit_uri_set_pin_source(copy.get(), nullptr);
  char* formatted = nullptr;
  if (p11_kit_uri_format(copy.get(), P11_KIT_URI_FOR_ANY, &formatted) != P11_KIT_URI_OK) {
    return fail(broken("can't be written again"));
  }
  std::string result(formatted);
  std::free(formatted);
  return result;
}

Result<std::string> path_of_source(const std::string& source) {
  if (source.starts_with("/")) return source;
  for (const std::string_view prefix : {"file://localhost/", "file:///", "file:/"}) {
    if (source.starts_with(prefix)) return source.substr(prefix.size() - 1);
  }
  if (source.starts_with("file:")) return source.substr(5);
  return fail(broken("has a pin-source that is no file: give file:/PATH"));
}

}  // namespace

struct KeyUri::Impl {
  UriHandle uri;
  std::string shown;
};

// RFC 3986, section 3.1: schemes have no case.
bool is_key_uri(std::string_view text) {
  return text.size() >= kScheme.size() &&
         std::equal(kScheme.begin(), kScheme.end(), text.begin(), [](char ours, char theirs) {
           return ours == theirs || (theirs >= 'A' && theirs <= 'Z' && ours == theirs - 'A' + 'a');
         });
}

Result<KeyUri> KeyUri::parse(std::string_view text) {
  if (text.size() > kMaxUriBytes) {
    return fail(broken("is longer than " + std::to_string(kMaxUriBytes) + " bytes"));
  }
  if (text.find('\0') != std::string_view::npos) return fail(broken("can't be read"));
  SEALIFT_ASSIGN(auto uri, read(text));
  if (p11_kit_uri_any_unrecognized(uri.get()) != 0) {
    return fail(broken("has an attribute that is not known (a PIN belongs behind \"?\")"));
  }
  SEALIFT_ASSIGN(auto shown, without_pin(text));
  return KeyUri(std::make_shared<Impl>(Impl{std::move(uri), std::move(shown)}));
}

const std::string& KeyUri::to_string() const { return impl_->shown; }

std::optional<std::string> KeyUri::module_path() const {
  return text_or_nothing(p11_kit_uri_get_module_path(impl_->uri.get()));
}

std::optional<std::string> KeyUri::module_name() const {
  return text_or_nothing(p11_kit_uri_get_module_name(impl_->uri.get()));
}

std::optional<std::string> KeyUri::id() const { return attribute_of(impl_->uri.get(), CKA_ID); }

std::optional<std::string> KeyUri::label() const {
  return attribute_of(impl_->uri.get(), CKA_LABEL);
}

Result<std::optional<crypto::Secret>> KeyUri::pin(FileSystem& files) const {
  if (auto value = text_or_nothing(p11_kit_uri_get_pin_value(impl_->uri.get()))) {
    return crypto::Secret(std::move(*value));
  }
  const auto source = text_or_nothing(p11_kit_uri_get_pin_source(impl_->uri.get()));
  if (!source) return std::nullopt;
  SEALIFT_ASSIGN(const auto path, path_of_source(*source));
  SEALIFT_ASSIGN_CONTEXT(auto bytes, read_file(files, path, kMaxPinFileBytes), "reading the PIN");
  crypto::Secret line(std::move(bytes));
  line.truncate(std::min(line.view().find_first_of("\r\n"), line.size()));
  return line;
}

p11_kit_uri* uri_of(const KeyUri& uri) { return uri.impl_->uri.get(); }

}  // namespace sealift::pkcs11
