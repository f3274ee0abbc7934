// A listener of a controller in whose world nothing may go wrong for good. For tests; one thread.
#pragma once

#include <gtest/gtest.h>

#include "controller/reconcile/controller.h"

namespace hone::controller {

class NoFailures : public Controller::Listener {
 public:
  void OnRest(const ExperimentKey& /*key*/) override {}
  void OnDeleted(const ExperimentKey& key) override { ADD_FAILURE() << key.ToString(); }
  void OnFailure(const ExperimentKey& key, const Error& error) override {
    ADD_FAILURE() << key.ToString() << ": " << error.message;
  }
};

}  // namespace hone::controller
