#include <memory>
#include <utility>

#include "controller/cli/listen_flags.h"
#include "controller/cli/names.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

Result<int> Serve(const ListenFlags& flags, const Session& session) {
  Result<ListenOptions> at = flags.Options();
  if (!at) {
    session.output.Fail(at.error().message);
    return kExitUsage;
  }
  ServeOptions options;
  options.at = *std::move(at);
  options.paths = session.paths;
  options.command = session.command_line;
  options.services = session.services;
  options.db_manager = flags.db_manager;
  options.warn = [&session](const std::string& message) {
    session.output.Warn(message);
  };
  HONE_RETURN_IF_ERROR(session.factory.serve_store(
      options, ListenFlags::Announce(session, "serving " + session.paths.Name())));
  session.output.Note("ended");
  return kExitOk;
}

}  // namespace

Command MakeServeCommand() {
  auto flags = std::make_shared<ListenFlags>();
  Command command;
  command.name = "serve";
  command.summary = "Serve studies to clients that run the trials themselves, by gRPC";
  command.examples = {{"ask and tell from programs on this machine", "hone serve"},
                      {"for other machines, with TLS and tokens",
                       "hone serve --listen 0.0.0.0:6789 --tls-cert tls.crt --tls-key tls.key \\\n"
                       "      --tokens tokens.txt"}};
  command.notes =
      "Listens on 127.0.0.1:6789 unless told otherwise, and prints `listening on ADDRESS` once "
      "calls "
      "are answered. Serves hone.v1.Tuner, and Katib's "
      "api.v1.beta1.DBManager, Suggestion and EarlyStopping; docs/guide/ask-and-tell.md tells how "
      "to use it. While it runs, no other hone may control the store; those that only look may.";
  command.flags = flags->Flags();
  command.run = [flags](Session& session) {
    return Serve(*flags, session);
  };
  return command;
}

}  // namespace hone::controller
