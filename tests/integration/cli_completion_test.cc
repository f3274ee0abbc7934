// Completion scripts in the shells that they are made for.
#include <gtest/gtest.h>

#include "tests/integration/program.h"
#include "tests/paths.inc"

namespace hone {
namespace {

/// A store with an experiment of four trials, and a hone in the shells' PATH.
class CliCompletion : public ::testing::Test {
 protected:
  void SetUp() override {
    const Outcome run = sandbox_.Shell(
        "hone run --maximize score -p x=int:1..4 --algorithm grid --name grid -q -- echo score={x} "
        "&& mkdir bin && ln -s " HONE_PROGRAM " bin/hone");
    ASSERT_EQ(run.exit_code, 0) << run.err;
  }

  [[nodiscard]] Outcome InShell(const std::string& line) const {
    return sandbox_.Shell("export PATH=$PWD/bin:$PATH\n" + line);
  }

  Sandbox sandbox_;
};

TEST_F(CliCompletion, BashOffersCommandsFlagsAndNames) {
  sandbox_.Write("complete.bash",
                 "source <(hone completion bash)\n"
                 "ask() { COMP_WORDS=(hone \"$@\"); COMP_CWORD=$#; _hone; "
                 "echo \"${COMPREPLY[@]}\"; }\n"
                 "ask best ''\n"
                 "ask get tr\n"
                 "ask run --maxi\n"
                 "ask best -o y\n"
                 "ask logs ''\n"
                 "ask describe g\n"
                 "ask describe grid-\n"
                 "ask describe algorithm sob\n"
                 "ask run --algorithm sobol --set ''\n"
                 "ask run --early-stopping medianstop --early-stopping-set min\n");

  const Outcome completed = InShell("bash complete.bash");

  EXPECT_EQ(completed.out,
            "grid\ntrials\n--maximize\nyaml\ngrid-1 grid-2 grid-3 grid-4\ngrid\n"
            "grid-1 grid-2 grid-3 grid-4\nsobol\nrandom_state=\nmin_trials_required=\n")
      << completed.err;
}

TEST_F(CliCompletion, FishOffersCommandsFlagsAndNames) {
  const Outcome completed = InShell(
      "hone completion fish > hone.fish\n"
      "for line in 'best gr' 'get tr' 'run --maxi' 'best -o y' 'logs grid-3' 'describe algorithm "
      "sob' "
      "'run --algorithm sobol --set rand'; do\n"
      "  fish -c \"source hone.fish; complete -C 'hone $line'\" | cut -f1\n"
      "done");

  EXPECT_EQ(completed.out, "grid\ntrials\n--maximize\nyaml\ngrid-3\nsobol\nrandom_state=\n")
      << completed.err;
}

TEST_F(CliCompletion, ZshOffersCommandsFlagsAndNames) {
  // Calls the same functions as zsh's own completion would, with the words that it would set.
  sandbox_.Write("complete.zsh",
                 "autoload -Uz compinit && compinit -u -d dump\n"
                 "source <(hone completion zsh)\n"
                 "echo ${_comps[hone]}\n"
                 "compadd() { while [[ $1 != -- ]]; do shift; done; shift; (( $# )) && print -l -- "
                 "$@ }\n"
                 "ask() { words=(hone \"$@\"); CURRENT=$#words; _hone; }\n"
                 "ask best ''\n"
                 "ask best -o ''\n"
                 "ask logs grid-2\n"
                 "ask describe algorithm sob\n"
                 "ask run --algorithm sobol --set ''\n");

  const Outcome completed = InShell("zsh -f complete.zsh");

  EXPECT_EQ(completed.out,
            "_hone\ngrid\ntable\njson\nyaml\nname\nshell\ngrid-2\nsobol\nrandom_state=\n")
      << completed.err;
}

TEST_F(CliCompletion, NamesOfAnotherStoreAreOffered) {
  const Outcome run = sandbox_.Shell(
      "hone run --store other.db --maximize score -p x=int:1..4 -n 1 --name far -q -- echo "
      "score={x} > out && hone complete experiment -- best --store other.db ''; hone complete "
      "trial -- logs "
      "far-1");

  EXPECT_EQ(run.out, "far\n");
}

}  // namespace
}  // namespace hone
