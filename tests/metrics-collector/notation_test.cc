#include "metrics-collector/parse/notation.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/metrics-collector/parsing.h"

namespace hone::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Texts = std::vector<std::string>;

Parsed ParseAs(MetricsFormat format,
               std::vector<std::string> metrics,
               const std::vector<std::string>& lines) {
  return ParseLines({.format = format, .filters = {}, .metrics = std::move(metrics)}, lines);
}

/// A text after "loss=" and the value that is read from it.
using Reading = std::pair<std::string, std::string>;

void ExpectReadings(const std::vector<Reading>& readings) {
  for (const auto& [text, wanted] : readings) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {"loss=" + text});

    EXPECT_EQ(parsed.Texts(), Texts{"loss=" + wanted}) << text;
    EXPECT_THAT(parsed.warnings, IsEmpty()) << text;
  }
}

TEST(Value, IsReadWholeInEveryFormThatNumbersHave) {
  ExpectReadings({
      {"1.e-05", "1.e-05"},
      {"1e5", "1e5"},
      {".5", ".5"},
      {"5.", "5"},
      {"+1", "+1"},
      {"-inf", "-inf"},
      {"Infinity", "Infinity"},
      {"-nan(ind)", "-nan"},
  });
}

TEST(Value, EndsWhereASignOrTheSentenceDoes) {
  ExpectReadings({
      {"0.93,", "0.93"},
      {"0.93, acc=1", "0.93"},
      {"0.93,acc=1", "0.93"},
      {"0.93.", "0.93"},
      {"0.93... next", "0.93"},
      {"0.93)", "0.93"},
      {"0.93|", "0.93"},
      {"0.93</td>", "0.93"},
      {"0.93±0.02", "0.93"},
      {"0.93│", "0.93"},
      {"0.93🎉", "0.93"},
  });
}

TEST(Value, StandsBesideAUnitOrWithinATypeOfAnArray) {
  ExpectReadings({
      {"95%", "95"},
      {"0.5s", "0.5"},
      {"12ms/step", "12"},
      {"3µs", "3"},
      {"121.30it/s,", "121.30"},
      {"tensor(0.5)", "0.5"},
      {"tensor(5., device='cuda:0')", "5"},
      {"np.float64(0.5)", "0.5"},
      {"Array(0.5, dtype=float32)", "0.5"},
      {"Decimal('0.5')", "0.5"},
      {"tensor([0.5])", "0.5"},
      {"[0.5]", "0.5"},
      {"\"0.5\"", "0.5"},
  });
}

TEST(Value, IsAWarningWhenItCannotBeReadWhole) {
  for (const std::string text :
       {"1,234.5",      "2,718",      "1_000",   "0x1.8p+1", "0xff",     "1.5d-3",
        "1.5e",         "1.5e+",      "1.5k",    "0.5/1.0",  "45 / 50",  "0.5-0.6",
        "1'234",        "10.0.0.1",   "1h20m",   "12:30:05", "1.5×10^3", "−0.5",
        "０.５",        "1\u202f234", "0.5j",    "[0.5, 1]", "(0.5, 1)", "tensor([0.5, 0.6])",
        "FocalLoss(2)", "None",       "0.5+0.1", "0b1",      "1*10",     "[0.5, nan]",
        "'0.5, best'"}) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {"epoch 1 loss=" + text});

    EXPECT_THAT(parsed.observations, IsEmpty()) << text;
    EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr("is not a plain number"))) << text;
  }
}

TEST(Value, KeepsTheUnitThatItBeganWith) {
  const Parsed parsed =
      ParseLines(TextOptions({"time", "acc"}),
                 {"time=900ms acc=90%", "time=1.2s acc=0.91", "time=800ms acc=91%"});

  EXPECT_THAT(parsed.Texts(), ElementsAre("time=900", "acc=90", "time=800", "acc=91"));
  ASSERT_THAT(parsed.warnings, SizeIs(1));
  EXPECT_THAT(parsed.warnings[0], HasSubstr("its unit was \"ms\" and is \"s\" now"));
}

TEST(Value, KeepsTheUnitThatItBeganWithInOtherAttempts) {
  const auto first = LineParser::Make(TextOptions({"time"}));
  const auto second = (*first)->Fresh();
  std::vector<Observation> found;
  std::string warning;

  (*first)->Parse("time=nan", AtSecond(1), found, warning);
  (*first)->Parse("time=900ms", AtSecond(2), found, warning);
  EXPECT_EQ(warning, "");
  second->Parse("time=1.2s", AtSecond(1), found, warning);
  EXPECT_THAT(warning, HasSubstr("its unit was \"ms\" and is \"s\" now"));
  second->Parse("time=800ms", AtSecond(2), found, warning);

  EXPECT_EQ(warning, "");
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[2].value, "800");
  EXPECT_EQ(found[2].step, 1);
}

TEST(Name, StandsWholeBesideSignsNumbersValuesGapsAndLevels) {
  for (const std::string before : {"",
                                   "epoch 3 ",
                                   "epoch3 ",
                                   "step 1: ",
                                   "INFO: ",
                                   "INFO ",
                                   "[train] ",
                                   "[train]",
                                   "|",
                                   "- ",
                                   "100% ",
                                   "1.2s ",
                                   "1m30s ",
                                   "3/10 ",
                                   "10it/s ",
                                   "1.5GiB/s ",
                                   "64samples/sec ",
                                   "2026-01-31T12:00:00.5Z ",
                                   "lr 1e-3 ",
                                   "10:00:02,123 INFO ",
                                   "INFO:root:",
                                   "W0224 10:00:03.1 140 a.cc:1] ",
                                   "Epoch[0] Batch [100]\tSpeed: 38041.30 samples/sec\t",
                                   "done, ",
                                   "Done. ",
                                   "phase=train ",
                                   "phase = train ",
                                   "acc=nan ",
                                   "the epoch is done     ",
                                   "(",
                                   "\xef\xbb\xbf",
                                   "→ ",
                                   "msg=\"done\" ",
                                   "acc=0.5 and "}) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {before + "loss=0.5"});

    EXPECT_EQ(parsed.Texts(), Texts{"loss=0.5"}) << before;
  }
}

TEST(Name, IsAnotherWhenItIsLonger) {
  for (const std::string line : {"train/loss=0.5",
                                 "val.loss=0.5",
                                 "val-loss=0.5",
                                 "val_loss=0.5",
                                 "--loss=0.5",
                                 "macro F1 loss=0.5",
                                 "epoch 3 val loss=0.5",
                                 "Test loss = 0.5",
                                 "größe.loss=0.5",
                                 "é loss=0.5",
                                 "loss_2d=0.5",
                                 "5-shot loss=0.5",
                                 "10-fold loss=0.5",
                                 "3D loss=0.5",
                                 "95th percentile loss=0.5",
                                 "7B loss=0.5",
                                 "loss (val)=0.5"}) {
    const Parsed parsed = ParseLines(TextOptions({"loss"}), {line});

    EXPECT_THAT(parsed.observations, IsEmpty()) << line;
    EXPECT_THAT(parsed.warnings, IsEmpty()) << line;
  }
  EXPECT_THAT(ParseLines(TextOptions({"macro F1 score"}), {"macro F1 score=0.5"}).Texts(),
              ElementsAre("macro F1 score=0.5"));
}

TEST(Notation, ReadsKerasWhenTheBarIsFull) {
  const Parsed parsed = ParseAs(
      MetricsFormat::kKeras,
      {"loss", "val_loss"},
      {"Epoch 1/2",
       "1/5 [=====>........................] - ETA: 0s - loss: 2.3000 - accuracy: 1.0000",
       "5/5 [==============================] - 1s 12ms/step - loss: 0.4100 - val_loss: 3.9e-05",
       " 37/Unknown 1s 12ms/step - loss: 9",
       "938/938 ━━━━━━━━━━━━━━━━━━━━ 2s 2ms/step - accuracy: 0.8613 - loss: 0.3 - val_loss: nan",
       "10/10 - 1s - loss: 0.2 - val_loss: 0.1",
       "Epoch 3/9 - loss: 0.15",
       "loss: see below"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("loss=0.4100",
                          "val_loss=3.9e-05",
                          "loss=0.3",
                          "val_loss=nan",
                          "loss=0.2",
                          "val_loss=0.1",
                          "loss=0.15"));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(Notation, ReadsLightningsBarsAndTables) {
  const Parsed parsed = ParseAs(
      MetricsFormat::kLightning,
      {"val_loss", "test_acc"},
      {"Epoch 3:  10%|█         | 94/938 [00:01<00:07, 121.30it/s, v_num=3, val_loss=0.9]",
       "Epoch 3: 100%|██████████| 938/938 [00:07<00:00, 121.30it/s, v_num=3, val_loss=0.0456]",
       "Epoch 3/9 ━━━━╸━━━ 94/938 0:00:07 • 0:00:01 121.3it/s v_num: 3.000 val_loss: 0.8",
       "Epoch 3/9 ━━━━━━━━ 938/938 0:00:07 • 0:00:00 121.3it/s v_num: 3.000 val_loss: 0.04",
       "│         test_acc          │    0.9712015867233276     │",
       "        test_acc            0.9613",
       "{'test_acc': 0.95, 'test_loss': 0.1}"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("val_loss=0.0456",
                          "val_loss=0.04",
                          "test_acc=0.9712015867233276",
                          "test_acc=0.9613",
                          "test_acc=0.95"));
}

TEST(Notation, ReadsHuggingFacesDictsAndTables) {
  const Parsed parsed =
      ParseAs(MetricsFormat::kHuggingFace,
              {"eval_loss"},
              {"{'loss': 0.4321, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 1.0}",
               "{'eval_loss': 0.3312, 'eval_accuracy': 0.8712, 'eval_runtime': 12.3, 'epoch': 1.0}",
               "{'eval_loss': '1.2e-05', 'epoch': '2'}",
               "  eval_loss               =     0.3001",
               "the eval_loss: 7"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("eval_loss=0.3312", "eval_loss=1.2e-05", "eval_loss=0.3001"));
}

TEST(Notation, ReadsXgboostAndItsSpread) {
  const Parsed parsed = ParseAs(MetricsFormat::kXgboost,
                                {"eval-rmse", "rmse", "eval-ndcg@10"},
                                {"[10]\ttrain-rmse:0.41\teval-rmse:0.5",
                                 "[11:22:33] [11]\ttrain-rmse:0.40\teval-rmse:4e-1\teval-ndcg@10:1",
                                 "[12]\ttrain-rmse:0.46+0.01\teval-rmse:0.47+0.02"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("eval-rmse=0.5", "eval-rmse=4e-1", "eval-ndcg@10=1", "eval-rmse=0.47"));
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(Notation, ReadsLightgbm) {
  const Parsed parsed = ParseAs(MetricsFormat::kLightgbm,
                                {"valid_0's auc", "valid_1 auc_mu", "auc"},
                                {"[10]\tvalid_0's auc: 0.93\tvalid_0's binary_logloss: 0.3",
                                 "[LightGBM] [Info] Iteration:80, valid_1 auc_mu : -nan(ind)",
                                 "[LightGBM] [Info] Iteration:90, valid_1 auc_mu : 0.91",
                                 "[20]\tvalid_0's auc: 0.94 + 0.01"});

  EXPECT_THAT(parsed.Texts(),
              ElementsAre("valid_0's auc=0.93",
                          "valid_1 auc_mu=-nan",
                          "valid_1 auc_mu=0.91",
                          "valid_0's auc=0.94"));
}

TEST(Notation, ReadsTqdmAndLogfmt) {
  EXPECT_THAT(ParseAs(MetricsFormat::kTqdm,
                      {"loss"},
                      {"loss: 0.41:  30%|███       | 3/10 [00:01<00:02,  2.9it/s]",
                       "train:  40%|████      | 4/10 [00:01<00:02,  2.9it/s, loss=0.4, acc=1]"})
                  .Texts(),
              ElementsAre("loss=0.41", "loss=0.4"));
  EXPECT_THAT(ParseAs(MetricsFormat::kLogfmt,
                      {"loss"},
                      {"ts=2026-01-31T12:00:00Z level=info msg=\"epoch done\" loss=0.5",
                       "the epoch is done loss=\"0.4\" train.loss=3"})
                  .Texts(),
              ElementsAre("loss=0.5", "loss=0.4"));
}

TEST(Notation, FindsNoMoreThanAThousandPairsOfALine) {
  std::string line;
  for (int i = 0; i < 1000; ++i) {
    line += "a=1 ";
  }

  const Parsed parsed = ParseLines(TextOptions({"a"}), {line, line + "a=2"});

  EXPECT_THAT(parsed.observations, SizeIs(2000));
  EXPECT_EQ(parsed.observations.back().value, "1");
  EXPECT_THAT(parsed.warnings, ElementsAre(HasSubstr("after 1000 matches")));
}

}  // namespace
}  // namespace hone::metrics
