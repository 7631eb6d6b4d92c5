#include "solvers/online/long_run/learners.h"

#include "solvers/online/long_run/scal.h"
#include "solvers/online/long_run/tsde.h"
#include "solvers/online/long_run/ucrl.h"

namespace bellwether::online {

std::vector<AverageLearner> long_run_learners() {
  return {
      average_learner<UcrlOptions, make_ucrl2>({.name = "ucrl2",
                                                .title = "UCRL2 (Jaksch, Ortner, Auer 2010)",
                                                .summary = "the best policy of the best model within L1 balls",
                                                .page = "ucrl",
                                                .protocol = Protocol::kAverage,
                                                .practical = kUcrl2Practical}),
      average_learner<Ucrl2bOptions, make_ucrl2b>(
          {.name = "ucrl2b",
           .title = "UCRL2B (Fruit, Pirotta, Lazaric 2020)",
           .summary = "the best policy of the best model within empirical Bernstein bounds",
           .page = "ucrl",
           .protocol = Protocol::kAverage,
           .practical = kUcrl2bPractical}),
      average_learner<UcrlOptions, make_kl_ucrl>(
          {.name = "kl-ucrl",
           .title = "KL-UCRL (Filippi, Cappe, Garivier 2010)",
           .summary = "the best policy of the best model within Kullback-Leibler balls",
           .page = "kl-ucrl",
           .protocol = Protocol::kAverage,
           .practical = kKlUcrlPractical}),
      average_learner<ScalOptions, make_scal>({.name = "scal",
                                               .title = "SCAL (Fruit, Pirotta, Lazaric, Ortner 2018)",
                                               .summary = "UCRL2B among biases whose span is at most a known bound",
                                               .page = "scal",
                                               .protocol = Protocol::kAverage,
                                               .practical = kScalPractical}),
      average_learner<TsdeOptions, make_tsde>(
          {.name = "tsde",
           .title = "TSDE (Ouyang, Gagrani, Nayyar, Jain 2017)",
           .summary = "the best policy of a model drawn from the posterior, in episodes that grow slowly",
           .page = "tsde",
           .protocol = Protocol::kAverage}),
  };
}

}  // namespace bellwether::online
