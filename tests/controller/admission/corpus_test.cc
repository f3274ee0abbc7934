// Runs every manifest of tests/data/manifests through reading, defaults and validation. The first
// lines of a file state the expected result: "# expect: <Type> <field path>" for each fault, or "#
// expect: unreadable".
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/admission/admission.h"
#include "proto/convert/manifest.h"
#include "proto/model/experiment.h"
#include "tests/paths.inc"

namespace hone::controller {
namespace {

const char* NameOf(FieldError::Type type) {
  switch (type) {
    case FieldError::Type::kRequired:
      return "Required";
    case FieldError::Type::kInvalid:
      return "Invalid";
    case FieldError::Type::kForbidden:
      return "Forbidden";
    case FieldError::Type::kNotSupported:
      return "NotSupported";
    case FieldError::Type::kDuplicate:
      return "Duplicate";
    case FieldError::Type::kUnknownField:
      return "UnknownField";
  }
  return "";
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::set<std::string> Expectations(const std::string& text) {
  constexpr std::string_view kMark = "# expect: ";
  std::set<std::string> expected;
  std::stringstream lines(text);
  std::string line;
  while (std::getline(lines, line) && line.starts_with(kMark)) {
    expected.insert(line.substr(kMark.size()));
  }
  return expected;
}

std::set<std::string> Findings(const std::string& text) {
  const auto documents = proto::ReadYaml(text);
  if (!documents) {
    return {"unreadable"};
  }
  FieldErrors errors;
  for (const proto::Document& document : *documents) {
    (void)Admit(document.value, errors);
  }
  std::set<std::string> findings;
  for (const FieldError& error : errors) {
    EXPECT_FALSE(error.message.empty()) << error.field;
    findings.insert(NameOf(error.type) + (error.field.empty() ? "" : " " + error.field));
  }
  return findings;
}

std::vector<std::filesystem::path> Manifests(const char* folder) {
  std::vector<std::filesystem::path> paths;
  const std::filesystem::path root =
      std::filesystem::path(HONE_SOURCE_DIR) / "tests/data/manifests";
  for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string TestName(const testing::TestParamInfo<std::filesystem::path>& param) {
  return param.param.stem().string();
}

class InvalidManifest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(InvalidManifest, IsRefusedForExactlyTheExpectedReasons) {
  const std::string text = ReadFile(GetParam());

  const std::set<std::string> findings = Findings(text);

  EXPECT_FALSE(findings.empty());
  EXPECT_EQ(findings, Expectations(text));
}

INSTANTIATE_TEST_SUITE_P(Corpus,
                         InvalidManifest,
                         testing::ValuesIn(Manifests("invalid")),
                         TestName);

class ValidManifest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ValidManifest, IsAcceptedAndKeepsItsSpecThroughItsTree) {
  const std::string text = ReadFile(GetParam());
  const auto documents = proto::ReadYaml(text);
  ASSERT_TRUE(documents) << documents.error().message;
  ASSERT_EQ(documents->size(), 1u);

  FieldErrors errors;
  const Experiment experiment = Admit(documents->front().value, errors);

  EXPECT_FALSE(HasErrors(errors));
  EXPECT_EQ(Findings(text), Expectations(text));
  EXPECT_EQ(proto::ReadSpec(proto::WriteSpec(experiment.spec)), experiment.spec);
}

INSTANTIATE_TEST_SUITE_P(Corpus, ValidManifest, testing::ValuesIn(Manifests("valid")), TestName);

TEST(Corpus, RefusesAManifestOfTenMegabytes) {
  std::string text = "apiVersion: kubeflow.org/v1beta1\nkind: Experiment\nspec:\n  parameters:\n";
  while (text.size() < 10'000'000) {
    text += "    - {name: lr, parameterType: double, feasibleSpace: {min: \"1\", max: \"2\"}}\n";
  }

  EXPECT_THAT(Findings(text), testing::ElementsAre("unreadable"));
}

TEST(Corpus, AnswersAHundredThousandFaultsInBoundedTime) {
  std::string text = "apiVersion: kubeflow.org/v1beta1\nkind: Experiment\nspec:\n";
  for (const char* list : {"  parameters:\n", "  trialTemplate:\n    trialParameters:\n"}) {
    text += list;
    for (int i = 0; i < 15'000; ++i) {
      text += "    - {name: p" + std::to_string(i) + ", reference: q" + std::to_string(i) + "}\n";
    }
  }

  EXPECT_THAT(Findings(text), testing::Contains("Invalid metadata.name"));
}

}  // namespace
}  // namespace hone::controller
