// The messages between a caller and a suggestion service about one experiment of ten parameters,
// all of whose trials end. Belongs to the benchmarks; one thread.
#pragma once

#include <string>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::bench {

class Dialog {
 public:
  Dialog(const std::string& algorithm, const std::string& experiment);
  [[nodiscard]] int trials() const { return request_.trials_size(); }
  /// The encoded request for `count` suggestions.
  [[nodiscard]] std::string Ask(int count);
  /// Turns the suggestions of a reply into ended trials.
  void Take(const std::string& answer);

 private:
  api::v1::beta1::GetSuggestionsRequest request_;
};

}  // namespace hone::bench
