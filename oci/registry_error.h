#pragma once

#include <sealift/base/error.h>
#include <sealift/base/http.h>
#include <sealift/oci/credentials.h>

#include <string>
#include <string_view>

namespace sealift::oci {

// Who was asked for what, for messages.
struct RegistryTask {
  std::string registry;    // "registry.example.com:5000"
  std::string repository;  // "team/shop"
  std::string action;      // "fetch the manifest v1": reads well behind "to"
  bool plain_http = false;
  std::string login_advice = {};  // RepositoryOptions::login_advice
};

// The answer of a registry in a few words: "404 MANIFEST_UNKNOWN: manifest unknown". Reads the
// error body of distribution-spec 1.1 ("Error Codes"); what the server wrote is made printable and
// cut.
std::string describe_answer(int status, std::string_view body);

// The answer as an error that says what to do next; the code follows the status, and Retry-After
// goes along. `now` is for a Retry-After that is a date.
Error registry_error(const RegistryTask& task, const HttpResponse& head, std::string_view body,
                     const Credentials& credentials, Timestamp now);

// Adds what to do where the two sides disagree on http and https.
Error explain_transport_error(Error error, bool plain_http);

}  // namespace sealift::oci
