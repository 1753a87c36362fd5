// XEP-0077 §3.2: the contacts of an account that is deleted are told.
#include <future>

#include "modules/roster/contacts_for_test.h"
#include "server/accounts.h"

namespace rookery::modules::roster {
namespace {

class FarewellTest : public ContactsTest {
protected:
  Status remove(std::string_view jid) {
    std::promise<Status> done;
    server::AccountAdmin(server_.server())
        .remove(xmpp::BareJid::from_trusted(jid), {}, [&](Status s) { done.set_value(s); });
    return done.get_future().get();
  }
};

TEST_F(FarewellTest, SubscriptionsBothWaysAreCancelled) {
  TestClient romeo = online("romeo@localhost/orchard"), juliet = online("juliet@localhost/balcony");
  subscribe(romeo, juliet);
  subscribe(juliet, romeo);
  ASSERT_TRUE(remove("romeo@localhost"));
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  juliet.expect("<presence type='unsubscribe' from='romeo@localhost'/>");
  juliet.expect("<presence type='unsubscribed' from='romeo@localhost'/>");
  server_.settle();
  const xml::Document roster = juliet.iq("get", "", kRosterQuery);
  const xml::Element item = roster.root().first_child().first_child();
  EXPECT_EQ(item.attribute("jid"), "romeo@localhost");
  EXPECT_EQ(item.attribute("subscription"), "none");
  EXPECT_FALSE(item.attribute("ask"));
}

TEST_F(FarewellTest, AlsoOfAnAccountThatIsNotLoadedOrLocked) {
  TestClient juliet = online("juliet@localhost/balcony");
  {
    TestClient romeo = online("romeo@localhost/orchard");
    subscribe(juliet, romeo);
    romeo.close();
  }
  std::promise<Status> locked;
  server::AccountAdmin(server_.server())
      .set_disabled(xmpp::BareJid::from_trusted("romeo@localhost"), true,
                    [&](Status s) { locked.set_value(s); });
  ASSERT_TRUE(locked.get_future().get());
  ASSERT_TRUE(remove("romeo@localhost"));
  juliet.expect("<presence type='unsubscribed' from='romeo@localhost'/>");
}

TEST_F(FarewellTest, ARequestThatWaitsIsDenied) {
  TestClient romeo = online("romeo@localhost/orchard"), juliet = online("juliet@localhost/balcony");
  juliet.send("<presence type='subscribe' to='romeo@localhost'/>");
  romeo.expect("<presence type='subscribe' from='juliet@localhost'/>");
  ASSERT_TRUE(remove("romeo@localhost"));
  juliet.expect("<presence type='unsubscribed' from='romeo@localhost'/>");
}

TEST_F(FarewellTest, NobodyIsToldOfARemovalThatTheStoreRefuses) {
  TestClient romeo = online("romeo@localhost/orchard"), juliet = online("juliet@localhost/balcony");
  subscribe(juliet, romeo);
  server_.settle();
  server_.store().refuse_writes();
  EXPECT_FALSE(remove("romeo@localhost"));
  juliet.expect("<presence type='unavailable' from='romeo@localhost/orchard'/>");
  juliet.expect_nothing();
}

} // namespace
} // namespace rookery::modules::roster
