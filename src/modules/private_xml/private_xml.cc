#include "modules/private_xml/private_xml.h"

#include <optional>
#include <string>

#include "server/account.h"
#include "server/binder.h"
#include "server/homes.h"
#include "xmpp/namespaces.h"

namespace rookery::modules::private_xml {
namespace {

using server::IqRequest;
using server::Target;
using xmpp::StanzaCondition;

/// Key: the element's namespace, a line break, its name. Value: the element in canonical form.
constexpr storage::Keyspace kElements{"private"};

/// Of one account; reached: a further one is refused.
constexpr std::uint32_t kElementsMax = 1'000;

constexpr server::Xep kXeps[] = {{49, "1.2"}};
constexpr server::Feature kFeatures[] = {{xmpp::kNsPrivate, Target::kBoth}};
constexpr storage::Keyspace kCold[] = {kElements};
constexpr server::Option kOptions[] = {
    {.type = server::Option::Type::kInteger,
     .name = "element_bytes_max",
     .standard = "65536",
     .min = 1'024,
     .max = 1'048'576,
     .unit = "bytes",
     .about = "the largest element a client may keep; a larger one is refused"},
    {.type = server::Option::Type::kInteger,
     .name = "account_bytes_max",
     .standard = "1048576",
     .min = 1'024,
     .max = 104'857'600,
     .unit = "bytes",
     .about = "all that an account may keep; what would exceed it is refused"},
};

std::string key_of(const xml::Element& element) {
  return std::string(element.ns()) + '\n' + std::string(element.name());
}

void write_element(const storage::Record& record, xml::Writer& writer) { writer.raw(record.value); }

void read_elements(const xml::Element& query, server::AccountDraft& draft) {
  for (const xml::Element element : query.children()) {
    if (element.ns() == xmpp::kNsPrivate) {
      draft.note("private data without a namespace of its own");
      continue;
    }
    std::string text;
    xml::Writer(text, xmpp::kNsPrivate).element(element);
    draft.put(kElements, key_of(element), std::move(text));
  }
}

constexpr server::Portable kPortable[] = {{.element = "query",
                                           .ns = xmpp::kNsPrivate,
                                           .keyspace = kElements,
                                           .shape = server::Portable::Shape::kAll,
                                           .write = &write_element,
                                           .read = &read_elements}};

constexpr server::ModuleInfo kInfo{
    .name = "private_xml",
    .about = "keeps settings and bookmarks that a user's apps store for themselves",
    .xeps = kXeps,
    .features = kFeatures,
    .hot = {},
    .cold = kCold,
    .options = kOptions,
    .portable = kPortable,
};

bool is_empty(const xml::Element& element) {
  return element.attribute_count() == 0 && !element.first_child() && element.text().empty();
}

/// What a set changes: checked, and ready to be written when there is room.
struct Change {
  storage::Batch batch;
  std::size_t bytes = 0;
};

class PrivateXml final : public server::Module {
public:
  PrivateXml(std::size_t element_bytes_max, std::size_t account_bytes_max)
      : element_bytes_max_(element_bytes_max), account_bytes_max_(account_bytes_max) {}

  void bind(server::Binder& on) override {
    on.iq_get<&PrivateXml::get>(*this, Target::kAccount, "query", xmpp::kNsPrivate);
    on.iq_set<&PrivateXml::set>(*this, Target::kAccount, "query", xmpp::kNsPrivate);
    on_the_way_ = on.account_slot<std::size_t>();
  }

private:
  void get(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    const xml::Element wanted = request.payload().first_child();
    if (!wanted)
      return request.error(StanzaCondition::kNotAcceptable);
    if (wanted.next())
      return request.error({StanzaCondition::kBadRequest, "ask for one element at a time"});
    const std::string key = key_of(wanted);
    const Owner owner = request.account()->owner();
    server::Homes& homes = request.homes();
    homes.get(owner, kElements, key,
              [request = std::move(request)](Result<std::optional<std::string>> kept) mutable {
                if (!kept)
                  return request.error(StanzaCondition::kInternalServerError);
                const xml::Element asked = request.payload().first_child();
                request.result([&](xml::Writer& writer) {
                  writer.open("query", xmpp::kNsPrivate);
                  if (*kept)
                    writer.raw(**kept);
                  else
                    writer.open(asked.name(), asked.ns());
                });
              });
  }

  void set(IqRequest request) {
    if (!request.from_owner())
      return request.error(StanzaCondition::kServiceUnavailable);
    Change change;
    if (const auto wrong = read(request, change))
      return request.error(*wrong);
    if (change.bytes == 0)
      return write(std::move(request), std::move(change));
    const storage::RecordQuery all{
        .owner = request.account()->owner(), .keyspace = kElements, .limit = kElementsMax};
    server::Homes& homes = request.homes();
    homes.scan(all, [this, request = std::move(request),
                     change = std::move(change)](Result<storage::RecordPage> page) mutable {
      if (!page)
        return request.error(StanzaCondition::kInternalServerError);
      std::size_t bytes = change.bytes + on_the_way_.get(*request.account());
      for (const storage::Record& record : page->records)
        bytes += record.key.size() + record.value.size();
      if (bytes > account_bytes_max_ || page->records.size() >= kElementsMax)
        return request.error(
            {StanzaCondition::kResourceConstraint, "there is no room for more private data"});
      write(std::move(request), std::move(change));
    });
  }

  // An element without content is kept by removing it: that is what reading one that is not there
  // gives.
  std::optional<xmpp::StanzaError> read(const IqRequest& request, Change& change) const {
    const Owner owner = request.account()->owner();
    if (!request.payload().first_child())
      return StanzaCondition::kNotAcceptable;
    for (const xml::Element element : request.payload().children()) {
      const std::string key = key_of(element);
      if (element.ns() == xmpp::kNsPrivate || key.size() > storage::kKeyBytesMax)
        return StanzaCondition::kNotAcceptable;
      if (is_empty(element)) {
        change.batch.remove(owner, kElements, key);
        continue;
      }
      std::string text;
      xml::Writer(text, xmpp::kNsPrivate).element(element);
      if (text.size() > element_bytes_max_)
        return xmpp::StanzaError{StanzaCondition::kPolicyViolation,
                                 "an element is larger than " + std::to_string(element_bytes_max_) +
                                     " bytes"};
      change.batch.put(owner, kElements, key, text);
      change.bytes += key.size() + text.size();
    }
    return std::nullopt;
  }

  void write(IqRequest request, Change change) {
    on_the_way_.get(*request.account()) += change.bytes;
    server::Homes& homes = request.homes();
    homes.commit(std::move(change.batch), [this, request = std::move(request),
                                           bytes = change.bytes](const Status& status) mutable {
      on_the_way_.get(*request.account()) -= bytes;
      if (!status)
        return request.error(StanzaCondition::kInternalServerError);
      request.result();
    });
  }

  std::size_t element_bytes_max_;
  std::size_t account_bytes_max_;
  /// Bytes given to the store and not durable yet: what a scan does not see, and what must count
  /// all the same.
  server::Slot<server::Account, std::size_t> on_the_way_;
};

Result<std::unique_ptr<server::Module>> create(server::Homes&, const server::Options& options) {
  return std::make_unique<PrivateXml>(
      static_cast<std::size_t>(options.integer("element_bytes_max")),
      static_cast<std::size_t>(options.integer("account_bytes_max")));
}

} // namespace

const server::ModuleDescriptor& descriptor() {
  static constexpr server::ModuleDescriptor kDescriptor{kInfo, create};
  return kDescriptor;
}

} // namespace rookery::modules::private_xml
