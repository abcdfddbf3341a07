#include "curl_exchange.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace sealift {

// curl reports some refused certificates (a CA of the right name with another key) as a failed
// handshake like any other. So what OpenSSL's verification says is written down here.
CURLcode CurlExchange::on_tls(CURL*, void* tls_context, void* self) {
  auto* context = static_cast<SSL_CTX*>(tls_context);
  if (SSL_CTX_get_verify_mode(context) == SSL_VERIFY_NONE) return CURLE_OK;
  // The verification then runs once, in the handshake that this exchange drives: the connection
  // may outlive the exchange.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_cert_verify_callback(
      context,
      [](X509_STORE_CTX* chain, void* exchange) {
        const int accepted = X509_verify_cert(chain);
        if (accepted != 1) {
          static_cast<CurlExchange*>(exchange)->certificate_problem_ =
              X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
        }
        return accepted;
      },
      self);
  return CURLE_OK;
}

}  // namespace sealift
