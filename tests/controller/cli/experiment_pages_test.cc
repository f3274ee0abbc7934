// Experiments are read in pages, and only names with the given prefix are read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/cli/query.h"
#include "db/store/memory_store.h"
#include "tests/support/forwarding_store.h"

namespace hone::controller {
namespace {

using ::testing::ElementsAre;
using ::testing::Le;
using ::testing::SizeIs;

struct RealStore {
  SystemClock clock;
  std::unique_ptr<db::Store> store = db::MakeMemoryStore(clock);
};

/// A store that counts the experiments that are read from it.
class CountingStore : private RealStore, public db::ForwardingStore {
 public:
  CountingStore() : ForwardingStore(*store) {}

  void Create(const std::string& ns, const std::string& name) {
    Experiment experiment;
    experiment.key = {ns, name};
    ASSERT_TRUE(CreateExperiment(experiment).has_value());
  }
  [[nodiscard]] std::size_t read() const { return read_; }

  Result<std::vector<Experiment>> ListExperiments(const std::string& ns,
                                                  const ExperimentKey& after,
                                                  std::size_t limit) override {
    EXPECT_THAT(limit, Le(kPageExperiments));
    auto page = ForwardingStore::ListExperiments(ns, after, limit);
    read_ += page->size();
    return page;
  }

 private:
  std::size_t read_ = 0;
};

std::vector<std::string> NamesOf(db::Store& store,
                                 const std::string& ns,
                                 const std::string& prefix,
                                 std::size_t most = SIZE_MAX) {
  std::vector<std::string> names;
  EXPECT_TRUE(ForEachExperiment(store, ns, prefix, [&](const Experiment& experiment) {
    names.push_back(experiment.key.ns + "/" + experiment.key.name);
    return names.size() < most;
  }));
  return names;
}

void Fill(CountingStore& store) {
  for (const char* const ns : {"a", "b", "c"}) {
    for (int i = 0; i < 1000; ++i) {
      store.Create(ns, "run-" + std::to_string(i));
    }
  }
  store.Create("b", "sat");
  store.Create("c", "q");
}

TEST(ExperimentPages, HoldAllOfAStore) {
  CountingStore store;
  Fill(store);

  EXPECT_THAT(NamesOf(store, "", ""), SizeIs(3002));
  EXPECT_THAT(NamesOf(store, "b", ""), SizeIs(1001));
  EXPECT_THAT(NamesOf(store, "b", "run-99"), SizeIs(11));
  EXPECT_THAT(NamesOf(store, "", "run-9"), SizeIs(333));
  EXPECT_THAT(NamesOf(store, "d", "run"), SizeIs(0));
}

TEST(ExperimentPages, AreReadOnlyWhereNamesBeginWithThePrefix) {
  CountingStore store;
  Fill(store);

  EXPECT_THAT(NamesOf(store, "b", "s"), ElementsAre("b/sat"));
  EXPECT_THAT(store.read(), Le(1U));
  EXPECT_THAT(NamesOf(store, "", "run-998"), ElementsAre("a/run-998", "b/run-998", "c/run-998"));
  EXPECT_THAT(store.read(), Le(1 + 3 * 2 * kPageExperiments));
}

TEST(ExperimentPages, EndWhereTheVisitorHasEnough) {
  CountingStore store;
  Fill(store);

  EXPECT_THAT(NamesOf(store, "", "", 10), SizeIs(10));
  EXPECT_THAT(store.read(), Le(kPageExperiments));
}

}  // namespace
}  // namespace hone::controller
