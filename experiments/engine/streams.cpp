#include "experiments/engine/streams.h"

namespace bellwether::experiments {

Stream summary_stream(const Grid& grid, std::string_view use, std::size_t instance, std::size_t learner,
                      std::string_view metric) {
  return Stream(grid.plan.stream)
      .child("summary")
      .child(use)
      .child(grid.instances[instance].label)
      .child(grid.learners[learner].label)
      .child(metric);
}

}  // namespace bellwether::experiments
