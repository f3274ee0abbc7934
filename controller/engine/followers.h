// Followers: the commands that follow experiments, each until it is told how the control of its
// experiment ended. Owned by an engine; its controller's thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "controller/cli/world.h"

namespace hone::controller {

class Followers {
 public:
  using OnEnd = std::function<void(const ControlEnd&)>;

  /// Returns a ticket for Remove.
  std::uint64_t Add(const ExperimentKey& key, OnEnd on_end);
  /// The command has ended before its experiment. Returns the experiment; nothing if the command
  /// has been told of the end already.
  std::optional<ExperimentKey> Remove(std::uint64_t ticket);
  [[nodiscard]] bool Has(const ExperimentKey& key) const;
  /// Tells all that follow the experiment, and forgets them.
  void Tell(const ExperimentKey& key, const ControlEnd& end);

 private:
  struct Follower {
    ExperimentKey key;
    OnEnd on_end;
  };
  std::map<std::uint64_t, Follower> followers_;
  std::uint64_t last_ticket_ = 0;
};

}  // namespace hone::controller
