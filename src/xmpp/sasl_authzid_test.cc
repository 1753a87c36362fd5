#include "xmpp/sasl_authzid.h"

#include <gtest/gtest.h>

namespace rookery::xmpp {
namespace {

TEST(Case16, NobodyActsForAnother) {
  const BareJid juliet = BareJid::parse("juliet@example.org").value();
  EXPECT_TRUE(authzid_allowed("", juliet));
  EXPECT_TRUE(authzid_allowed("juliet@example.org", juliet));
  EXPECT_TRUE(authzid_allowed("Juliet@EXAMPLE.org", juliet)) << "the same, prepared";
  for (const auto* other :
       {"romeo@example.org", "juliet@example.com", "juliet", "example.org", "juliet@example.org/x",
        "juliet@example.org/", "@example.org", " ", "juliet@example.org "})
    EXPECT_FALSE(authzid_allowed(other, juliet)) << other;
}

} // namespace
} // namespace rookery::xmpp
