#include "modules/vcard/vcard.h"

#include <optional>
#include <string>

#include "server/binder.h"
#include "server/homes.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::vcard {
namespace {

using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;

/// One record per account, under the key "": the element in canonical form.
constexpr storage::Keyspace kCards{"vcard"};

constexpr server::Xep kXeps[] = {{54, "1.3.0", "no vCard of the server itself, no search"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsVcardTemp, Target::kBoth}};
constexpr storage::Keyspace kCold[] = {kCards};
constexpr server::Option kOptions[] = {
    {.type = server::Option::Type::kBool,
     .name = "for_strangers",
     .standard = "false",
     .unit = "",
     .about = "anyone may read a card, not only those in the roster or who see the presence"},
    {.type = server::Option::Type::kInteger,
     .name = "card_bytes_max",
     .standard = "65536",
     .min = 1'024,
     .max = 1'048'576,
     .unit = "bytes",
     .about = "the largest card, its picture included; a larger one is refused"},
};

void write_card(const storage::Record& record, xml::Writer& writer) { writer.raw(record.value); }

void read_card(const xml::Element& element, server::AccountDraft& draft) {
  std::string card;
  xml::Writer(card).element(element);
  draft.put(kCards, "", std::move(card));
}

constexpr server::Portable kPortable[] = {{.element = "vCard",
                                           .ns = xmpp::kNsVcardTemp,
                                           .keyspace = kCards,
                                           .shape = server::Portable::Shape::kEach,
                                           .write = &write_card,
                                           .read = &read_card}};

constexpr server::ModuleInfo kInfo{
    .name = "vcard",
    .about = "keeps the card with name and picture that a user shows to the others",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = kCold,
    .options = kOptions,
    .portable = kPortable,
};

class VCard final : public server::Module {
public:
  VCard(std::size_t bytes_max, bool for_strangers)
      : bytes_max_(bytes_max), for_strangers_(for_strangers) {}

  void bind(server::Binder& on) override {
    on.iq_get<&VCard::get>(*this, Target::kAccount, "vCard", xmpp::kNsVcardTemp);
    on.iq_set<&VCard::set>(*this, Target::kAccount, "vCard", xmpp::kNsVcardTemp);
  }

private:
  // To a stranger the account, with a card or without, looks like one that does not exist.
  void get(IqRequest request) {
    if (!for_strangers_ && !request.from_known())
      return request.error(StanzaCondition::kServiceUnavailable);
    const Owner owner = request.account()->owner();
    server::Homes& homes = request.homes();
    homes.get(owner, kCards, "",
              [request = std::move(request)](Result<std::optional<std::string>> card) mutable {
                if (!card)
                  return request.error(StanzaCondition::kInternalServerError);
                if (!*card)
                  return request.error(request.from_owner() ? StanzaCondition::kItemNotFound
                                                            : StanzaCondition::kServiceUnavailable);
                request.result([&](xml::Writer& writer) { writer.raw(**card); });
              });
  }

  void set(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    std::string card;
    xml::Writer(card).element(request.payload());
    if (card.size() > bytes_max_)
      return request.error({StanzaCondition::kPolicyViolation,
                            "the card is larger than " + std::to_string(bytes_max_) + " bytes"});
    storage::Batch batch;
    batch.put(request.account()->owner(), kCards, "", card);
    server::Homes& homes = request.homes();
    homes.commit(std::move(batch), [request = std::move(request)](const Status& status) mutable {
      if (!status)
        return request.error(StanzaCondition::kInternalServerError);
      request.result();
    });
  }

  std::size_t bytes_max_;
  bool for_strangers_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  return std::make_unique<VCard>(static_cast<std::size_t>(options.integer("card_bytes_max")),
                                 options.boolean("for_strangers"));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::vcard
