// What a caller and a suggestion service say to each other about one experiment of ten parameters,
// all of whose trials end. Belongs to the benchmarks; one thread.
#pragma once

#include <string>

#include "proto/api/v1beta1/api.pb.h"

namespace hone::bench {

class Dialog {
 public:
  Dialog(const std::string& algorithm, const std::string& experiment);
  [[nodiscard]] int trials() const { return request_.trials_size(); }
  /// The question for `count` suggestions, encoded.
  [[nodiscard]] std::string Ask(int count);
  /// Makes ended trials of an answer.
  void Take(const std::string& answer);

 private:
  api::v1::beta1::GetSuggestionsRequest request_;
};

}  // namespace hone::bench
