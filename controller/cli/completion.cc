#include "controller/cli/completion.h"

#include <functional>

namespace hone::controller {
namespace {

using Path = std::vector<const Command*>;

std::string NameOf(const Path& path) {
  std::string name;
  for (const Command* command : path) {
    name += (name.empty() ? "" : " ") + command->name;
  }
  return name;
}

void ForEachCommand(const Path& path, const std::function<void(const Path&)>& visit) {
  visit(path);
  for (const Command& child : path.back()->children) {
    if (!child.is_hidden) {
      Path longer = path;
      longer.push_back(&child);
      ForEachCommand(longer, visit);
    }
  }
}

// The names of a flag under `command`, as a list.
std::vector<std::string> NamesOf(const Flag& flag, const Command& command) {
  const std::string names = NamesBeside(flag, command);
  const std::size_t comma = names.find(',');
  if (comma == std::string::npos) {
    return {names};
  }
  return {names.substr(0, comma), names.substr(comma + 1)};
}

std::vector<const Flag*> FlagsOf(const Path& path) {
  std::vector<const Flag*> flags;
  for (const Flag& flag : path.back()->flags) {
    flags.push_back(&flag);
  }
  for (const Flag& flag : path.front()->flags) {
    if (path.size() > 1) {
      flags.push_back(&flag);
    }
  }
  return flags;
}

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

// The argument of `hone complete`; empty if the names do not come from `hone complete`.
std::string_view KindOf(Completes completes) {
  switch (completes) {
    case Completes::kExperiment:
      return "experiment";
    case Completes::kTrial:
      return "trial";
    case Completes::kSubject:
      return "subject";
    case Completes::kAlgorithm:
      return "algorithm";
    case Completes::kRule:
      return "rule";
    case Completes::kSetting:
      return "setting";
    case Completes::kRuleSetting:
      return "rule-setting";
    case Completes::kNothing:
    case Completes::kFile:
      return "";
  }
  return "";
}

// The shell command that offers candidates for a value. _hone_words, _hone_names and _hone_files
// are defined by the script of each shell.
std::string Offer(const std::vector<std::string>& choices, Completes completes) {
  if (!choices.empty()) {
    return "_hone_words " + Join(choices);
  }
  if (completes == Completes::kFile) {
    return "_hone_files";
  }
  const std::string_view kind = KindOf(completes);
  return kind.empty() ? ":" : "_hone_names " + std::string(kind);
}

// "hone run" and so on: the words that select a command of the tree.
std::string PathCases(const Command& root) {
  std::string cases;
  ForEachCommand({&root}, [&](const Path& path) {
    if (path.size() > 1) {
      cases += (cases.empty() ? "\"" : "|\"") + NameOf(path) + "\"";
    }
  });
  return cases;
}

std::string ValueCases(const Command& root) {
  std::string cases;
  ForEachCommand({&root}, [&](const Path& path) {
    for (const Flag* flag : FlagsOf(path)) {
      if (flag->value.empty()) {
        continue;
      }
      std::string patterns;
      for (const std::string& name : NamesOf(*flag, *path.back())) {
        patterns += (patterns.empty() ? "\"" : "|\"") + NameOf(path) + " " + name + "\"";
      }
      cases += "    " + patterns + ") " + Offer(flag->choices, flag->completes) + "; return;;\n";
    }
  });
  return cases;
}

std::string WordCases(const Command& root) {
  std::string cases;
  ForEachCommand({&root}, [&](const Path& path) {
    std::vector<std::string> flags = {"--help"};
    for (const Flag* flag : FlagsOf(path)) {
      flags.push_back(flag->LongName());
    }
    std::vector<std::string> commands;
    for (const Command& child : path.back()->children) {
      if (!child.is_hidden) {
        commands.push_back(child.name);
      }
    }
    cases += "    \"" + NameOf(path) + "\")\n      case \"$current\" in\n        -*) _hone_words " +
             Join(flags) + ";;\n        *) ";
    if (!commands.empty()) {
      cases += "_hone_words " + Join(commands);
    } else if (!path.back()->positionals.empty()) {
      const Positional& positional = path.back()->positionals.front();
      cases += Offer(positional.choices, positional.completes);
    } else {
      cases += ":";
    }
    cases += ";;\n      esac;;\n";
  });
  return cases;
}

// The part that bash and zsh share; $current, $previous and the earlier words are set before it.
std::string CaseBody(const Command& root, const std::string& word_loop) {
  return "  local where=hone word\n" + word_loop + "    case \"$where $word\" in\n      " +
         PathCases(root) +
         ") where=\"$where $word\";;\n      *\" --\") return;;\n    esac\n  done\n" +
         "  case \"$where $previous\" in\n" + ValueCases(root) + "  esac\n" +
         "  case \"$where\" in\n" + WordCases(root) + "  esac\n";
}

std::string Quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\\'");
  }
  return "'" + text + "'";
}

std::string FishValue(const std::vector<std::string>& choices, Completes completes) {
  if (!choices.empty()) {
    return " -x -a " + Quoted(Join(choices));
  }
  if (completes == Completes::kFile) {
    return " -r -F";
  }
  const std::string_view kind = KindOf(completes);
  return kind.empty() ? " -x" : " -x -a '(__hone_names " + std::string(kind) + ")'";
}

void AppendFish(const Path& path, std::string& script) {
  const std::string start = "complete -c hone -n 'test (__hone_path) = \"" + NameOf(path) + "\"'";
  for (const Command& child : path.back()->children) {
    if (!child.is_hidden) {
      script += start + " -a " + child.name + " -d " + Quoted(child.summary) + "\n";
    }
  }
  for (const Positional& positional : path.back()->positionals) {
    const std::string value = FishValue(positional.choices, positional.completes);
    script += value == " -x" ? "" : start + value + "\n";
  }
  for (const Flag* flag : FlagsOf(path)) {
    std::string line = start;
    for (const std::string& name : NamesOf(*flag, *path.back())) {
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    line += flag->value.empty() ? "" : FishValue(flag->choices, flag->completes);
    script += line + " -d " + Quoted(flag->help) + "\n";
  }
}

}  // namespace

std::string RenderBashCompletion(const Command& root) {
  return R"sh(# bash completion of hone: source <(hone completion bash)
_hone_words() { COMPREPLY=($(compgen -W "$*" -- "$current")); }
_hone_files() { COMPREPLY=($(compgen -f -- "$current")); }
_hone_names() {
  _hone_words "$(hone complete "$1" -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)"
  [[ ${COMPREPLY-} != *= ]] || compopt -o nospace 2>/dev/null
}
_hone() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
)sh" + CaseBody(root, "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n") +
         "}\ncomplete -F _hone hone\n";
}

std::string RenderZshCompletion(const Command& root) {
  return R"sh(#compdef hone
# zsh completion of hone: source <(hone completion zsh)
_hone_words() { compadd -- "$@"; }
_hone_files() { _files; }
_hone_names() {
  local names=(${(f)"$(hone complete "$1" -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -S '' -- ${(M)names:#*=}
  compadd -- ${names:#*=}
}
_hone() {
  local current=${words[CURRENT]} previous=${words[CURRENT-1]}
)sh" + CaseBody(root, "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n") +
         "}\n"
         // Loaded from fpath, the file is the body of the function; sourced, it defines the
         // function.
         "if [[ ${funcstack[1]-} == _hone ]]; then _hone \"$@\"; else compdef _hone hone; fi\n";
}

std::string RenderFishCompletion(const Command& root) {
  std::string paths;
  ForEachCommand({&root}, [&](const Path& path) {
    paths += path.size() > 1 ? " " + Quoted(NameOf(path)) : "";
  });
  std::string script =
      "# fish completion of hone: hone completion fish | source\n"
      "function __hone_path\n  set -l where hone\n  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$where $word\"\n      case" +
      paths +
      "\n        set where \"$where $word\"\n    end\n  end\n  echo $where\nend\n"
      // Quoted, so that an empty word is passed as well.
      "function __hone_names\n  set -l current (commandline -ct)\n"
      "  hone complete $argv[1] -- (commandline -opc)[2..-1] \"$current\" 2>/dev/null\nend\n"
      "complete -c hone -f\n";
  ForEachCommand({&root}, [&](const Path& path) { AppendFish(path, script); });
  return script;
}

}  // namespace hone::controller
