#include "controller/cli/listen_flags.h"

#include <utility>

namespace hone::controller {

Result<ListenOptions> ListenFlags::Options() const {
  ListenOptions options;
  for (const std::string& text : listen) {
    auto address = Address::Parse(text, Address::Use::kListen);
    if (!address) {
      return Wrap("--listen", std::move(address).error());
    }
    options.listen.push_back(*std::move(address));
  }
  options.certificate = certificate.value_or("");
  options.key = key.value_or("");
  options.client_ca = client_ca.value_or("");
  options.tokens = tokens.value_or("");
  options.is_insecure = is_insecure;
  if (db_manager && *db_manager != kAnyDbManager) {
    auto address = Address::Parse(*db_manager, Address::Use::kConnect);
    if (!address) {
      return Wrap("--db-manager", std::move(address).error());
    }
  }
  return options;
}

std::vector<Flag> ListenFlags::Flags() {
  return {
      {"--listen",
       "ADDRESS",
       "host:port, [IPv6]:port or unix:/path; several times for more",
       &listen},
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
       "callers by token or certificate, one a line, and what each may do",
       &tokens,
       {},
       Completes::kFile},
      {"--db-manager",
       "ADDRESS",
       "the DBManager to ask for observations; `any`: the one that a request names",
       &db_manager},
      {"--insecure", "", "allow other machines without knowing who calls", &is_insecure},
  };
}

Listens ListenFlags::Announce(const Session& session, const std::string& note) {
  return [&session, note](const std::vector<std::string>& addresses) {
    for (const std::string& address : addresses) {
      session.output.Write("listening on " + address + "\n");
    }
    const Status ignored = session.output.Flush();  // the addresses may have no reader
    session.output.Note(note + "; SIGTERM ends it");
  };
}

}  // namespace hone::controller
