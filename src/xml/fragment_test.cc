#include "xml/fragment.h"

#include <gtest/gtest.h>

namespace rookery::xml {
namespace {

TEST(FragmentTest, OneElementIsRead) {
  const auto document = parse_fragment("<?xml version='1.0'?> <a xmlns='x:y'>&lt;<b/></a>\n", {});
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().is("a", "x:y"));
  EXPECT_EQ(document->root().text(), "<");
}

TEST(FragmentTest, TheNamespaceAroundItIsInForce) {
  const auto document = parse_fragment("<message><body/></message>", {}, "jabber:client");
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->root().child("body", "jabber:client"));
}

TEST(FragmentTest, WhatIsNoneIsRefusedWithItsReason) {
  const std::pair<std::string_view, FrameError> cases[] = {
      {"", FrameError::kNotWellFormed},
      {"  ", FrameError::kNotWellFormed},
      {"<a>", FrameError::kNotWellFormed},
      {"<a/><b/>", FrameError::kNotWellFormed},
      {"<a:b/>", FrameError::kNotWellFormed},
      {"<!DOCTYPE a><a/>", FrameError::kRestricted},
      {"<a><!-- x --></a>", FrameError::kRestricted},
      {"<a>&b;</a>", FrameError::kRestricted},
  };
  for (const auto& [text, error] : cases) {
    const auto document = parse_fragment(text, {});
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error(), error) << text << ": " << to_string(document.error());
  }
}

} // namespace
} // namespace rookery::xml
