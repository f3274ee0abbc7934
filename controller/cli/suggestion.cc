#include <memory>
#include <utility>

#include "algorithms/catalogue.h"
#include "controller/cli/listen_flags.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct SuggestionFlags : ListenFlags {
  std::optional<std::string> checkpoints;
  std::optional<std::string> service_account;
};

Result<int> Serve(const SuggestionFlags& flags, const Session& session) {
  Result<ListenOptions> at = flags.Options();
  if (!at) {
    session.output.Fail(at.error().message);
    return kExitUsage;
  }
  const SuggestionOptions options{
      .at = *std::move(at),
      .db_manager = flags.db_manager,
      .checkpoints = flags.checkpoints.value_or(""),
      .service_account =
          flags.service_account.value_or("/var/run/secrets/kubernetes.io/serviceaccount"),
  };
  const std::string count = std::to_string(algorithms::Catalogue().size());
  HONE_RETURN_IF_ERROR(session.factory.serve_suggestions(
      options, ListenFlags::Announce(session, count + " algorithms")));
  session.output.Note("ended");
  return kExitOk;
}

}  // namespace

Command MakeSuggestionCommand() {
  auto flags = std::make_shared<SuggestionFlags>();
  Command command;
  command.name = "suggestion";
  command.summary = "Serve the algorithms by gRPC, as Katib's suggestion services do";
  command.examples = {
      {"for callers on this machine", "hone suggestion"},
      {"for a cluster, with TLS and tokens",
       "hone suggestion --listen 0.0.0.0:6789 --tls-cert tls.crt --tls-key tls.key \\\n"
       "      --tokens tokens.txt"}};
  command.notes =
      "Listens on Katib's ports 6789 and 6788 unless told otherwise: on 127.0.0.1, or in a pod on "
      "all "
      "addresses. Prints `listening on ADDRESS` once calls are answered. Serves "
      "api.v1.beta1.Suggestion and EarlyStopping, health and reflection; "
      "docs/guide/suggestion-service.md tells the limits, and what it does in a pod.";
  command.flags = flags->Flags();
  command.flags.push_back({"--checkpoints",
                           "FOLDER",
                           "where trials have theirs, as EXPERIMENT/TRIAL: Katib's volume",
                           &flags->checkpoints,
                           {},
                           Completes::kFile});
  command.flags.push_back({"--service-account",
                           "FOLDER",
                           "token, ca.crt and namespace of the pod that sets a trial's status",
                           &flags->service_account,
                           {},
                           Completes::kFile});
  command.run = [flags](Session& session) {
    return Serve(*flags, session);
  };
  return command;
}

}  // namespace hone::controller
