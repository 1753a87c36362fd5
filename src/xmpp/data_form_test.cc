#include "xmpp/data_form.h"

#include <gtest/gtest.h>

#include <string>

#include "xmpp/namespaces.h"

namespace rookery::xmpp {
namespace {

using Read = std::expected<DataForm, StanzaError>;

Read form(const std::string& inside, const std::string& type = "submit") {
  xml::Document document;
  EXPECT_TRUE(document.parse_trusted(
      "<x xmlns='jabber:x:data' type='" + type + "'>" + inside + "</x>", kNsClient));
  return DataForm::read(document.root());
}

std::string field(const std::string& var, const std::string& value) {
  return "<field var='" + var + "'><value>" + value + "</value></field>";
}

template <class T> StanzaCondition condition(const std::expected<T, StanzaError>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? StanzaCondition::kUndefinedCondition : result.error().condition;
}

std::string written(const DataForm& data) {
  std::string out;
  xml::Writer writer(out);
  data.write(writer);
  return out;
}

TEST(DataForm, Xep0004Section32ReadsASubmission) {
  const auto read =
      form("<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>" +
           field("with", "a@b") +
           "<field var='ids'><value>1</value><value>2</value></field><field var='empty'/><other "
           "xmlns='x'/>");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type(), FormType::kSubmit);
  EXPECT_EQ(read->form_type(), "urn:xmpp:mam:2");
  EXPECT_EQ(*read->text("with"), "a@b");
  EXPECT_EQ(read->jid("with")->value().str(), "a@b");
  EXPECT_EQ(read->texts("ids"), (std::vector<std::string_view>{"1", "2"}));
  EXPECT_EQ(*read->text("empty"), std::nullopt);
  EXPECT_EQ(*read->text("absent"), std::nullopt);
  EXPECT_TRUE(read->texts("absent").empty());
  EXPECT_EQ(read->find("absent"), nullptr);
}

TEST(DataForm, WhatIsNoForm) {
  EXPECT_EQ(condition(DataForm::read({})), StanzaCondition::kBadRequest);
  EXPECT_EQ(condition(form("", "nonsense")), StanzaCondition::kBadRequest);
  EXPECT_EQ(condition(form("<field><value>1</value></field>")), StanzaCondition::kBadRequest);
  EXPECT_EQ(condition(form(field("a", "1") + field("a", "2"))), StanzaCondition::kBadRequest);
  EXPECT_TRUE(form("<field type='fixed'><value>1</value></field><field type='fixed'/>"));
  EXPECT_TRUE(form("", "cancel"));
}

TEST(DataForm, BoundsOnFieldsAndValues) {
  std::string fields, values;
  for (std::size_t i = 0; i < kFormFieldsMax; ++i)
    fields += field("v" + std::to_string(i), "");
  for (std::size_t i = 0; i < kFormValuesMax; ++i)
    values += "<value/>";
  EXPECT_TRUE(form(fields));
  EXPECT_EQ(condition(form(fields + field("more", ""))), StanzaCondition::kNotAcceptable);
  EXPECT_TRUE(form("<field var='a'>" + values + "</field>"));
  EXPECT_EQ(condition(form("<field var='a'>" + values + "<value/></field>")),
            StanzaCondition::kNotAcceptable);
}

TEST(DataForm, Xep0004Section33TypedValues) {
  const auto read =
      form(field("yes", "1") + field("true", "true") + field("no", "0") + field("maybe", "TRUE") +
           field("n", "-12") + field("word", "12x") + field("huge", "99999999999999999999") +
           field("when", "2026-01-01T00:00:00Z") + field("never", "9999-99-99T00:00:00Z") +
           field("nobody", "@") + "<field var='two'><value>1</value><value>2</value></field>" +
           "<field var='people'><value>a@b</value><value>C@d</value></field>");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read->boolean("yes"), true);
  EXPECT_EQ(*read->boolean("true"), true);
  EXPECT_EQ(*read->boolean("no"), false);
  EXPECT_EQ(*read->boolean("absent"), std::nullopt);
  EXPECT_EQ(condition(read->boolean("maybe")), StanzaCondition::kBadRequest);

  EXPECT_EQ(*read->integer("n", -20, 20), -12);
  EXPECT_EQ(*read->integer("absent", 0, 1), std::nullopt);
  EXPECT_EQ(condition(read->integer("n", 0, 20)), StanzaCondition::kNotAcceptable);
  EXPECT_EQ(condition(read->integer("huge", 0, 20)), StanzaCondition::kNotAcceptable);
  EXPECT_EQ(condition(read->integer("word", 0, 20)), StanzaCondition::kBadRequest);

  EXPECT_TRUE(read->time("when")->has_value());
  EXPECT_EQ(condition(read->time("never")), StanzaCondition::kBadRequest);
  EXPECT_EQ(condition(read->jid("nobody")), StanzaCondition::kJidMalformed);
  EXPECT_EQ(condition(read->text("two")), StanzaCondition::kBadRequest);
  EXPECT_EQ(condition(read->boolean("two")), StanzaCondition::kBadRequest);
  const auto people = read->jids("people");
  ASSERT_TRUE(people);
  EXPECT_EQ(people->at(1).str(), "c@d");
  EXPECT_EQ(condition(read->jids("nobody")), StanzaCondition::kJidMalformed);
  // An error's text names the field and never repeats the value.
  EXPECT_EQ(read->boolean("maybe").error().text, "Field maybe: true or false is expected");
}

TEST(DataForm, WritesAForm) {
  DataForm data(FormType::kForm, "urn:x");
  data.title("T<").instructions("Fill in.");
  data.add({.var = "age",
            .type = FieldType::kTextSingle,
            .values = {"3"},
            .label = "Age",
            .description = "In years",
            .required = true,
            .datatype = "xs:integer"});
  data.add(
      {.var = "pick", .type = FieldType::kListSingle, .options = {{.label = "One", .value = "1"}}});
  EXPECT_EQ(written(data),
            "<x xmlns='jabber:x:data' type='form'><title>T&lt;</title><instructions>Fill "
            "in.</instructions>"
            "<field var='FORM_TYPE' type='hidden'><value>urn:x</value></field>"
            "<field var='age' type='text-single' label='Age'><desc>In years</desc><required/>"
            "<validate xmlns='http://jabber.org/protocol/xdata-validate' "
            "datatype='xs:integer'/><value>3</value></field>"
            "<field var='pick' type='list-single'><option "
            "label='One'><value>1</value></option></field></x>");
}

TEST(DataForm, WritesAResult) {
  DataForm data(FormType::kResult, "urn:x");
  data.add("a", FieldType::kTextMulti, std::vector<std::string>{"1", "2"}, "L")
      .add("b", FieldType::kBoolean, "1");
  EXPECT_EQ(written(data),
            "<x xmlns='jabber:x:data' type='result'>"
            "<field var='FORM_TYPE' type='hidden'><value>urn:x</value></field>"
            "<field var='a' type='text-multi' label='L'><value>1</value><value>2</value></field>"
            "<field var='b' type='boolean'><value>1</value></field></x>");
}

TEST(DataForm, WhatIsWrittenReadsBack) {
  DataForm data(FormType::kForm, "urn:x");
  data.add({.var = "pick",
            .type = FieldType::kListMulti,
            .values = {"1"},
            .label = "L",
            .description = "D",
            .options = {{.label = "One", .value = "1"}},
            .required = true,
            .datatype = "xs:string"});
  xml::Document document;
  ASSERT_TRUE(document.parse_trusted(written(data), kNsClient));
  const auto read = DataForm::read(document.root());
  ASSERT_TRUE(read);
  EXPECT_EQ(written(*read), written(data));
}

} // namespace
} // namespace rookery::xmpp
