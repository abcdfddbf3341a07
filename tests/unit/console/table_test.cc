#include <sealift/console/table.h>

#include <gtest/gtest.h>

namespace sealift::console {
namespace {

TEST(Table, AlignsColumnsByTheirWidestCell) {
  Table table({"NAME", "READY", "MESSAGE"});
  table.add({"web", "True", "delivered main"});
  table.add({"a-long-name", "", ""});
  EXPECT_EQ(table.take_text(),
            "NAME          READY    MESSAGE\n"
            "web           True     delivered main\n"
            "a-long-name   <none>\n");
}

TEST(Table, LaterLinesStayBelowTheEarlierOnes) {
  Table table({"NAME", "READY"});
  table.add({"a-long-name", "True"});
  table.take_text();
  table.add({"b", "False"});
  EXPECT_EQ(table.take_text(), "b             False\n");
  EXPECT_EQ(table.take_text(), "");
}

TEST(Table, CountsLettersAndNotBytes) {
  Table table({"N", "M"});
  table.add({"müß", "1"});
  table.add({"abc", "2"});
  EXPECT_EQ(table.take_text(), "N     M\nmüß   1\nabc   2\n");
}

TEST(Table, WhatAClusterSaysCannotMoveTheCursor) {
  Table table({"MESSAGE"});
  table.add({"a\033[2Jb\nc"});
  EXPECT_EQ(table.take_text(), "MESSAGE\na\\x1b[2Jb\\x0ac\n");
}

}  // namespace
}  // namespace sealift::console
