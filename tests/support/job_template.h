// JobTemplate: the trialSpec of a test's manifest, so that a test states only its command. Pure.
#pragma once

#include <string>

namespace hone {

/// YAML below spec.trialTemplate: a Job whose only container, "main", has that `command`, a list in
/// brackets, and `more` fields, lines at an indentation of 16.
inline std::string JobTemplate(const std::string& command, const std::string& more = "") {
  return "    trialSpec:\n"
         "      apiVersion: batch/v1\n"
         "      kind: Job\n"
         "      spec:\n"
         "        template:\n"
         "          spec:\n"
         "            restartPolicy: Never\n"
         "            containers:\n"
         "              - name: main\n"
         "                command: " +
         command + "\n" + more;
}

}  // namespace hone
