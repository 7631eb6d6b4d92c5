#include "solvers/online/model_free/learners.h"

#include "solvers/online/model_free/optimistic_q_learning.h"
#include "solvers/online/model_free/ucb_advantage.h"

namespace bellwether::online {

std::vector<EpisodicLearner> model_free_learners() {
  return {episodic_learner<UcbQOptions, make_ucb_q_hoeffding>(
              {.name = "ucb-q-hoeffding",
               .title = "UCB-Q, Hoeffding bonus (Jin, Allen-Zhu, Bubeck, Jordan 2018)",
               .summary = "Q-learning with a bonus that shrinks as one over the root of the visits",
               .page = "optimistic-q-learning",
               .practical = kUcbQHoeffdingPractical}),
          episodic_learner<UcbQOptions, make_ucb_q_bernstein>(
              {.name = "ucb-q-bernstein",
               .title = "UCB-Q, Bernstein bonus (Jin, Allen-Zhu, Bubeck, Jordan 2018)",
               .summary = "Q-learning whose bonus follows the variance of the next values",
               .page = "optimistic-q-learning",
               .practical = kUcbQBernsteinPractical}),
          episodic_learner<UcbAdvantageOptions, make_ucb_advantage>(
              {.name = "ucb-advantage",
               .title = "UCB-Advantage (Zhang, Zhou, Ji 2020)",
               .summary = "Q-learning in stages around a reference value that is settled once; few policy changes",
               .page = "ucb-advantage",
               .practical = kUcbAdvantagePractical})};
}

}  // namespace bellwether::online
