#include <sealift/base/encoding.h>
#include <sealift/commits/openpgp_keyring.h>

#include <rnp/rnp_err.h>
#include <memory>
#include <optional>

#include "rnp_functions.h"

namespace sealift::commits {
namespace {

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr std::uint32_t kMinRsaBits = 2048;

// Loaded at the first use: with librnp comes Botan, whose start takes half as long as a whole
// command that needs neither.
const Result<RnpFunctions>& rnp_library() {
  static const auto library = load_rnp("librnp.so.0");
  return library;
}

// Only where rnp_library() is there, which a keyring proves.
const RnpFunctions& rnp() { return *rnp_library(); }

struct RnpDeleter {
  void operator()(rnp_ffi_st* ffi) const { rnp().rnp_ffi_destroy(ffi); }
  void operator()(rnp_input_st* input) const { rnp().rnp_input_destroy(input); }
  void operator()(rnp_op_verify_st* verify) const { rnp().rnp_op_verify_destroy(verify); }
  void operator()(rnp_key_handle_st* key) const { rnp().rnp_key_handle_destroy(key); }
  void operator()(rnp_signature_handle_st* signature) const {
    rnp().rnp_signature_handle_destroy(signature);
  }
  void operator()(char* text) const { rnp().rnp_buffer_destroy(text); }
};
template <typename T>
using Rnp = std::unique_ptr<T, RnpDeleter>;

tl::unexpected<Error> untrusted(std::string message) {
  return fail(ErrorCode::kUntrusted, std::move(message));
}

// Calls one of the library's constructors, `function(arguments…, &object)`; null where it fails.
template <typename T, typename Function, typename... Arguments>
Rnp<T> made(Function function, Arguments... arguments) {
  T* object = nullptr;
  if (function(arguments..., &object) != RNP_SUCCESS) return nullptr;
  return Rnp<T>(object);
}

template <typename Function, typename Handle>
std::string text_of(Function function, Handle handle) {
  const auto text = made<char>(function, handle);
  return text ? printable(text.get()) : std::string();
}

Rnp<rnp_input_st> input_of(std::string_view bytes) {
  rnp_input_t input = nullptr;
  rnp().rnp_input_from_memory(&input, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                              bytes.size(), false);
  return Rnp<rnp_input_st>(input);
}

struct Loaded {
  Rnp<rnp_ffi_st> ffi;
  std::size_t keys = 0;
  bool good = false;
};

// The library judges keys while it reads them, by the time that it was given before; without one,
// by the machine's clock.
Loaded load(std::string_view bytes, std::optional<Timestamp> now) {
  Loaded loaded;
  rnp_ffi_t ffi = nullptr;
  if (rnp().rnp_ffi_create(&ffi, "GPG", "GPG") != RNP_SUCCESS) return loaded;
  loaded.ffi.reset(ffi);
  if (now && rnp().rnp_set_timestamp(
                 ffi, static_cast<std::uint64_t>(now->time_since_epoch().count())) != RNP_SUCCESS) {
    return loaded;
  }
  const auto input = input_of(bytes);
  loaded.good =
      input != nullptr &&
      rnp().rnp_import_keys(ffi, input.get(), RNP_LOAD_SAVE_PUBLIC_KEYS, nullptr) == RNP_SUCCESS;
  rnp().rnp_get_public_key_count(ffi, &loaded.keys);
  return loaded;
}

// Empty, or why a key proves nothing (any more).
std::string objection(rnp_key_handle_t key, Timestamp now) {
  bool revoked = true;
  if (rnp().rnp_key_is_revoked(key, &revoked) != RNP_SUCCESS || revoked) return "was revoked";
  std::uint64_t until = 0;
  if (rnp().rnp_key_valid_till64(key, &until) != RNP_SUCCESS || until == 0)
    return "was never valid";
  if (until < static_cast<std::uint64_t>(now.time_since_epoch().count())) {
    return "expired at " + format_timestamp(Timestamp(std::chrono::seconds(until)));
  }
  const auto algorithm = text_of(rnp().rnp_key_get_alg, key);
  std::uint32_t bits = 0;
  rnp().rnp_key_get_bits(key, &bits);
  if (algorithm == "RSA" && bits < kMinRsaBits) {
    return "is of RSA with " + std::to_string(bits) + " bits; 2048 are the least";
  }
  if (algorithm != "RSA" && algorithm != "EDDSA" && algorithm != "ECDSA") {
    return "is of the algorithm " + algorithm + ", which does not count";
  }
  bool valid = false;
  if (rnp().rnp_key_is_valid(key, &valid) != RNP_SUCCESS || !valid) return "is not valid";
  return {};
}

// Empty, or why the signature is of a form that proves nothing.
std::string objection(rnp_signature_handle_t signature) {
  const auto type = text_of(rnp().rnp_signature_get_type, signature);
  if (type != "binary") return "is a signature of the type " + type + ", not one of a document";
  const auto hash = text_of(rnp().rnp_signature_get_hash_alg, signature);
  for (const char* sound : {"SHA224", "SHA256", "SHA384", "SHA512", "SHA3-256", "SHA3-512"}) {
    if (hash == sound) return {};
  }
  return "is over " + hash + ", which proves nothing";
}

std::string primary_fingerprint(rnp_key_handle_t key) {
  const auto primary = text_of(rnp().rnp_key_get_primary_fprint, key);
  return primary.empty() ? text_of(rnp().rnp_key_get_fprint, key) : primary;
}

Rnp<rnp_key_handle_st> primary_key(rnp_ffi_t ffi, const std::string& fingerprint) {
  return made<rnp_key_handle_st>(rnp().rnp_locate_key, ffi, "fingerprint", fingerprint.c_str());
}

std::string who_signed(rnp_signature_handle_t signature) {
  auto who = text_of(rnp().rnp_signature_get_key_fprint, signature);
  if (who.empty()) who = text_of(rnp().rnp_signature_get_keyid, signature);
  return "it is signed by the OpenPGP key " + (who.empty() ? "(unnamed)" : who);
}

Result<OpenPgpSigner> judge(rnp_ffi_t ffi, rnp_op_verify_signature_t found, Timestamp now) {
  const auto signature =
      made<rnp_signature_handle_st>(rnp().rnp_op_verify_signature_get_handle, found);
  if (!signature) return untrusted("its OpenPGP signature can't be read");
  const auto who = who_signed(signature.get());
  if (const auto why = objection(signature.get()); !why.empty()) {
    return untrusted("its OpenPGP signature " + why);
  }
  const rnp_result_t status = rnp().rnp_op_verify_signature_get_status(found);
  const auto key = made<rnp_key_handle_st>(rnp().rnp_op_verify_signature_get_key, found);
  if (status == RNP_ERROR_KEY_NOT_FOUND || !key) {
    return untrusted(who + ", which is not in the keyring");
  }
  const auto fingerprint = primary_fingerprint(key.get());
  const auto primary = primary_key(ffi, fingerprint);
  if (!primary) return untrusted(who + ", whose primary key is not in the keyring");
  bool may_sign = false;
  if (rnp().rnp_key_allows_usage(key.get(), "sign", &may_sign) != RNP_SUCCESS || !may_sign) {
    return untrusted(who + ", which is not for signing");
  }
  for (auto* one : {key.get(), primary.get()}) {
    if (const auto why = objection(one, now); !why.empty())
      return untrusted(who + ", which " + why);
  }
  if (status == RNP_ERROR_SIGNATURE_EXPIRED) return untrusted("its OpenPGP signature has expired");
  if (status != RNP_SUCCESS) {
    return untrusted("its OpenPGP signature does not fit what it stands under, or its key " +
                     fingerprint + " was not valid when it was made");
  }
  return OpenPgpSigner{fingerprint, text_of(rnp().rnp_key_get_primary_uid, primary.get())};
}

}  // namespace

Result<OpenPgpKeyring> OpenPgpKeyring::parse(std::string_view bytes, const std::string& what) {
  if (bytes.size() > kMaxBytes) {
    return fail(ErrorCode::kInvalidInput, what + ": is larger than 16 MiB");
  }
  if (!rnp_library()) return fail(rnp_library().error());
  const auto loaded = load(bytes, std::nullopt);  // for its form alone
  if (!loaded.good || loaded.keys == 0) {
    return fail(ErrorCode::kInvalidInput,
                what + ": is no OpenPGP keyring; write one with gpg --export ADDRESS");
  }
  OpenPgpKeyring keyring;
  keyring.bytes_ = bytes;
  return keyring;
}

Result<OpenPgpSigner> OpenPgpKeyring::verify(std::string_view message, std::string_view signature,
                                             Timestamp now) const {
  const auto loaded = load(bytes_, now);
  if (!loaded.good) return fail(ErrorCode::kIo, "the OpenPGP keyring could not be loaded");
  const auto signed_bytes = input_of(message);
  const auto armored = input_of(signature);
  rnp_op_verify_t raw = nullptr;
  if (rnp().rnp_op_verify_detached_create(&raw, loaded.ffi.get(), signed_bytes.get(),
                                          armored.get()) != RNP_SUCCESS) {
    return untrusted("its OpenPGP signature can't be read");
  }
  const Rnp<rnp_op_verify_st> verification(raw);
  rnp().rnp_op_verify_execute(raw);  // each signature has a status of its own
  std::size_t count = 0;
  rnp().rnp_op_verify_get_signature_count(raw, &count);
  rnp_op_verify_signature_t found = nullptr;
  if (count != 1 || rnp().rnp_op_verify_get_signature_at(raw, 0, &found) != RNP_SUCCESS) {
    return untrusted("it has " + std::to_string(count) +
                     " OpenPGP signatures that can be read, where exactly one is expected");
  }
  return judge(loaded.ffi.get(), found, now);
}

}  // namespace sealift::commits
