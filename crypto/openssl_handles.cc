#include "openssl_handles.h"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace sealift::crypto {

void OpensslDeleter::operator()(CMS_ContentInfo_st* object) const { CMS_ContentInfo_free(object); }
void OpensslDeleter::operator()(ESS_signing_cert* object) const { ESS_SIGNING_CERT_free(object); }
void OpensslDeleter::operator()(ESS_signing_cert_v2_st* object) const {
  ESS_SIGNING_CERT_V2_free(object);
}
void OpensslDeleter::operator()(TS_tst_info_st* object) const { TS_TST_INFO_free(object); }
void OpensslDeleter::operator()(bio_st* object) const { BIO_free(object); }
void OpensslDeleter::operator()(stack_st_ASN1_OBJECT* object) const {
  sk_ASN1_OBJECT_pop_free(object, ASN1_OBJECT_free);
}
void OpensslDeleter::operator()(stack_st_GENERAL_NAME* object) const { GENERAL_NAMES_free(object); }
void OpensslDeleter::operator()(stack_st_X509* object) const {
  sk_X509_pop_free(object, X509_free);
}
void OpensslDeleter::operator()(x509_st* object) const { X509_free(object); }
void OpensslDeleter::operator()(x509_store_ctx_st* object) const { X509_STORE_CTX_free(object); }
void OpensslDeleter::operator()(x509_store_st* object) const { X509_STORE_free(object); }

}  // namespace sealift::crypto
