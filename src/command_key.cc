#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/crypto/keys.h>
#include <sealift/pkcs11/key_uri.h>

#include <CLI/CLI.hpp>

#include <cstdlib>

#include "command.h"
#include "key_argument.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxKeyBytes = 64u << 10;

struct KeyOutputFlags {
  std::string prefix = "cosign";
  bool no_password = false;
  PasswordSource password;
};

void add_output_flags(CLI::App& command, KeyOutputFlags& flags) {
  command
      .add_option("--output-key-prefix", flags.prefix,
                  "Files to write: PREFIX.key and PREFIX.pub; existing ones are never replaced")
      ->capture_default_str()
      ->type_name("PREFIX");
  command.add_flag("--no-password", flags.no_password,
                   "Write the private key without encryption (PKCS#8)");
  command
      .add_option("--password-file", flags.password.file,
                  "File with the password; otherwise SEALIFT_PASSWORD, COSIGN_PASSWORD or the "
                  "terminal")
      ->type_name("FILE");
}

Result<> write_all(WritableFile& file, std::string_view bytes) {
  SEALIFT_TRY(file.write(bytes));
  SEALIFT_TRY(file.sync());
  return file.close();
}

// Nothing stays of a file that could not be written to its end.
Result<> write_new(const std::string& path, std::string_view bytes, FileSystem::Access access) {
  SEALIFT_ASSIGN(auto file, system_files().create(path, access));
  auto written = write_all(*file, bytes);
  if (!written) (void)system_files().remove(path);
  return written;
}

// Both names must be free before either is taken: half a pair helps nobody.
Result<> check_free(const std::string& path) {
  auto info = system_files().info(path);
  if (!info && info.error().code() == ErrorCode::kNotFound) return {};
  if (!info) return fail(std::move(info).error());
  return fail(ErrorCode::kConflict, path +
                                        " exists and a key is never replaced; move it away or "
                                        "choose another --output-key-prefix");
}

Result<> write_pair(const crypto::PrivateKey& key, const KeyOutputFlags& flags,
                    const Surroundings& surroundings) {
  const auto private_path = flags.prefix + ".key";
  const auto public_path = flags.prefix + ".pub";
  SEALIFT_TRY(check_free(private_path));
  SEALIFT_TRY(check_free(public_path));
  std::string pem;
  if (flags.no_password) {
    pem = key.to_plain_pem();
  } else {
    SEALIFT_ASSIGN(auto password,
                   flags.password.read_new("Password for " + private_path, surroundings.stop));
    SEALIFT_ASSIGN(pem, key.to_encrypted_pem(password, system_random()));
  }
  SEALIFT_TRY(write_new(private_path, pem, FileSystem::Access::kPrivate));
  SEALIFT_TRY(write_new(public_path, key.public_key().to_pem(), FileSystem::Access::kPublic));
  surroundings.output.step("written", private_path + " (keep it secret) and " + public_path);
  Json json;
  json.set("privateKey", private_path);
  json.set("publicKey", public_path);
  json.set("type", crypto::to_string(key.type()));
  json.set("fingerprint", key.public_key().fingerprint());
  surroundings.output.document(json);
  return {};
}

void add_generate(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("generate", "Make a key pair that cosign can use as well");
  auto flags = std::make_shared<KeyOutputFlags>();
  auto type = std::make_shared<std::string>("ecdsa-p256");
  add_output_flags(*command, *flags);
  command->add_option("--type", *type, "Kind of key")
      ->check(CLI::IsMember({"ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "ed25519", "rsa-2048",
                             "rsa-3072", "rsa-4096"}))
      ->capture_default_str()
      ->type_name("TYPE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(auto parsed, crypto::parse_key_type(*type));
      SEALIFT_ASSIGN(auto key, crypto::PrivateKey::generate(parsed));
      return write_pair(key, *flags, surroundings);
    };
  });
}

// A token shows it without a PIN.
Result<crypto::PublicKey> public_half(const std::string& argument, const PasswordSource& password,
                                      std::stop_token stop) {
  if (pkcs11::is_key_uri(argument)) return load_public_key(argument);
  SEALIFT_ASSIGN(const auto key, load_private_key(argument, password, std::move(stop)));
  return key.public_key();
}

void add_public(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand("public", "Print the public key of a private key");
  auto argument = std::make_shared<std::string>();
  auto password = std::make_shared<PasswordSource>();
  command
      ->add_option("--key", *argument, "Private key file, or the pkcs11: URI of a key in a token")
      ->required()
      ->type_name("FILE|URI");
  command->add_option("--password-file", password->file, "File with the key's password")
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(const auto key, public_half(*argument, *password, surroundings.stop));
      const auto pem = key.to_pem();
      surroundings.output.text(pem);
      Json json;
      json.set("publicKey", pem);
      json.set("type", crypto::to_string(key.type()));
      json.set("fingerprint", key.fingerprint());
      surroundings.output.document(json);
      return {};
    };
  });
}

// The password that a foreign key file has is another than the one that the new file gets.
Result<std::string> import_password(const std::string& pem, const std::string& path,
                                    std::stop_token stop) {
  if (!crypto::is_encrypted_pem(pem)) return std::string();
  if (const char* value = std::getenv("SEALIFT_IMPORT_PASSWORD")) return std::string(value);
  return PasswordSource().read("Password of " + path, std::move(stop));
}

void add_import(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "import", "Turn a private key of OpenSSL or another tool into a pair that cosign can use");
  auto flags = std::make_shared<KeyOutputFlags>();
  auto file = std::make_shared<std::string>();
  flags->prefix = "import-cosign";
  command
      ->add_option("--key", *file,
                   "PEM file: PKCS#8, PKCS#1 or SEC1; the password of an encrypted one comes from "
                   "SEALIFT_IMPORT_PASSWORD")
      ->required()
      ->type_name("FILE");
  add_output_flags(*command, *flags);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) -> Result<> {
      SEALIFT_ASSIGN(auto pem, read_file(system_files(), *file, kMaxKeyBytes));
      SEALIFT_ASSIGN(auto password, import_password(pem, *file, surroundings.stop));
      SEALIFT_ASSIGN(auto key, crypto::PrivateKey::import_pem(pem, password, *file));
      return write_pair(key, *flags, surroundings);
    };
  });
}

}  // namespace

void add_key_command(CLI::App& app, Action& chosen) {
  auto* key = app.add_subcommand("key", "Make, import and show signing keys");
  key->require_subcommand(1);
  add_generate(*key, chosen);
  add_public(*key, chosen);
  add_import(*key, chosen);
}

}  // namespace sealift::program
