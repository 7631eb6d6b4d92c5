#include <algorithm>
#include <cmath>
#include <utility>

#include "experiments/studies/papers/models.h"
#include "experiments/studies/papers/papers.h"
#include "experiments/studies/series.h"

namespace bellwether::studies {
namespace {

/// The distribution function of a return.
Findings law_of(const char* name, const solvers::Law& law) {
  Series series{.name = name, .look = Look::kSteps};
  double sum = 0;
  for (std::size_t i = 0; i < law.atom.size(); ++i) {
    series.x.push_back(law.atom[i]);
    series.y.push_back(std::min(1.0, sum += law.weight[i]));
  }
  series.x.push_back(-5);
  series.y.push_back(1);
  return {.series = {std::move(series)},
          .numbers = {{name, short_number(solvers::mean(law)), short_number(std::sqrt(solvers::variance(law))),
                       short_number(solvers::conditional_value_at_risk(law, 0.2)),
                       short_number(solvers::conditional_value_at_risk(law, 0.02)), short_number(law.atom.front())}}};
}

std::vector<Piece> laws() {
  return {[](const Observer&) { return law_of("made for the mean", corridor_law(1, 0)); },
          [](const Observer&) { return law_of("made for the worst 20 %", corridor_law(0.2, 0.999)); },
          [](const Observer&) { return law_of("made for the worst 2 %", corridor_law(0.02, 0.999)); },
          [](const Observer&) { return Findings{.notes = {kCorridor}}; }};
}

}  // namespace

std::vector<Study> distributional_planning_studies() {
  return {{.paper = "distributional-planning",
           .name = "laws",
           .title = "Three policies and the laws of their returns",
           .summary = "distribution functions of the return of policies made for the mean and for two tails",
           .x = {.name = "return x"},
           .y = {.name = "probability of a return of at most x", .logarithmic = true},
           .heading = {"policy", "mean", "standard deviation", "worst 20 %", "worst 2 %", "worst"},
           .pieces = laws}};
}

}  // namespace bellwether::studies
