#include <memory>

#include "algorithms/catalogue.h"
#include "controller/cli/query.h"

namespace hone::controller {
namespace {

struct Flags {
  std::optional<std::string> listen;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> client_ca;
  std::optional<std::string> tokens;
  std::optional<std::string> db_manager;
  bool is_insecure = false;
};

Result<int> Serve(const Flags& flags, const Session& session) {
  SuggestionOptions options;
  options.listen = flags.listen.value_or(options.listen);
  options.certificate = flags.certificate.value_or("");
  options.key = flags.key.value_or("");
  options.client_ca = flags.client_ca.value_or("");
  options.tokens = flags.tokens.value_or("");
  options.db_manager = flags.db_manager.value_or("");
  options.is_insecure = flags.is_insecure;
  HONE_RETURN_IF_ERROR(session.factory.serve_suggestions(options, [&](const std::string& address) {
    session.output.Write("listening on " + address + "\n");
    const Status ignored = session.output.Flush();  // nobody may want to read it
    session.output.Note(std::to_string(algorithms::Catalogue().size()) +
                        " algorithms; SIGTERM ends it");
  }));
  session.output.Note("ended");
  return kExitOk;
}

}  // namespace

Command MakeSuggestionCommand() {
  auto flags = std::make_shared<Flags>();
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
  command.flags = {
      {"--listen", "ADDRESS", "host:port or unix:/path (127.0.0.1:6789)", &flags->listen},
      {"--tls-cert", "FILE", "certificate, PEM", &flags->certificate, {}, Completes::kFile},
      {"--tls-key", "FILE", "its key, PEM", &flags->key, {}, Completes::kFile},
      {"--client-ca",
       "FILE",
       "callers must show a certificate signed by one of these, PEM",
       &flags->client_ca,
       {},
       Completes::kFile},
      {"--tokens",
       "FILE",
       "callers must send one of these bearer tokens, one a line",
       &flags->tokens,
       {},
       Completes::kFile},
      {"--db-manager",
       "ADDRESS",
       "the only DBManager to ask for observations (the one that a request names)",
       &flags->db_manager},
      {"--insecure", "", "allow other machines without knowing who calls", &flags->is_insecure},
  };
  command.run = [flags](Session& session) {
    return Serve(*flags, session);
  };
  return command;
}

}  // namespace hone::controller
