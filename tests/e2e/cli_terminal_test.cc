// What people see and type at a terminal: passwords without echo, interrupts, colours.
#include "cli_fixture.h"

#include <support/pseudo_terminal.h>

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliTerminal : public CliTest {
 protected:
  std::vector<std::string> command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"env", "-C", directory(), "-u", "SEALIFT_PASSWORD", "-u",
                                         "COSIGN_PASSWORD", SEALIFT_PROGRAM});
    return arguments;
  }
};

TEST_F(CliTerminal, AsksTwiceForANewPasswordAndShowsNothingOfIt) {
  PseudoTerminal terminal(command({"key", "generate"}));
  ASSERT_TRUE(terminal.wait_for("Password for cosign.key: "));
  terminal.type("tr0ub4dor\n");
  ASSERT_TRUE(terminal.wait_for("Password for cosign.key, again: "));
  terminal.type("tr0ub4dor\n");
  EXPECT_EQ(terminal.wait(), 0) << terminal.output();
  EXPECT_THAT(terminal.output(), Not(HasSubstr("tr0ub4dor")));
  EXPECT_EQ(succeed({"key", "public", "--key", "cosign.key"},
                    with_environment({{"SEALIFT_PASSWORD", "tr0ub4dor"}})),
            files().read("cosign.pub"));

  PseudoTerminal again(command({"key", "public", "--key", "cosign.key"}));
  ASSERT_TRUE(again.wait_for("Password of cosign.key: "));
  again.type("tr0ub4dor\n");
  EXPECT_EQ(again.wait(), 0) << again.output();
  EXPECT_THAT(again.output(), HasSubstr("BEGIN PUBLIC KEY"));
}

TEST_F(CliTerminal, TwoDifferentPasswordsMakeNoKey) {
  PseudoTerminal terminal(command({"key", "generate"}));
  ASSERT_TRUE(terminal.wait_for("Password for cosign.key: "));
  terminal.type("tr0ub4dor\n");
  ASSERT_TRUE(terminal.wait_for("again: "));
  terminal.type("tr0ub4dro\n");
  EXPECT_EQ(terminal.wait(), 7);
  EXPECT_THAT(terminal.output(), HasSubstr("the two passwords differ; nothing was written"));
  EXPECT_FALSE(files().has("cosign.key"));
}

TEST_F(CliTerminal, AnInterruptEndsTheQuestionAndGivesTheEchoBack) {
  for (const char* answer : {"\x03", "\x04"}) {  // Ctrl-C, Ctrl-D
    PseudoTerminal terminal(command({"key", "generate"}));
    ASSERT_TRUE(terminal.wait_for("Password for cosign.key: "));
    EXPECT_FALSE(terminal.echoes());
    terminal.type(answer);
    EXPECT_EQ(terminal.wait(), 9) << terminal.output();
    EXPECT_TRUE(terminal.echoes());
    EXPECT_THAT(terminal.output(), HasSubstr("no password was given; nothing was done"));
    EXPECT_FALSE(files().has("cosign.key"));
  }
}

TEST_F(CliTerminal, ColoursAreForTerminalsAndNotWhereTheyAreUnwanted) {
  PseudoTerminal coloured(command({"push", "oci-layout:out:v1", "--from", git().path()}));
  EXPECT_EQ(coloured.wait(), 0);
  EXPECT_THAT(coloured.output(), HasSubstr("\033[32mpushed"));
  PseudoTerminal plain({"env", "NO_COLOR=1", SEALIFT_PROGRAM, "inspect", "oci-layout:none:v1"});
  EXPECT_EQ(plain.wait(), 4);
  EXPECT_THAT(plain.output(), Not(HasSubstr("\033[")));
}

}  // namespace
}  // namespace sealift::test
