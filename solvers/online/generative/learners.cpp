#include "solvers/online/generative/learners.h"

#include "solvers/online/generative/batch_learners.h"
#include "solvers/online/generative/model_based.h"
#include "solvers/online/generative/q_learning.h"
#include "solvers/online/generative/variance_reduced.h"
#include "solvers/online/generative/vwls_mdvi.h"

namespace bellwether::online {
namespace {

std::vector<OptionRow> no_options() { return {}; }

}  // namespace

std::vector<GenerativeLearner> generative_learners() {
  return {{{.name = "empirical-qvi",
            .title = "empirical Q-value iteration (Azar, Munos, Kappen 2013)",
            .summary = "counts next states and plans exactly in the model that was seen",
            .page = "generative-model",
            .protocol = Protocol::kGenerative},
           no_options,
           make_empirical_qvi},
          generative_learner<PerturbedPlannerOptions, make_perturbed_planner>(
              {.name = "perturbed-planner",
               .title = "perturbed planning (Li, Wei, Chi, Gu, Chen 2020)",
               .summary = "the same with tiny random rewards, so that one policy stands out",
               .page = "generative-model"}),
          generative_learner<SynchronousQOptions, make_q_learning>(
              {.name = "q-learning",
               .title = "synchronous Q-learning (Wainwright 2019; Li, Cai, Chen, Wei, Chi 2021)",
               .summary = "one step of Q-learning for every choice in each round, with rescaled step sizes",
               .page = "generative-model"}),
          generative_learner<VarianceReducedQOptions, make_variance_reduced_q>(
              {.name = "variance-reduced-q-learning",
               .title = "variance-reduced Q-learning (Wainwright 2019)",
               .summary = "Q-learning in epochs around values that were backed up with many samples",
               .page = "generative-model"}),
          generative_learner<MdviOptions, make_mdvi>(
              {.name = "mdvi",
               .title = "mirror descent value iteration (Kozuno et al. 2022)",
               .summary =
                   "backups from a few samples each, averaged; by least squares on the features, where there are some",
               .page = "vwls-mdvi"}),
          generative_learner<VwlsMdviOptions, make_vwls_mdvi>(
              {.name = "vwls-mdvi",
               .title = "variance-weighted least-squares MDVI (Kitamura et al. 2023)",
               .summary = "the same with regressions weighted by an estimated variance of the values",
               .page = "vwls-mdvi"}),
          generative_learner<solvers::LspiOptions, make_lspi>(
              {.name = "lspi",
               .title = "least-squares policy iteration (Lagoudakis and Parr 2003)",
               .summary = "evaluates policies by linear least squares on all samples, and plays greedily, until they "
                          "repeat",
               .page = "linear-function-approximation"}),
          generative_learner<SampledFittedQOptions, make_fitted_q>(
              {.name = "fitted-q",
               .title = "fitted Q iteration with linear functions (Ernst, Geurts, Wehenkel 2005)",
               .summary = "backs all samples up and fits linear functions to them, again and again",
               .page = "linear-function-approximation"})};
}

}  // namespace bellwether::online
