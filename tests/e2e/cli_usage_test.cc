// The command line itself: usage errors, version, completion, exit codes, output that fails.
#include "cli_fixture.h"

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CliUsage : public CliTest {
 protected:
  // What bash offers for a command line whose last word is being typed.
  std::string completed(const std::string& line) const {
    return run_well({"bash", "-c",
                     "eval \"$(" SEALIFT_PROGRAM " completion bash)\"; COMP_WORDS=(" + line +
                         "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sealift; "
                         "printf '%s\\n' \"${COMPREPLY[@]}\""});
  }
};

struct UsageError {
  std::string name;
  std::vector<std::string> arguments;
  std::string message;
};

class CliUsageError : public CliTest, public testing::WithParamInterface<UsageError> {};

INSTANTIATE_TEST_SUITE_P(
    Cases, CliUsageError,
    testing::ValuesIn(std::vector<UsageError>{
        {"Nothing", {}, "subcommand is required; see \"sealift --help\""},
        {"UnknownCommand", {"frob"}, "there is no subcommand \"frob\""},
        {"UnknownCommandWithFlags", {"gt", "-n", "t"}, "there is no subcommand \"gt\""},
        {"FlagBeforeNothing", {"--frob", "x"}, "there is no flag \"--frob\""},
        {"UnaskedUninstall", {"uninstall"}, "give --yes where that is decided"},
        {"UnknownFlag", {"version", "--frob"}, "there is no flag \"--frob\""},
        {"MisspeltFlag", {"push", "--frm", "shop", "oci-layout:a:b"}, "there is no flag \"--frm\""},
        {"NoReference",
         {"sign", "--key", "a.key"},
         "reference is required; see \"sealift sign --help\""},
        {"NoSource", {"push", "oci-layout:a:b"}, "--from is required"},
        {"PlainName", {"pull", "host/shop:v1", "-o", "x"}, "write oci://host/shop:v1"},
        {"NoVersion", {"verify", "oci://host/shop", "--key", "k"}, "neither a tag nor a digest"},
        {"BadTag", {"push", "oci-layout:a:b", "--from", ".", "--tag", "a b"}, "a b is no tag"},
        {"LargeSequence",
         {"push", "oci-layout:a:b", "--from", ".", "--sequence", "9223372036854775808"},
         "\"9223372036854775808\" is no whole number from 0 to"},
        {"HexSequence",
         {"push", "oci-layout:a:b", "--from", ".", "--sequence", "0x10"},
         "\"0x10\" is no whole number"},
        {"NegativeSequence",
         {"push", "oci-layout:a:b", "--from", ".", "--sequence", "-1"},
         "\"-1\" is no whole number"},
        {"BadFormat", {"push", "oci-layout:a:b", "--from", ".", "--format", "helm"}, "helm"},
        {"BadStorage", {"sign", "oci-layout:a:b", "--key", "k", "--signature-storage", "x"}, "x"},
        {"BadKeyType", {"key", "generate", "--type", "dsa"}, "dsa"},
        {"NoTrust", {"verify", "oci-layout:a:b"}, "nothing says whom to trust; give --key FILE"},
        {"TwoTrusts", {"verify", "oci-layout:a:b", "--key", "k", "--policy", "p"}, "--policy"},
        {"UserAlone", {"inspect", "oci-layout:a:b", "-u", "ada"}, "requires --password-stdin"},
        {"PasswordAlone", {"inspect", "oci-layout:a:b", "--password-stdin"}, "requires --username"},
        {"CertificateAlone", {"inspect", "oci-layout:a:b", "--cert-file", "c"}, "--key-file"},
        {"BrokenRange", {"copy", "oci-layout:a", "--tags", ">=1.x.y", "oci-layout:b"}, ">=1.x.y"},
        {"MisspeltType",
         {"verify", "oci-layout:a:b", "--key", "k", "--type", "slsaprovenence"},
         "\"slsaprovenence\" is neither a URI nor one of custom, cyclonedx"},
        {"BadShell", {"completion", "csh"}, "csh"}}),
    [](const auto& test) { return test.param.name; });

TEST_P(CliUsageError, EndsWithTwoAndSaysWhatToDo) {
  EXPECT_THAT(sealift(GetParam().arguments), ends_with(2, GetParam().message));
  auto arguments = GetParam().arguments;
  arguments.insert(arguments.begin(), "--json");
  const auto result = sealift(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  ASSERT_OK_ASSIGN(const Json json, parse_json(result.err, "the error"));
  EXPECT_THAT(std::string(json.string_at({"error", "message"})), HasSubstr(GetParam().message));
}

TEST_F(CliUsage, ATerminalIsNotToldWhatAMessageQuotes) {
  EXPECT_THAT(sealift({"\033]0;owned\007"}), ends_with(2, R"("\x1b]0;owned\x07")"));
}

TEST_F(CliUsage, VersionSaysFromWhichCommit) {
  const Json json = succeed_json({"version"});
  EXPECT_EQ(succeed({"version"}),
            "sealift " + std::string(json.string_at({"version"})) +
                (json.string_at({"commit"}).empty()
                     ? "\n"
                     : " (" + std::string(json.string_at({"commit"})) + ")\n"));
  EXPECT_EQ(json.string_at({"artifactApi"}), "sealift.dev/v1alpha1");
  EXPECT_EQ(succeed({"--version"}), "sealift " + std::string(json.string_at({"version"})) + "\n");
}

TEST_F(CliUsage, BashCompletesCommandsAndTheirFlags) {
  EXPECT_EQ(completed("sealift pu"), "push\npull\n");
  EXPECT_EQ(completed("/somewhere/sealift key g"), "generate\n");
  EXPECT_EQ(completed("sealift push oci-layout:a:b --sig"),
            "--sign\n--signature-storage\n--signing-config\n");
  EXPECT_EQ(completed("sealift verify --po"), "--policy\n");
  EXPECT_THAT(completed("sealift key generate --"),
              AllOf(HasSubstr("--type"), HasSubstr("--json"), Not(HasSubstr("--from"))));
  files().write("release.pub", "");
  EXPECT_EQ(completed("sealift verify --key rel"), "release.pub\n");
}

TEST_F(CliUsage, EveryShellHasAScript) {
  EXPECT_THAT(succeed({"completion", "zsh"}), StartsWith("#compdef sealift\n"));
  EXPECT_THAT(succeed({"completion", "fish"}),
              HasSubstr("case 'sealift push *'\n      string split ' ' -- '--"));
  const Json json = succeed_json({"completion", "bash"});
  EXPECT_EQ(json.string_at({"shell"}), "bash");
  EXPECT_EQ(json.string_at({"script"}), succeed({"completion", "bash"}));
}

TEST_F(CliUsage, HelpOfEachCommandIsNoError) {
  for (const std::string command :
       {"check", "schemas", "push", "login", "logout", "pull", "sign", "verify", "inspect", "key",
        "policy", "trust", "tag", "delete", "gc", "cat", "completion", "version"}) {
    EXPECT_THAT(succeed({command, "--help"}), HasSubstr("Usage: sealift " + command));
  }
}

TEST_F(CliUsage, ADirectoryIsNoFileToRead) {
  EXPECT_THAT(sealift({"verify", "oci-layout:a:b", "--policy", "."}),
              ends_with(7, "cannot read .: it is a directory"));
}

TEST_F(CliUsage, ThePullersErrorsLookTheSame) {
  const auto once = run({SEALIFT_PROGRAM "-puller", "--once"});
  EXPECT_EQ(once.exit_code, 2);
  EXPECT_EQ(once.err, "sealift-puller: --once requires --config; see \"sealift-puller --help\"\n");
  const auto nowhere = run({"env", "-u", "KUBECONFIG", SEALIFT_PROGRAM "-puller"});
  EXPECT_EQ(nowhere.exit_code, 4);
  EXPECT_THAT(nowhere.err,
              StartsWith("sealift-puller: no cluster to deliver to: give --kubeconfig"));
  const auto loud = run({SEALIFT_PROGRAM "-puller", "--log-level", "loud"});
  EXPECT_EQ(loud.exit_code, 2);
  EXPECT_THAT(loud.err, StartsWith("sealift-puller: --log-level: \"loud\" is no log level"));
  EXPECT_THAT(run_well({SEALIFT_PROGRAM "-puller", "--version"}), StartsWith("sealift-puller "));
}

TEST_F(CliUsage, AnEmptyRecordHasNoHead) {
  files().write("decisions.jsonl", "");
  EXPECT_EQ(run_well({SEALIFT_PROGRAM "-puller", "--check-record", "decisions.jsonl"}),
            "0 records, chain unbroken, head none\n");
}

TEST_F(CliUsage, AResultThatIsLostIsAFailure) {
  const auto result = run({"sh", "-c", "exec " SEALIFT_PROGRAM " version >/dev/full"});
  EXPECT_THAT(result, ends_with(1, "could not be written"));
}

}  // namespace
}  // namespace sealift::test
