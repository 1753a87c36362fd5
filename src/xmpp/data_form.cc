#include "xmpp/data_form.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/assert.h"
#include "xmpp/datetime.h"
#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

constexpr std::array<std::string_view, 4> kFormTypes{"form", "submit", "cancel", "result"};
constexpr std::array<std::string_view, 10> kFieldTypes{
    "boolean",    "fixed",       "hidden",     "jid-multi",    "jid-single",
    "list-multi", "list-single", "text-multi", "text-private", "text-single"};

template <class T, std::size_t N>
std::optional<T> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    return std::nullopt;
  return static_cast<T>(found - names.begin());
}

std::unexpected<StanzaError> refuse(StanzaCondition condition, std::string text) {
  return std::unexpected(StanzaError(condition, std::move(text)));
}

/// What is wrong with one field, named by the program's own word for it.
std::unexpected<StanzaError> refuse_field(StanzaCondition condition, std::string_view var,
                                          std::string_view what) {
  return refuse(condition, std::string("Field ").append(var).append(": ").append(what));
}

std::expected<FormField, StanzaError> read_field(const xml::Element& element) {
  FormField field;
  field.var = element.attribute_or_empty("var");
  // XEP-0004 §3.2: an unknown type is treated as text-single, the default.
  if (const auto type = element.attribute("type"))
    field.type = find_name<FieldType>(kFieldTypes, *type).value_or(FieldType::kTextSingle);
  field.label = element.attribute_or_empty("label");
  if (field.var.empty() && field.type != FieldType::kFixed)
    return refuse(StanzaCondition::kBadRequest, "A field of the form has no name.");
  for (const xml::Element child : element.children()) {
    if (child.is("value", kNsDataForms)) {
      if (field.values.size() == kFormValuesMax)
        return refuse(StanzaCondition::kNotAcceptable, "A field of the form has too many values.");
      field.values.push_back(child.text());
    } else if (child.is("required", kNsDataForms)) {
      field.required = true;
    } else if (child.is("desc", kNsDataForms)) {
      field.description = child.text();
    } else if (child.is("validate", kNsDataFormsValidate)) {
      field.datatype = child.attribute_or_empty("datatype");
      field.open = bool(child.child("open", kNsDataFormsValidate));
    } else if (child.is("option", kNsDataForms) && field.options.size() < kFormValuesMax) {
      field.options.push_back({.label = std::string(child.attribute_or_empty("label")),
                               .value = child.child("value", kNsDataForms).text()});
    }
  }
  return field;
}

void write_field(xml::Writer& writer, const FormField& field, FormType form) {
  writer.open("field").attribute_if("var", field.var);
  // XEP-0004 §3.2: a submission may leave the type out, a form may not.
  if (field.type && (form != FormType::kSubmit || field.type == FieldType::kHidden))
    writer.attribute("type", to_string(*field.type));
  const bool asks = form == FormType::kForm;
  if (form != FormType::kSubmit)
    writer.attribute_if("label", field.label);
  if (asks && !field.description.empty())
    writer.leaf("desc", field.description);
  if (asks && field.required)
    writer.open("required").close();
  if (asks && (field.open || !field.datatype.empty())) {
    writer.open("validate", kNsDataFormsValidate);
    writer.attribute("datatype", field.datatype.empty() ? "xs:string" : field.datatype);
    if (field.open)
      writer.open("open").close();
    writer.close();
  }
  for (const std::string& value : field.values)
    writer.leaf("value", value);
  if (asks)
    for (const FormOption& option : field.options)
      writer.open("option").attribute_if("label", option.label).leaf("value", option.value).close();
  writer.close();
}

} // namespace

std::string_view to_string(FormType type) { return kFormTypes.at(static_cast<std::size_t>(type)); }
std::string_view to_string(FieldType type) {
  return kFieldTypes.at(static_cast<std::size_t>(type));
}

DataForm::DataForm(FormType type, std::string_view form_type) : type_(type) {
  if (!form_type.empty())
    add("FORM_TYPE", FieldType::kHidden, form_type);
}

DataForm::Read<DataForm> DataForm::read(const xml::Element& x) {
  if (!x || !x.is("x", kNsDataForms))
    return refuse(StanzaCondition::kBadRequest, "A data form is missing.");
  const auto type = find_name<FormType>(kFormTypes, x.attribute_or_empty("type"));
  if (!type)
    return refuse(StanzaCondition::kBadRequest, "The data form has no known type.");
  DataForm form(*type);
  form.title_ = x.child("title", kNsDataForms).text();
  for (const xml::Element child : x.children()) {
    if (!child.is("field", kNsDataForms))
      continue;
    if (form.fields_.size() == kFormFieldsMax)
      return refuse(StanzaCondition::kNotAcceptable, "The data form has too many fields.");
    auto field = read_field(child);
    if (!field)
      return std::unexpected(std::move(field.error()));
    if (!field->var.empty() && form.find(field->var) != nullptr)
      return refuse(StanzaCondition::kBadRequest, "A field of the form is given twice.");
    form.fields_.push_back(std::move(*field));
  }
  return form;
}

std::string_view DataForm::form_type() const {
  const FormField* field = find("FORM_TYPE");
  return field == nullptr || field->values.empty() ? std::string_view{} : field->values.front();
}

const FormField* DataForm::find(std::string_view var) const {
  const auto found = std::ranges::find(fields_, var, &FormField::var);
  return found == fields_.end() ? nullptr : &*found;
}

DataForm::Read<std::optional<std::string_view>> DataForm::text(std::string_view var) const {
  const FormField* field = find(var);
  if (field == nullptr || field->values.empty())
    return std::nullopt;
  if (field->values.size() > 1)
    return refuse_field(StanzaCondition::kBadRequest, var, "one value is expected");
  return field->values.front();
}

DataForm::Read<std::optional<bool>> DataForm::boolean(std::string_view var) const {
  const auto value = text(var);
  if (!value)
    return std::unexpected(value.error());
  if (!*value)
    return std::nullopt;
  if (**value == "1" || **value == "true")
    return true;
  if (**value == "0" || **value == "false")
    return false;
  return refuse_field(StanzaCondition::kBadRequest, var, "true or false is expected");
}

DataForm::Read<std::optional<std::int64_t>>
DataForm::integer(std::string_view var, std::int64_t min, std::int64_t max) const {
  const auto value = text(var);
  if (!value)
    return std::unexpected(value.error());
  if (!*value)
    return std::nullopt;
  const char* const end = (*value)->data() + (*value)->size();
  std::int64_t number = 0;
  const auto [stopped, error] = std::from_chars((*value)->data(), end, number);
  if (error == std::errc::invalid_argument || stopped != end)
    return refuse_field(StanzaCondition::kBadRequest, var, "a number is expected");
  if (error == std::errc::result_out_of_range || number < min || number > max)
    return refuse_field(StanzaCondition::kNotAcceptable, var,
                        "expected between " + std::to_string(min) + " and " + std::to_string(max));
  return number;
}

DataForm::Read<std::optional<Jid>> DataForm::jid(std::string_view var) const {
  const auto value = text(var);
  if (!value)
    return std::unexpected(value.error());
  if (!*value)
    return std::nullopt;
  auto jid = Jid::parse(**value);
  if (!jid)
    return refuse_field(StanzaCondition::kJidMalformed, var, to_string(jid.error()));
  return std::move(*jid);
}

DataForm::Read<std::vector<Jid>> DataForm::jids(std::string_view var) const {
  std::vector<Jid> out;
  for (const std::string_view value : texts(var)) {
    auto jid = Jid::parse(value);
    if (!jid)
      return refuse_field(StanzaCondition::kJidMalformed, var, to_string(jid.error()));
    out.push_back(std::move(*jid));
  }
  return out;
}

DataForm::Read<std::optional<WallTime>> DataForm::time(std::string_view var) const {
  const auto value = text(var);
  if (!value)
    return std::unexpected(value.error());
  if (!*value)
    return std::nullopt;
  const auto time = parse_time(**value);
  if (!time)
    return refuse_field(StanzaCondition::kBadRequest, var, "a XEP-0082 time is expected");
  return time;
}

std::vector<std::string_view> DataForm::texts(std::string_view var) const {
  const FormField* field = find(var);
  if (field == nullptr)
    return {};
  return {field->values.begin(), field->values.end()};
}

DataForm& DataForm::title(std::string_view text) {
  title_ = text;
  return *this;
}

DataForm& DataForm::instructions(std::string_view text) {
  instructions_ = text;
  return *this;
}

DataForm& DataForm::add(FormField field) {
  ROOKERY_ASSERT(field.var.empty() ? field.type == FieldType::kFixed : find(field.var) == nullptr);
  fields_.push_back(std::move(field));
  return *this;
}

DataForm& DataForm::add(std::string_view var, FieldType type, std::string_view value,
                        std::string_view label) {
  return add(var, type, std::vector<std::string>{std::string(value)}, label);
}

DataForm& DataForm::add(std::string_view var, FieldType type, std::vector<std::string> values,
                        std::string_view label) {
  FormField field;
  field.var = var;
  field.type = type;
  field.values = std::move(values);
  field.label = label;
  return add(std::move(field));
}

void DataForm::write(xml::Writer& writer) const {
  writer.open("x", kNsDataForms).attribute("type", to_string(type_));
  if (!title_.empty())
    writer.leaf("title", title_);
  if (!instructions_.empty())
    writer.leaf("instructions", instructions_);
  for (const FormField& field : fields_)
    write_field(writer, field, type_);
  writer.close();
}

} // namespace rookery::xmpp
