// Data forms (XEP-0004), with the data types of XEP-0122: read what was submitted, write what is
// asked or answered.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "xml/document.h"
#include "xml/writer.h"
#include "xmpp/jid.h"
#include "xmpp/stanza_error.h"

namespace rookery::xmpp {

/// Bounds on a form that is read; more is refused as not-acceptable.
inline constexpr std::size_t kFormFieldsMax = 256;
inline constexpr std::size_t kFormValuesMax = 1024; // in one field

enum class FormType : std::uint8_t { kForm, kSubmit, kCancel, kResult };

enum class FieldType : std::uint8_t {
  kBoolean,
  kFixed,
  kHidden,
  kJidMulti,
  kJidSingle,
  kListMulti,
  kListSingle,
  kTextMulti,
  kTextPrivate,
  kTextSingle,
};
[[nodiscard]] std::string_view to_string(FormType type);
[[nodiscard]] std::string_view to_string(FieldType type);

struct FormOption {
  std::string label = {};
  std::string value = {};
};

struct FormField {
  std::string var = {};               // "" only for kFixed
  std::optional<FieldType> type = {}; // a submitted field need not say
  std::vector<std::string> values = {};
  std::string label = {};
  std::string description = {};
  std::vector<FormOption> options = {};
  bool required = false;
  std::string datatype = {}; // XEP-0122, such as "xs:integer"; "" is xs:string
  bool open = false;         // XEP-0122 §3.2: other values than the options are taken too
};

/// A form as a value. Reading it finds out about its shape; the getters find out about the value
/// wanted and answer what is wrong with it as a stanza error that names the field. An absent field
/// is not an error: nullopt, or an empty list.
class DataForm {
public:
  template <class T> using Read = std::expected<T, StanzaError>;

  explicit DataForm(FormType type, std::string_view form_type = {});

  /// `x`: the `<x xmlns='jabber:x:data'/>`. bad-request: another element, an unknown type, a field
  /// without var, a var twice.
  [[nodiscard]] static Read<DataForm> read(const xml::Element& x);

  [[nodiscard]] FormType type() const { return type_; }
  /// The value of FORM_TYPE (XEP-0068), or "".
  [[nodiscard]] std::string_view form_type() const;
  [[nodiscard]] const std::vector<FormField>& fields() const { return fields_; }
  [[nodiscard]] const FormField* find(std::string_view var) const;

  /// The only value; more than one is bad-request.
  [[nodiscard]] Read<std::optional<std::string_view>> text(std::string_view var) const;
  /// "1", "true", "0", "false" (XEP-0004 §3.3).
  [[nodiscard]] Read<std::optional<bool>> boolean(std::string_view var) const;
  /// A decimal number in [min, max]; outside of it not-acceptable.
  [[nodiscard]] Read<std::optional<std::int64_t>> integer(std::string_view var, std::int64_t min,
                                                          std::int64_t max) const;
  /// jid-malformed where it is no address.
  [[nodiscard]] Read<std::optional<Jid>> jid(std::string_view var) const;
  [[nodiscard]] Read<std::vector<Jid>> jids(std::string_view var) const;
  [[nodiscard]] Read<std::optional<WallTime>> time(std::string_view var) const;
  [[nodiscard]] std::vector<std::string_view> texts(std::string_view var) const;

  // Building. Each answers the form itself, so that calls can be chained.
  DataForm& title(std::string_view text);
  DataForm& instructions(std::string_view text);
  DataForm& add(FormField field);
  DataForm& add(std::string_view var, FieldType type, std::string_view value,
                std::string_view label = {});
  DataForm& add(std::string_view var, FieldType type, std::vector<std::string> values,
                std::string_view label = {});

  /// FORM_TYPE first, then the fields in the order of add(). Options, labels and `required` only
  /// where type() is kForm.
  void write(xml::Writer& writer) const;

private:
  FormType type_;
  std::string title_;
  std::string instructions_;
  std::vector<FormField> fields_;
};

} // namespace rookery::xmpp
