// `hone complete`, which completion scripts call: prints the names that can complete the last word
// of a command line.
#include <algorithm>
#include <memory>
#include <utility>

#include "controller/cli/algorithm_tree.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

/// More names than a person reads; typing a few letters narrows them down.
constexpr std::size_t kNamesMax = 200;

/// The words of a command line; the last one is to be completed.
class Words {
 public:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
    if (words_.empty()) {
      words_.emplace_back();
    }
  }
  [[nodiscard]] const std::string& current() const { return words_.back(); }
  [[nodiscard]] std::string previous() const {
    return words_.size() < 2 ? "" : words_[words_.size() - 2];
  }
  /// The value of the last `flag`: "--flag VALUE", or "--flag=VALUE", which bash splits at the "=".
  [[nodiscard]] std::optional<std::string> ValueOf(const std::string& flag) const {
    std::optional<std::string> value;
    for (std::size_t i = 0; i + 1 < words_.size(); ++i) {
      if (words_[i] == flag) {
        const std::size_t at = words_[i + 1] == "=" ? i + 2 : i + 1;
        value = at < words_.size() ? std::optional(words_[at]) : std::nullopt;
      } else if (words_[i].starts_with(flag + "=")) {
        value = words_[i].substr(flag.size() + 1);
      }
    }
    return value;
  }

 private:
  std::vector<std::string> words_;
};

using Names = std::vector<std::string>;

void Take(const std::string& name, const Words& words, Names& names) {
  if (name.starts_with(words.current()) && names.size() < kNamesMax) {
    names.push_back(name);
  }
}

void TakeCatalogued(const char* kind, const Words& words, Names& names) {
  for (const Catalogued& entry : AllCatalogued(kind)) {
    Take(std::string(entry.name), words, names);
  }
}

// "n_startup_trials=" and so on: the settings of the algorithm or rule called `name`.
void TakeSettings(const char* kind, const std::string& name, const Words& words, Names& names) {
  for (const Catalogued& entry : AllCatalogued(kind)) {
    if (entry.name != name) {
      continue;
    }
    for (const algorithms::SettingSchema& setting : entry.settings) {
      Take(std::string(setting.name) + "=", words, names);
    }
  }
}

struct DatedKey {
  Time created;
  ExperimentKey key;
};

// Trials of the experiments whose name, or the beginning of it, has been typed; trials of the
// newest experiment come first.
Status TakeTrials(db::Store& store,
                  std::vector<DatedKey> experiments,
                  const Words& words,
                  Names& names) {
  std::sort(experiments.begin(), experiments.end(), [](const DatedKey& a, const DatedKey& b) {
    return a.created > b.created;
  });
  for (const DatedKey& experiment : experiments) {
    const std::string stem = experiment.key.name + "-";
    if (!stem.starts_with(words.current()) && !words.current().starts_with(stem)) {
      continue;
    }
    HONE_RETURN_IF_ERROR(
        ForEachTrial(store, {.experiment = experiment.key, .states = {}}, [&](const Trial& trial) {
          Take(trial.name(), words, names);
          return names.size() < kNamesMax;
        }));
  }
  return {};
}

// Names that the store knows.
Status TakeStored(const std::string& kind,
                  const Session& session,
                  const Words& words,
                  Names& names) {
  StorePaths paths = session.paths;
  if (const std::optional<std::string> file = words.ValueOf("--store")) {
    HONE_ASSIGN_OR_RETURN(paths, StorePaths::Resolve(file));
  }
  HONE_ASSIGN_OR_RETURN(const auto store, session.factory.open_store(paths, false));
  const bool wants_trials = kind == "trial" || kind == "subject";
  // The experiment's part of a trial's name may end at any dash of the typed word.
  const std::string& typed = words.current();
  const std::string prefix = wants_trials ? typed.substr(0, typed.find('-')) : typed;
  bool names_experiment = false;
  std::vector<DatedKey> experiments;
  HONE_RETURN_IF_ERROR(
      ForEachExperiment(*store, session.ns.value_or(""), prefix, [&](const Experiment& experiment) {
        names_experiment |= typed.starts_with(experiment.key.name + "-");
        if (kind != "trial") {
          Take(experiment.key.name, words, names);
        }
        if (wants_trials) {
          experiments.push_back({experiment.created, experiment.key});
        }
        return wants_trials || names.size() < kNamesMax;
      }));
  if (kind == "trial" || (kind == "subject" && names_experiment)) {
    return TakeTrials(*store, std::move(experiments), words, names);
  }
  return {};
}

// The kind of subject that the previous word names. If it names none, the kinds themselves are
// candidates too.
std::string KindOfSubject(const Words& words, Names& names) {
  std::string before = words.previous();
  if (before == "experiment" || before == "trial" || before == "algorithm") {
    return before;
  }
  for (const char* word : {"experiment", "trial", "algorithm"}) {
    Take(word, words, names);
  }
  return "subject";
}

Status TakeNames(const std::string& asked,
                 const Session& session,
                 const Words& words,
                 Names& names) {
  const std::string kind = asked == "subject" ? KindOfSubject(words, names) : asked;
  if (kind == "algorithm" || kind == "rule") {
    TakeCatalogued(kind == "rule" ? "stopping" : "search", words, names);
    if (words.previous() == "algorithm") {
      TakeCatalogued("stopping", words, names);
    }
    return {};
  }
  if (kind == "setting") {
    TakeSettings("search", words.ValueOf("--algorithm").value_or("auto"), words, names);
    return {};
  }
  if (kind == "rule-setting") {
    TakeSettings("stopping", words.ValueOf("--early-stopping").value_or(""), words, names);
    return {};
  }
  return TakeStored(kind, session, words, names);
}

}  // namespace

Command MakeCompleteCommand() {
  auto kind = std::make_shared<std::optional<std::string>>();
  Command command;
  command.name = "complete";
  command.summary = "Print what may stand for the last word of a command line";
  command.is_hidden = true;
  command.takes_trailing = true;
  command.positionals = {
      {"KIND",
       kind.get(),
       {"experiment", "trial", "subject", "algorithm", "rule", "setting", "rule-setting"}}};
  command.run = [kind](Session& session) -> Result<int> {
    Names names;
    HONE_RETURN_IF_ERROR(TakeNames(**kind, session, Words(session.trailing), names));
    for (const std::string& name : names) {
      session.output.Write(name + "\n");
    }
    return kExitOk;
  };
  return command;
}

}  // namespace hone::controller
