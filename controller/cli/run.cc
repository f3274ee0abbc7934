#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "controller/admission/admission.h"
#include "controller/cli/experiment_run.h"
#include "controller/cli/inline_experiment.h"
#include "controller/cli/manifest_file.h"
#include "controller/cli/names.h"
#include "controller/cli/query.h"
#include "controller/cli/runnable.h"
#include "controller/workload/shell_syntax.h"
#include "proto/convert/field_reader.h"
#include "proto/convert/manifest.h"
#include "proto/core/uid.h"

namespace hone::controller {
namespace {

constexpr std::size_t kSuffixLength = 4;

struct RunOptions {
  InlineFlags inline_flags;
  std::optional<std::string> file;
  std::optional<std::string> gpus;
  std::optional<std::string> output;
  bool is_folder_shared = false;
  bool print_yaml = false;
};

// An experiment to be run, or the exit code with which its faults were reported.
struct Admitted {
  Experiment experiment;
  /// For --print-yaml: of flags what they say, of a file what defaults made of it.
  proto::Json manifest;
  std::optional<int> exit_code;
};

proto::Json ManifestOf(const Experiment& experiment, const std::optional<std::string>& prefix) {
  proto::Json tree = proto::WriteExperiment(experiment, {});
  tree.erase("status");
  proto::Json metadata = {{"name", experiment.key.name}};
  if (prefix) {
    metadata = {{"generateName", *prefix}};
  }
  if (experiment.key.ns != "default") {
    metadata["namespace"] = experiment.key.ns;
  }
  tree["metadata"] = std::move(metadata);
  return tree;
}

Result<int> UsageError(const Session& session, const std::string& message) {
  session.output.Fail(message);
  session.output.Note("`hone run --help` shows examples and all flags");
  return kExitUsage;
}

// The names of this process's environment.
std::set<std::string> VariablesHere() {
  std::set<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    names.emplace(text.substr(0, text.find('=')));
  }
  return names;
}

Result<Admitted> AdmitInline(const RunOptions& options, const Session& session) {
  Admitted admitted;
  const InlineFlags& flags = options.inline_flags;
  const std::string suffix = UniqueSuffix(kSuffixLength);
  Result<Experiment> experiment = MakeInlineExperiment(flags, session.trailing, suffix);
  if (!experiment) {
    HONE_ASSIGN_OR_RETURN(admitted.exit_code, UsageError(session, experiment.error().message));
    return admitted;
  }
  if (const auto variable = FindShellVariable(session.trailing, VariablesHere())) {
    session.output.Note("note: " + *variable + " in the command stays as it is: no shell runs it");
  }
  experiment->key.ns = session.ns.value_or("default");
  std::optional<std::string> prefix;
  if (!flags.name) {
    prefix = experiment->key.name.substr(0, experiment->key.name.size() - suffix.size());
  }
  admitted.manifest = ManifestOf(*experiment, prefix);
  FieldErrors errors;
  admitted.experiment = Admit(ManifestOf(*experiment, std::nullopt), errors, session.services);
  CheckRunnable(admitted.experiment, errors);
  if (HasErrors(errors)) {
    for (const FieldError& error : errors) {
      session.output.Fail(FlagOfField(*experiment, error.field) + ": " + error.message +
                          (error.found.empty() ? "" : " (found \"" + error.found + "\")"));
    }
    admitted.exit_code = kExitUsage;
  }
  return admitted;
}

Result<Admitted> AdmitFile(const RunOptions& options, const Session& session) {
  Admitted admitted;
  HONE_ASSIGN_OR_RETURN(Manifest manifest,
                        LoadManifest(*options.file, options.inline_flags, session.services));
  for (const Diagnostic& diagnostic : manifest.diagnostics) {
    WriteToStderr(diagnostic.ToString() + "\n");
  }
  if (manifest.errors() > 0) {
    session.output.Fail(*options.file + ": " + CountFaults(manifest.errors(), manifest.warnings()));
    admitted.exit_code = kExitFailure;
    return admitted;
  }
  if (manifest.experiments.size() > 1) {
    return Fail(Code::kInvalidArgument,
                *options.file + " holds " + std::to_string(manifest.experiments.size()) +
                    " experiments; hone run takes one at a time");
  }
  admitted.experiment = std::move(manifest.experiments.front());
  if (session.ns) {
    admitted.experiment.key.ns = *session.ns;
  }
  admitted.manifest = ManifestOf(admitted.experiment, std::nullopt);
  return admitted;
}

// Why an experiment of this name cannot be created, and what to do.
tl::unexpected<Error> ExistsAlready(const Session& session,
                                    const Experiment& stored,
                                    const Experiment& wanted) {
  const std::string program = ProgramWords(session);
  const std::string& name = stored.key.name;
  std::string message = "experiment " + name + " exists already and ";
  if (stored.status.IsCompleted()) {
    message += "has ended; delete it with `" + program + " delete " + name +
               "`, or choose another name with --name";
  } else if (stored.spec == wanted.spec) {
    message += "is not finished; go on with `" + program + " resume " + name + "`";
  } else {
    message += "wants something else; choose another name with --name, or delete it with `" +
               program + " delete " + name + "`";
  }
  return Fail(Code::kAlreadyExists, message);
}

Result<int> Start(const Session& session, Experiment experiment, const RunOptions& options) {
  if (const std::optional<std::string> note = ImageNote(experiment)) {
    session.output.Note("note: " + *note);
  }
  experiment.uid = MakeUid();
  std::error_code ignored;
  experiment.annotations[kWorkingDirectoryAnnotation] =
      std::filesystem::current_path(ignored).string();
  if (options.gpus) {
    experiment.annotations[kGpusAnnotation] = *options.gpus;
  }
  HONE_ASSIGN_OR_RETURN(RunHost run, OpenHost(session));
  experiment.created = SystemClock().Now();
  const Result<Experiment> created = run.host->store().CreateExperiment(experiment);
  if (!created && created.error().code == Code::kAlreadyExists) {
    HONE_ASSIGN_OR_RETURN(const Experiment stored, run.host->store().GetExperiment(experiment.key));
    return ExistsAlready(session, stored, experiment);
  }
  if (!created) {
    return Wrap("creating experiment " + experiment.key.name, created.error());
  }
  session.output.Note("experiment " + experiment.key.name + " in " + session.paths.Name());
  return ControlExperiment(session, run, {.key = experiment.key}, FormatOf(options.output));
}

// A script in the manifest's place: "--" was forgotten.
bool IsProgram(const std::filesystem::path& file) {
  constexpr std::array<std::string_view, 4> kEndings = {".py", ".sh", ".R", ".jl"};
  return std::find(kEndings.begin(), kEndings.end(), file.extension().string()) != kEndings.end();
}

Result<int> Run(const RunOptions& options, const Session& session) {
  if (options.file && !session.trailing.empty()) {
    return UsageError(session,
                      "either a manifest (" + *options.file + ") or a command behind \"--\"");
  }
  if (options.file && IsProgram(*options.file)) {
    return UsageError(session,
                      *options.file +
                          " is a program and no manifest; write its command behind "
                          "the flags, as in -- python3 " +
                          *options.file + " --lr {lr}");
  }
  if (!options.file && session.trailing.empty() && options.inline_flags == InlineFlags{}) {
    return UsageError(session, "what is to be run? Give a manifest, or flags and a command");
  }
  HONE_ASSIGN_OR_RETURN(Admitted admitted,
                        options.file ? AdmitFile(options, session) : AdmitInline(options, session));
  if (admitted.exit_code) {
    return *admitted.exit_code;
  }
  if (options.is_folder_shared) {
    admitted.experiment.annotations[kSharedFolderAnnotation] = "true";
  }
  const std::optional<std::string>& file = options.inline_flags.file_metrics;
  if (file && !file->starts_with('/') && PlaceOf(admitted.experiment).is_folder_shared) {
    return UsageError(session,
                      "--file-metrics " + *file +
                          ": trials in a shared folder would write one file; give an absolute "
                          "path, which becomes each trial's own where the command mentions it");
  }
  if (options.print_yaml) {
    PrintTree(session, admitted.manifest, Format::kYaml);
    return kExitOk;
  }
  return Start(session, std::move(admitted.experiment), options);
}

std::vector<Flag> SearchFlags(RunOptions& options) {
  InlineFlags& flags = options.inline_flags;
  return {
      {"--maximize", "METRIC", "the metric to make as large as possible", &flags.maximize},
      {"--minimize", "METRIC", "the metric to make as small as possible", &flags.minimize},
      {"--goal", "X", "end as soon as the metric reaches X", &flags.goal},
      {"-p,--param", "NAME=SPEC", "a parameter and its values, see below", &flags.parameters},
      {"-n,--trials", "N", "how many trials in all", &flags.trials},
      {"-j,--parallel", "N", "how many of them at once (1)", &flags.parallel},
      {"--max-failed",
       "N",
       "give up after so many failed trials (when the first 3 fail alike)",
       &flags.max_failed},
      {"--time", "DURATION", "end when trials have run for so long, e.g. 2h", &flags.time},
      {"--algorithm",
       "NAME",
       "see `hone get algorithms` (auto)",
       &flags.algorithm,
       {},
       Completes::kAlgorithm},
      {"--set",
       "KEY=VALUE",
       "a setting of the algorithm, see `hone describe algorithm NAME`",
       &flags.settings,
       {},
       Completes::kSetting},
      {"--seed", "N", "the same seed proposes the same points", &flags.seed},
      {"--early-stopping",
       "RULE",
       "ends hopeless trials, see `hone get algorithms stopping`",
       &flags.early_stopping,
       {},
       Completes::kRule},
      {"--early-stopping-set",
       "KEY=VALUE",
       "a setting of the rule",
       &flags.early_stopping_settings,
       {},
       Completes::kRuleSetting},
  };
}

std::vector<Flag> TrialFlags(RunOptions& options) {
  InlineFlags& flags = options.inline_flags;
  return {
      {"--metric", "NAME", "another metric to record", &flags.metrics},
      {"--file-metrics",
       "PATH",
       "read metrics from this file instead of stdout; every trial has its own",
       &flags.file_metrics,
       {},
       Completes::kFile},
      {"--format",
       "FORMAT",
       "how metrics are written: " + proto::JoinWords(FormatWords()) + " (text: name=number)",
       &flags.format},
      {"--json", "", "short for --format json", &flags.has_json_metrics},
      {"--filter",
       "REGEX",
       "how metrics look in the output: RE2 with two groups, name and value",
       &flags.filters},
      {"--timeout", "DURATION", "a trial fails after so long, e.g. 90s, 15m, 2h", &flags.timeout},
      {"--retries", "N", "how often a failed trial is run again (0)", &flags.retries},
      {"--gpus-per-trial", "N", "GPUs that each trial has for itself", &flags.gpus_per_trial},
      {"--working-directory",
       "DIR",
       "where trials run (here)",
       &flags.working_directory,
       {},
       Completes::kFile},
  };
}

std::vector<Flag> OtherFlags(RunOptions& options) {
  return {
      {"--gpus", "IDS", "GPUs to hand out, e.g. 0,1 (sets CUDA_VISIBLE_DEVICES)", &options.gpus},
      {"--name",
       "NAME",
       "the experiment's name (made from the command)",
       &options.inline_flags.name},
      {"--shared-folder",
       "",
       "trials run in the folder itself, not each in one of its own that shows it",
       &options.is_folder_shared},
      {"--print-yaml", "", "print the manifest that is run, run nothing", &options.print_yaml},
      OutputFlag(&options.output, {"table", "json", "yaml", "name"}),
  };
}

constexpr const char* kNotes =
    R"(Parameters (-p NAME=SPEC):
  lr=loguniform:1e-4..1e-1        real, even on a logarithmic scale
  dropout=uniform:0..0.5          real;  uniform:0..0.5/0.1 in steps of 0.1
  lr=normal:0..1, lognormal:1..9  real, mostly near the middle
  layers=int:1..4                 whole;  int:16..256/16 in steps of 16
  width=logint:1..1024            whole, even on a logarithmic scale
  act=relu,tanh                   one of these words;  choice:relu for a single one
  batch=16,32,64                  one of these numbers (discrete:8 for a single one);
                                  choice:0,1,2 takes numbers for mere words
  'momentum=uniform:0..1 if opt=sgd'  lives where opt, which stands before it, is sgd (or: =sgd,rms)

In the command, {lr} stands for the value of the parameter lr and {trial} for the trial's name;
write {{lr}} for the text {lr} itself. Another single word in braces is taken for a misspelt
parameter; ${lr} and braces around anything else are left alone. A word with a parameter that a
trial does not have is left out of its command whole: write --momentum={momentum} as one word.

No shell runs the command. For cd, &&, | or > write: -- sh -c 'cd data && ./train {lr} | tee log'

With a manifest, the flags of the search, of metrics and of trials change its fields; -p NAME=SPEC
gives other values to a parameter that it has. Another --algorithm drops the settings of the old one.

A trial reports a metric by printing a line such as `accuracy=0.93`. Each runs in a folder of its
own, in which this one appears: what it writes under a relative path stays with it. Its log and its
files are kept: the end of the run says where.

Ctrl-C once lets running trials finish, twice stops them; `hone resume NAME` goes on.)";

}  // namespace

Command MakeRunCommand() {
  auto options = std::make_shared<RunOptions>();
  Command command;
  command.name = "run";
  command.summary = "Run an experiment here, from a manifest or from flags";
  command.examples = {
      {"tune three parameters of train.py, 40 trials, 2 at once",
       "hone run --maximize accuracy -p lr=loguniform:1e-4..1e-1 -p layers=int:1..4 \\\n"
       "      -p act=relu,tanh -n 40 -j 2 -- python3 train.py --lr {lr} --layers {layers} --act "
       "{act}"},
      {"run a Katib manifest as local processes", "hone run experiment.yaml"},
      {"the same, short and with another algorithm",
       "hone run experiment.yaml -n 4 -j 1 --algorithm tpe --timeout 10m --name short"},
      {"see the manifest that flags stand for",
       "hone run --minimize loss -p x=uniform:0..1 -n 9 --print-yaml -- ./fit {x}"},
  };
  command.positionals = {{"[FILE]", &options->file, {}, Completes::kFile}};
  for (const std::vector<Flag>& flags :
       {SearchFlags(*options), TrialFlags(*options), OtherFlags(*options)}) {
    command.flags.insert(command.flags.end(), flags.begin(), flags.end());
  }
  command.notes = kNotes;
  command.takes_trailing = true;
  command.run = [options](Session& session) {
    return Run(*options, session);
  };
  return command;
}

}  // namespace hone::controller
