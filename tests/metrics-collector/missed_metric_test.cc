#include "metrics-collector/parse/missed_metric.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metrics-collector/parsing.h"

namespace hone::metrics {
namespace {

std::string HintFor(const ParserOptions& options, const std::vector<std::string>& lines) {
  MissedMetric missed(options);
  for (const std::string& line : lines) {
    missed.Look(line);
  }
  return missed.Hint();
}

TEST(MissedMetric, NamesTheFormatThatReadsTheLine) {
  const struct {
    const char* metric;
    const char* line;
    const char* wanted;
  } rows[] = {
      {"accuracy", "accuracy: 0.97", R"("accuracy: 0.97": try --format keras (format: KERAS))"},
      {"eval_loss", "{'eval_loss': 0.3, 'epoch': 1}", "try --format huggingface"},
      {"eval-auc", "[10]\ttrain-auc:0.9\teval-auc:0.8", R"("eval-auc:0.8": try --format xgboost)"},
      {"valid_0's auc", "[10]\tvalid_0's auc: 0.93", "try --format lightgbm"},
      {"test_acc", "│    test_acc    │   0.97   │", "try --format lightning"},
      {"loss", R"({"loss": 0.5})", "try --format json"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(HintFor(TextOptions({row.metric}), {"starting", row.line, "the end"}),
                testing::HasSubstr(row.wanted))
        << row.line;
  }
}

TEST(MissedMetric, NamesTheMetricThatWasPrinted) {
  EXPECT_EQ(HintFor(TextOptions({"loss"}), {"epoch 3 train/loss=0.5, lr=0.1"}),
            R"(it printed "train/loss=0.5": the metric there is "train/loss")");
  EXPECT_EQ(HintFor(TextOptions({"score"}), {"macro F1 score=0.5"}),
            R"(it printed "macro F1 score=0.5": the metric there is "macro F1 score")");
  EXPECT_EQ(HintFor(TextOptions({"loss"}), {"Loss=0.5"}),
            R"(it printed "Loss=0.5": the metric there is "Loss")");
  EXPECT_EQ(HintFor(TextOptions({"accuracy"}), {"epoch: 3", "acc=0.5", "took 3 s"}),
            R"(it printed "acc=0.5": the metric there is "acc")");
  EXPECT_EQ(HintFor(TextOptions({"accuracy"}), {"5/5 - 1s - val_loss: 0.41"}),
            R"(it printed "val_loss: 0.41": the metric there is "val_loss"; )"
            "try --format keras (format: KERAS)");
  EXPECT_THAT(HintFor(JsonOptions({"loss"}), {R"({"metrics": {"loss": 0.5}})"}),
              testing::HasSubstr(R"(: the metric there is "metrics.loss")"));
}

TEST(MissedMetric, SaysWhyAValueWasNotRead) {
  EXPECT_EQ(
      HintFor(TextOptions({"loss"}), {"loss=1,234.5"}),
      R"(it printed "loss=1,234.5": reading metric "loss": "1,234.5" is not a plain number, such as )"
      "0.5, -3 or 1e-05");
  EXPECT_THAT(HintFor(TextOptions({"loss"}, {R"((loss)=(\d+))"}), {"loss: 5"}),
              testing::HasSubstr(R"("loss: 5", which no filter reads)"));
}

TEST(MissedMetric, SaysNothingOfAnotherMetricInTheLine) {
  EXPECT_EQ(HintFor(TextOptions({"loss", "acc"}), {"loss: 0.4 acc=low"}),
            R"(it printed "loss: 0.4": try --format keras (format: KERAS))");
}

TEST(MissedMetric, NamesTheFirstPathThatEndsWithTheMetric) {
  EXPECT_THAT(HintFor(JsonOptions({"loss"}),
                      {R"({"val": {"loss": "0.5"}, "train": {"loss": 0.4, "x_loss": 1}})"}),
              testing::HasSubstr(R"(: the metric there is "val.loss")"));
  EXPECT_THAT(
      HintFor(JsonOptions({"m.loss"}), {R"({"a": [{"m.loss": 3}], "b": {"m": {"loss": 1}}})"}),
      testing::Not(testing::HasSubstr("a.")));
}

TEST(MissedMetric, SaysNothingWhenNothingCameClose) {
  EXPECT_EQ(HintFor(TextOptions({"loss"}), {"hello", "", "loss is low", "the end"}), "");
  EXPECT_EQ(HintFor(TextOptions({"loss"}), {std::string(100'000, 'x') + "loss: 1"}), "");
}

TEST(MissedMetric, TakesTheLineThatComesClosest) {
  EXPECT_THAT(HintFor(TextOptions({"loss"}), {"loss: 0.5", "Loss = 1", "acc=0.5", "step: 3"}),
              testing::HasSubstr(R"("loss: 0.5")"));
}

}  // namespace
}  // namespace hone::metrics
