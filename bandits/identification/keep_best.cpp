#include "bandits/identification/keep_best.h"

#include <algorithm>
#include <cstddef>

#include "core/sampling.h"

namespace bellwether::bandits {

void keep_best(std::vector<int>& active, std::span<const double> score, int survivors, Stream& stream) {
  for (std::size_t i = active.size() - 1; i > 0; --i) std::swap(active[i], active[stream.below(i + 1)]);
  std::ranges::stable_sort(
      active, [&](int a, int b) { return score[static_cast<std::size_t>(a)] > score[static_cast<std::size_t>(b)]; });
  active.resize(static_cast<std::size_t>(survivors));
  std::ranges::sort(active);
}

double sample_laplace(Stream& stream, double scale) {
  const double size = scale * sample_exponential(stream);
  return sample_bernoulli(stream, 0.5) ? size : -size;
}

}  // namespace bellwether::bandits
