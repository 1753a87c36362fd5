#include "server/iq_request.h"

#include "base/assert.h"
#include "server/account.h"
#include "server/homes.h"

namespace rookery::server {

IqRequest::IqRequest(Homes& homes, PacketPtr packet, Account* account)
    : homes_(homes), packet_(std::move(packet)), account_(account) {
  if (account != nullptr)
    pin_.emplace(*account);
}

IqRequest::IqRequest(IqRequest&& other) noexcept = default;

IqRequest::~IqRequest() {
  if (packet_ && !homes_.ending())
    error(xmpp::StanzaCondition::kInternalServerError);
}

bool IqRequest::is_set() const { return packet_->header.type == xmpp::StanzaType::kSet; }

std::string_view IqRequest::id() const { return packet_->header.id; }

xml::Element IqRequest::payload() const { return packet_->element().first_child(); }

bool IqRequest::from_owner() const {
  return account_ != nullptr && packet_->from.bare_str() == account_->jid().str();
}

bool IqRequest::from_known() const {
  return account_ != nullptr && homes_.is_known(*account_, packet_->from);
}

bool IqRequest::from_contact() const {
  return account_ != nullptr && homes_.sees_presence(*account_, packet_->from);
}

Session* IqRequest::session() const {
  const Account* account = homes_.find_account(packet_->from.bare_str());
  return account != nullptr && packet_->from.is_full()
             ? account->find_session(packet_->from.resource())
             : nullptr;
}

void IqRequest::result() { answer({}); }

void IqRequest::answer(std::string_view payload) {
  ROOKERY_ASSERT(packet_ != nullptr);
  const PacketPtr packet = std::move(packet_);
  std::string xml;
  xml::Writer writer(xml);
  const std::string_view from = packet->to.empty() ? std::string_view{} : packet->to.str();
  xmpp::open_iq_result(writer, packet->element(), {.from = from, .to = packet->from.str()});
  writer.raw(payload).close();
  homes_.reply(packet->from, xml);
}

void IqRequest::error(const xmpp::StanzaError& error) {
  ROOKERY_ASSERT(packet_ != nullptr);
  const PacketPtr packet = std::move(packet_);
  homes_.refuse(*packet, error);
}

} // namespace rookery::server
