// Checks that documents agree with the code.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "algorithms/catalogue.h"
#include "algorithms/rule_catalogue.h"
#include "tests/tidy/algorithms_page.h"
#include "tests/tidy/source_tree.h"

namespace hone::tidy {
namespace {

/// Fails if `page` differs from the contents of `file`.
void ExpectPage(const std::string& file, const std::string& page) {
  const std::filesystem::path path = RepositoryRoot() / file;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): a test program has one thread.
  if (std::getenv("HONE_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << page;
  }

  EXPECT_EQ(ReadText(path), page) << "write it anew: HONE_UPDATE_DOCS=1 build/dev/test_tidy";
}

TEST(Docs, DescribeTheRulesAsTheCatalogueDoes) {
  const std::string page = RenderRulesPage();

  ExpectPage("docs/reference/early-stopping.md", page);
  for (const algorithms::Rule* rule : algorithms::RuleCatalogue()) {
    EXPECT_NE(page.find("\n## " + std::string(rule->name) + "\n"), std::string::npos);
  }
}

TEST(Docs, DescribeTheAlgorithmsAsTheCatalogueDoes) {
  const std::string page = RenderAlgorithmsPage();

  ExpectPage("docs/reference/algorithms.md", page);
  for (const algorithms::Algorithm* algorithm : algorithms::Catalogue()) {
    EXPECT_NE(page.find("\n## " + std::string(algorithm->name) + "\n"), std::string::npos);
  }
}

TEST(Decisions, HaveStatusContextDecisionAndConsequences) {
  std::size_t decisions = 0;
  for (const std::string& path : Documents()) {
    if (!path.starts_with("docs/decisions/0")) {
      continue;
    }
    ++decisions;
    const std::string page = ReadText(RepositoryRoot() / path);
    std::size_t at = 0;
    for (const char* heading :
         {"# ", "## Status", "## Context", "## Decision", "## Consequences"}) {
      at = page.find((at == 0 ? "" : "\n") + std::string(heading), at);
      ASSERT_NE(at, std::string::npos) << path << ": has no \"" << heading << "\" in its place";
      at += 1;
    }
  }

  EXPECT_GE(decisions, 10U);
}

/// The targets of `[text](target)` in a page, without those on other sites.
std::vector<std::string> LocalLinksOf(const std::string& page) {
  std::vector<std::string> links;
  for (std::size_t at = page.find("]("); at != std::string::npos; at = page.find("](", at + 1)) {
    std::string link = page.substr(at + 2, page.find(')', at) - at - 2);
    link = link.substr(0, link.find('#'));
    if (!link.empty() && link.find("://") == std::string::npos) {
      links.push_back(std::move(link));
    }
  }
  return links;
}

TEST(Docs, LinkToFilesThatExist) {
  for (const std::string& path : Documents()) {
    const std::filesystem::path folder = (RepositoryRoot() / path).parent_path();
    for (const std::string& link : LocalLinksOf(ReadText(RepositoryRoot() / path))) {
      EXPECT_TRUE(std::filesystem::exists(folder / link)) << path << " links to " << link;
    }
  }
}

}  // namespace
}  // namespace hone::tidy
