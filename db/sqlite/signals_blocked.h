// SignalsBlocked: for the making of a thread that is to get no signals: it has its maker's mask. Of
// one thread, which has its own mask back at the end.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace hone::db {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace hone::db
