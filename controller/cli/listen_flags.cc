#include "controller/cli/listen_flags.h"

namespace hone::controller {

ListenOptions ListenFlags::Options() const {
  ListenOptions options;
  options.listen = listen.value_or(options.listen);
  options.certificate = certificate.value_or("");
  options.key = key.value_or("");
  options.client_ca = client_ca.value_or("");
  options.tokens = tokens.value_or("");
  options.is_insecure = is_insecure;
  return options;
}

std::vector<Flag> ListenFlags::Flags() {
  return {
      {"--listen", "ADDRESS", "host:port or unix:/path (127.0.0.1:6789)", &listen},
      {"--tls-cert", "FILE", "certificate, PEM", &certificate, {}, Completes::kFile},
      {"--tls-key", "FILE", "its key, PEM", &key, {}, Completes::kFile},
      {"--client-ca",
       "FILE",
       "callers must show a certificate signed by one of these, PEM",
       &client_ca,
       {},
       Completes::kFile},
      {"--tokens",
       "FILE",
       "callers must send one of these bearer tokens, one a line",
       &tokens,
       {},
       Completes::kFile},
      {"--db-manager",
       "ADDRESS",
       "the only DBManager to ask for observations (the one that a request names)",
       &db_manager},
      {"--insecure", "", "allow other machines without knowing who calls", &is_insecure},
  };
}

Listens ListenFlags::Announce(const Session& session, const std::string& note) {
  return [&session, note](const std::string& address) {
    session.output.Write("listening on " + address + "\n");
    const Status ignored = session.output.Flush();  // nobody may want to read it
    session.output.Note(note + "; SIGTERM ends it");
  };
}

}  // namespace hone::controller
