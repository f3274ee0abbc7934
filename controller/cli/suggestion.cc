#include <memory>

#include "algorithms/catalogue.h"
#include "controller/cli/listen_flags.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

Result<int> Serve(const ListenFlags& flags, const Session& session) {
  const std::string count = std::to_string(algorithms::Catalogue().size());
  HONE_RETURN_IF_ERROR(
      session.factory.serve_suggestions({flags.Options(), flags.db_manager.value_or("")},
                                        ListenFlags::Announce(session, count + " algorithms")));
  session.output.Note("ended");
  return kExitOk;
}

}  // namespace

Command MakeSuggestionCommand() {
  auto flags = std::make_shared<ListenFlags>();
  Command command;
  command.name = "suggestion";
  command.summary = "Serve the algorithms by gRPC, as Katib's suggestion services do";
  command.examples = {
      {"for callers on this machine", "hone suggestion"},
      {"for a cluster, with TLS and tokens",
       "hone suggestion --listen 0.0.0.0:6789 --tls-cert tls.crt --tls-key tls.key \\\n"
       "      --tokens tokens.txt"}};
  command.notes =
      "Prints `listening on ADDRESS` once calls are answered. Serves api.v1.beta1.Suggestion and "
      "EarlyStopping, health and reflection; docs/guide/suggestion-service.md tells the limits.";
  command.flags = flags->Flags();
  command.run = [flags](Session& session) {
    return Serve(*flags, session);
  };
  return command;
}

}  // namespace hone::controller
