// SignalsBlocked: blocks all signals of the calling thread for its lifetime, so that a thread
// created meanwhile inherits the mask and receives no signals. Used by one thread, whose own mask
// is restored at the end.
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
