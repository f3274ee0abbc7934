#include "suggestion/server/request_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::suggestion {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

api::v1::beta1::GetSuggestionsRequest ARequest() {
  api::v1::beta1::GetSuggestionsRequest request;
  request.mutable_experiment()->set_name("e");
  request.mutable_experiment()->mutable_spec()->set_max_trial_count(3);
  request.add_trials()->set_name("t-1");
  request.add_trials()->set_name(std::string(200, 't'));
  request.set_current_request_number(2);
  request.set_total_request_number(300);
  return request;
}

TEST(RequestParts, AreThoseThatWereWritten) {
  const auto request = ARequest();
  const std::string bytes = request.SerializeAsString();

  const std::optional<RequestParts> parts = ReadParts(bytes);

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->experiment, request.experiment().SerializeAsString());
  EXPECT_THAT(
      parts->trials,
      ElementsAre(request.trials(0).SerializeAsString(), request.trials(1).SerializeAsString()));
  EXPECT_EQ(parts->current_request_number, 2);
  EXPECT_EQ(parts->total_request_number, 300);
}

TEST(RequestParts, AreFoundInAnyOrderAndAmongUnknownFields) {
  const std::string unknown(
      "\x38\xff\x01"
      "\x39"
      "12345678"
      "\x3d"
      "1234"
      "\x42\x02"
      "hi",
      21);
  const std::string bytes = std::string("\x28\x07") + unknown + std::string("\x12\x00\x20\x01", 4);

  const std::optional<RequestParts> parts = ReadParts(bytes);

  ASSERT_TRUE(parts);
  EXPECT_THAT(parts->experiment, IsEmpty());
  EXPECT_THAT(parts->trials, ElementsAre(""));
  EXPECT_EQ(parts->current_request_number, 1);
  EXPECT_EQ(parts->total_request_number, 7);
}

TEST(RequestParts, KeepTheSignOfANumber) {
  api::v1::beta1::GetSuggestionsRequest request;
  request.set_current_request_number(-5);

  const std::optional<RequestParts> parts = ReadParts(request.SerializeAsString());

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->current_request_number, -5);
}

TEST(RequestParts, JoinAnExperimentThatComesInTwoPieces) {
  const std::string bytes =
      std::string("\x0a\x03\x0a\x01", 4) + "e" + std::string("\x0a\x04\x12\x02\x30\x03", 6);

  const std::optional<RequestParts> parts = ReadParts(bytes);

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->experiment, ARequest().experiment().SerializeAsString());
}

TEST(RequestParts, AreRefusedWhereProtobufRefusesThem) {
  const std::string whole = ARequest().SerializeAsString();

  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string bytes = whole.substr(0, size);
    EXPECT_EQ(ReadParts(bytes).has_value(),
              api::v1::beta1::GetSuggestionsRequest().ParseFromString(bytes))
        << size;
  }
  EXPECT_FALSE(ReadParts(std::string("\x00\x00", 2))) << "field 0";
  EXPECT_FALSE(ReadParts("\x0f")) << "a kind that does not exist";
  EXPECT_FALSE(ReadParts("\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")) << "eleven bytes";
  EXPECT_FALSE(ReadParts("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")) << "2^64 - 1 bytes";
}

}  // namespace
}  // namespace hone::suggestion
