#include "token_session.h"

#include <sealift/base/encoding.h>

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>
#include <algorithm>
#include <array>
#include <optional>

#include "uri_handle.h"

namespace sealift::pkcs11 {
namespace {

constexpr std::size_t kMaxObjects = 16;
constexpr std::size_t kMaxSlots = 256;
constexpr std::size_t kMaxMechanisms = 4096;
constexpr std::size_t kMaxAttributeBytes = 64u << 10;
constexpr std::size_t kMaxSignatureBytes = 1024;

CK_FUNCTION_LIST* functions_of(void* module) { return static_cast<CK_FUNCTION_LIST*>(module); }

unsigned char* bytes_of(std::string_view text) {
  return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(text.data()));
}

// Fixed width, filled up with blanks (PKCS#11, section 3.1).
template <std::size_t size>
std::string text_of(const unsigned char (&padded)[size]) {
  return printable(
      std::string_view(reinterpret_cast<const char*>(padded), p11_kit_space_strlen(padded, size)));
}

struct Candidate {
  void* functions = nullptr;
  CK_SLOT_ID slot = 0;
  CK_TOKEN_INFO token{};
};

std::optional<Candidate> candidate(void* module, CK_SLOT_ID slot, P11KitUri* uri) {
  CK_SLOT_INFO slot_info{};
  Candidate found{module, slot, {}};
  const auto wanted = p11_kit_uri_get_slot_id(uri);
  if (wanted != static_cast<CK_SLOT_ID>(-1) && wanted != slot) return std::nullopt;
  if (functions_of(module)->C_GetSlotInfo(slot, &slot_info) != CKR_OK ||
      functions_of(module)->C_GetTokenInfo(slot, &found.token) != CKR_OK ||
      (found.token.flags & CKF_TOKEN_INITIALIZED) == 0 ||
      p11_kit_uri_match_slot_info(uri, &slot_info) != 1 ||
      p11_kit_uri_match_token_info(uri, &found.token) != 1) {
    return std::nullopt;
  }
  return found;
}

std::vector<Candidate> candidates(const ModuleSet& modules, P11KitUri* uri) {
  std::vector<Candidate> found;
  for (void* module : modules.functions()) {
    CK_INFO info{};
    if (functions_of(module)->C_GetInfo(&info) != CKR_OK ||
        p11_kit_uri_match_module_info(uri, &info) != 1) {
      continue;
    }
    std::array<CK_SLOT_ID, kMaxSlots> slots{};
    CK_ULONG count = slots.size();
    if (functions_of(module)->C_GetSlotList(CK_TRUE, slots.data(), &count) != CKR_OK) continue;
    for (CK_ULONG i = 0; i < count; ++i) {
      if (auto one = candidate(module, slots.at(i), uri)) found.push_back(*one);
    }
  }
  return found;
}

ErrorCode code_of(CK_RV result) {
  switch (result) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
    case CKR_USER_PIN_NOT_INITIALIZED:
    case CKR_USER_NOT_LOGGED_IN:
      return ErrorCode::kUnauthenticated;
    case CKR_MECHANISM_INVALID:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
    case CKR_KEY_SIZE_RANGE:
      return ErrorCode::kInvalidInput;
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_DEVICE_REMOVED:
      return ErrorCode::kUnavailable;
    case CKR_FUNCTION_CANCELED:
      return ErrorCode::kCancelled;
    default:
      return ErrorCode::kIo;
  }
}

std::string sentence_of(CK_RV result) {
  switch (result) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return "the PIN is wrong; it was tried once, and a token locks after a few wrong ones";
    case CKR_PIN_LOCKED:
      return "the PIN is locked after too many wrong ones; its owner must set it anew";
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
      return "the key may not sign";
    default:
      return p11_kit_strerror(result);
  }
}

}  // namespace

Error TokenSession::error(const std::string& what, Number result) const {
  return Error(code_of(result), "token \"" + token_ + "\": " + what + ": " + sentence_of(result));
}

Result<std::unique_ptr<TokenSession>> TokenSession::open(const KeyUri& uri,
                                                         std::shared_ptr<const ModuleSet> modules) {
  const auto found = candidates(*modules, uri_of(uri));
  if (found.empty()) {
    return fail(ErrorCode::kNotFound,
                "no token fits " + uri.to_string() +
                    "; is it plugged in, and is the right PKCS#11 module asked (module-path=, "
                    "SEALIFT_PKCS11_MODULE_PATH)?");
  }
  if (found.size() > 1) {
    std::string labels;
    for (const auto& one : found) labels += " \"" + text_of(one.token.label) + "\"";
    return fail(ErrorCode::kInvalidInput, std::to_string(found.size()) + " tokens fit " +
                                              uri.to_string() + ":" + labels +
                                              "; say which with token= or serial=");
  }
  std::unique_ptr<TokenSession> session(new TokenSession());
  session->token_ = text_of(found[0].token.label);
  session->slot_ = found[0].slot;
  session->flags_ = found[0].token.flags;
  const CK_RV result =
      functions_of(found[0].functions)
          ->C_OpenSession(found[0].slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session->session_);
  if (result != CKR_OK) return fail(session->error("opening a session", result));
  session->functions_ = found[0].functions;
  session->modules_ = std::move(modules);
  return session;
}

TokenSession::~TokenSession() {
  // Closing the last session with a token logs out as well (PKCS#11, section 5.6).
  if (functions_ != nullptr) functions_of(functions_)->C_CloseSession(session_);
}

bool TokenSession::wants_login() const { return (flags_ & CKF_LOGIN_REQUIRED) != 0; }

bool TokenSession::asks_itself() const { return (flags_ & CKF_PROTECTED_AUTHENTICATION_PATH) != 0; }

Result<> TokenSession::log_in_as(Number user, std::string_view pin) const {
  const bool keypad = asks_itself();
  const CK_RV result =
      functions_of(functions_)
          ->C_Login(session_, user, keypad ? nullptr : bytes_of(pin), keypad ? 0 : pin.size());
  // The state of being logged in belongs to the program: another key of this token has done it.
  if (result != CKR_OK && result != CKR_USER_ALREADY_LOGGED_IN) {
    return fail(error("logging in", result));
  }
  return {};
}

Result<> TokenSession::log_in(std::string_view pin) { return log_in_as(CKU_USER, pin); }

Result<std::vector<Number>> TokenSession::find(Number object_class, const KeyUri& uri) const {
  return find(object_class, uri.id().value_or(""), uri.label().value_or(""));
}

Result<std::vector<Number>> TokenSession::find(Number object_class, const std::string& id,
                                               const std::string& label) const {
  std::vector<CK_ATTRIBUTE> wanted = {{CKA_CLASS, &object_class, sizeof object_class}};
  if (!id.empty()) wanted.push_back({CKA_ID, bytes_of(id), id.size()});
  if (!label.empty()) wanted.push_back({CKA_LABEL, bytes_of(label), label.size()});
  auto* functions = functions_of(functions_);
  CK_RV result = functions->C_FindObjectsInit(session_, wanted.data(), wanted.size());
  if (result != CKR_OK) return fail(error("looking for the key", result));
  std::vector<Number> objects(kMaxObjects);
  CK_ULONG count = 0;
  result = functions->C_FindObjects(session_, objects.data(), objects.size(), &count);
  functions->C_FindObjectsFinal(session_);
  if (result != CKR_OK) return fail(error("looking for the key", result));
  objects.resize(std::min<std::size_t>(count, kMaxObjects));
  return objects;
}

Result<std::string> TokenSession::attribute(Number object, Number type) const {
  auto* functions = functions_of(functions_);
  CK_ATTRIBUTE wanted = {type, nullptr, 0};
  CK_RV result = functions->C_GetAttributeValue(session_, object, &wanted, 1);
  if (result == CKR_ATTRIBUTE_TYPE_INVALID || result == CKR_ATTRIBUTE_SENSITIVE) {
    return std::string();
  }
  if (result != CKR_OK) return fail(error("reading the key", result));
  if (wanted.ulValueLen > kMaxAttributeBytes) {
    return fail(ErrorCode::kInvalidInput, "token \"" + token_ +
                                              "\": an attribute of the key has more than " +
                                              std::to_string(kMaxAttributeBytes) + " bytes");
  }
  std::string value(wanted.ulValueLen, '\0');
  wanted.pValue = value.data();
  result = functions->C_GetAttributeValue(session_, object, &wanted, 1);
  if (result != CKR_OK) return fail(error("reading the key", result));
  value.resize(std::min<std::size_t>(value.size(), wanted.ulValueLen));
  return value;
}

bool TokenSession::signs_by(Number mechanism) const {
  auto* functions = functions_of(functions_);
  std::vector<CK_MECHANISM_TYPE> list(kMaxMechanisms);
  CK_ULONG count = list.size();
  if (functions->C_GetMechanismList(slot_, list.data(), &count) != CKR_OK) return false;
  list.resize(std::min<std::size_t>(count, list.size()));
  CK_MECHANISM_INFO info{};
  return std::find(list.begin(), list.end(), mechanism) != list.end() &&
         functions->C_GetMechanismInfo(slot_, mechanism, &info) == CKR_OK &&
         (info.flags & CKF_SIGN) != 0;
}

Result<std::string> TokenSession::sign(Number key, Number mechanism, std::string_view input,
                                       std::string_view pin) const {
  auto* functions = functions_of(functions_);
  SEALIFT_ASSIGN(const auto always, attribute(key, CKA_ALWAYS_AUTHENTICATE));
  CK_MECHANISM by = {mechanism, nullptr, 0};
  CK_RV result = functions->C_SignInit(session_, &by, key);
  if (result != CKR_OK) return fail(error("signing", result));
  if (always == std::string(1, CK_TRUE)) {
    SEALIFT_TRY(log_in_as(CKU_CONTEXT_SPECIFIC, pin));
  }
  std::string signature(kMaxSignatureBytes, '\0');
  CK_ULONG size = signature.size();
  result = functions->C_Sign(session_, bytes_of(input), input.size(), bytes_of(signature), &size);
  if (result != CKR_OK) return fail(error("signing", result));
  signature.resize(std::min<std::size_t>(signature.size(), size));
  return signature;
}

}  // namespace sealift::pkcs11
