#include "solvers/linear/predictors.h"

#include <cmath>
#include <string>
#include <vector>

#include <Eigen/QR>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "mdp/instances/linear.h"
#include "solvers/linear/least_squares.h"
#include "solvers/linear/temporal_difference.h"
#include "tests/unit/solvers/linear/support.h"

namespace bellwether::solvers {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Vector = Eigen::VectorXd;

/// Steps of episodes of features that are drawn, with ratios around one.
struct DrawnStep {
  Vector from, to;
  double reward, ratio;
  bool last;
  FeatureStep view() const { return {from, to, reward, ratio, last}; }
};

std::vector<DrawnStep> drawn_steps(int count, int dimension, std::uint64_t seed) {
  Stream stream(seed);
  std::vector<DrawnStep> steps;
  const auto drawn = [&] { return Vector::NullaryExpr(dimension, [&](auto) { return sample_normal(stream); }).eval(); };
  Vector from = drawn();
  for (int t = 0; t < count; ++t) {
    const bool last = stream.uniform() < 0.1;
    Vector to = last ? Vector::Zero(dimension).eval() : drawn();
    steps.push_back({from, to, sample_normal(stream), 2 * stream.uniform(), last});
    from = last ? drawn() : to;
  }
  return steps;
}

TEST(PredictionPlay, GoesOnWhereItLedOrBeginsAnywhere) {
  const PredictionTask task = drawn_task(3, true);
  for (const auto order : {PredictionPlay::Order::kTrajectory, PredictionPlay::Order::kIndependent}) {
    PredictionPlay play(task, Stream(4), order);
    int joined = 0;
    Vector before = Vector::Zero(4);
    for (int t = 0; t < 1000; ++t) {
      const FeatureStep step = play.step();
      joined += t > 0 && step.from == before ? 1 : 0;
      before = step.to;
      EXPECT_EQ(step.last, order == PredictionPlay::Order::kIndependent);
    }
    if (order == PredictionPlay::Order::kTrajectory)
      EXPECT_EQ(joined, 999);
    else
      EXPECT_LT(joined, 300);
  }
}

// TD(lambda) with the trace written out: e_t = sum over k of (product of rho_i g lambda from k + 1 to t) rho_k phi_k.
TEST(TemporalDifference, IsTheFormula) {
  const TdOptions options{.step = 0.05, .delay = 10, .decay = 0.5, .lambda = 0.8, .average = "none"};
  const auto steps = drawn_steps(60, 3, 1);
  const Vector start = Vector::Constant(3, 0.5);
  TemporalDifference td(start, 0.9, options);
  Vector w = start;
  std::size_t begin = 0;
  for (std::size_t t = 0; t < steps.size(); ++t) {
    Vector e = Vector::Zero(3);
    for (std::size_t k = begin; k <= t; ++k) {
      double factor = steps[k].ratio;
      for (std::size_t i = k + 1; i <= t; ++i) factor *= 0.9 * 0.8 * steps[i].ratio;
      e += factor * steps[k].from;
    }
    const double delta = steps[t].reward + 0.9 * steps[t].to.dot(w) - steps[t].from.dot(w);
    w += 0.05 / std::sqrt(1 + static_cast<double>(t) / 10) * delta * e;
    if (steps[t].last) begin = t + 1;
    td.learn(steps[t].view());
    ASSERT_LT((td.weights() - w).norm(), 1e-12 * (1 + w.norm())) << t;
  }
}

// Means over all weights, and over the blocks that are kept.
TEST(TemporalDifference, AveragesTheWeightsItUpdatedFrom) {
  const auto steps = drawn_steps(100, 2, 2);
  TemporalDifference last(Vector::Zero(2), 0.5, {.step = 0.02}),
      all(Vector::Zero(2), 0.5, {.step = 0.02, .average = "all"}),
      tail(Vector::Zero(2), 0.5, {.step = 0.02, .average = "tail"});
  EXPECT_EQ(all.weights(), Vector::Zero(2));
  std::vector<Vector> seen;
  for (std::size_t t = 1; t <= steps.size(); ++t) {
    seen.push_back(last.weights());
    const FeatureStep step = steps[t - 1].view();
    last.learn(step);
    all.learn(step);
    tail.learn(step);
    Vector sum = Vector::Zero(2);
    for (const Vector& w : seen) sum += w;
    EXPECT_LT((all.weights() - sum / static_cast<double>(t)).norm(), 1e-14);
    std::size_t block = 1;  // blocks [2^k - 1, 2^(k+1) - 1)
    while (2 * block - 1 <= t) block *= 2;
    const std::size_t from = block / 2 > 0 ? block / 2 - 1 : 0;
    const std::size_t first = block == 1 ? 0 : (block / 2) - 1 >= t ? 0 : from;
    Vector kept = Vector::Zero(2);
    for (std::size_t i = first; i < t; ++i) kept += seen[i];
    EXPECT_LT((tail.weights() - kept / static_cast<double>(t - first)).norm(), 1e-14) << t;
  }
}

TEST(GradientTd, IsTheFormula) {
  const auto steps = drawn_steps(200, 3, 3);
  for (const TdMethod method : {TdMethod::kGtd2, TdMethod::kTdc}) {
    GradientTd learner(method, Vector::Ones(3), 0.9, {.step = 0.01, .ratio = 4, .delay = 20, .decay = 1});
    Vector w = Vector::Ones(3), u = Vector::Zero(3);
    for (std::size_t t = 0; t < steps.size(); ++t) {
      const DrawnStep& s = steps[t];
      const double a = 0.01 / (1 + static_cast<double>(t) / 20);
      const double delta = s.reward + 0.9 * s.to.dot(w) - s.from.dot(w), seen = s.from.dot(u);
      const Vector toward =
          method == TdMethod::kGtd2 ? Vector((s.from - 0.9 * s.to) * seen) : Vector(delta * s.from - 0.9 * s.to * seen);
      w += s.ratio * a * toward;
      u += s.ratio * 4 * a * (delta - seen) * s.from;
      learner.learn(s.view());
    }
    EXPECT_LT((learner.weights() - w).norm(), 1e-12);
    EXPECT_GT((w - Vector::Ones(3)).norm(), 1e-3);
  }
}

/// Sums over the steps, kept in full.
struct Sums {
  Eigen::MatrixXd a, c;
  Vector b, e;
  void add(const DrawnStep& s, double discount, double lambda) {
    e = s.ratio * (discount * lambda * e + s.from);
    a += e * (s.from - discount * s.to).transpose();
    c += s.ratio * s.from * s.from.transpose();
    b += s.reward * e;
    if (s.last) e.setZero();
  }
};

TEST(LeastSquares, UpdatesOfTheInverseAreARefit) {
  for (const double lambda : {0.0, 0.7}) {
    const auto steps = drawn_steps(3000, 6, 4);
    const Vector start = Vector::Constant(6, 2);
    const LstdOptions options{.lambda = lambda, .ridge = 0.01};
    Lstd lstd(start, 0.9, options);
    Lspe lspe(start, 0.9, options);
    const Eigen::MatrixXd ridge = 0.01 * Eigen::MatrixXd::Identity(6, 6);
    Sums sums{ridge, ridge, 0.01 * start, Vector::Zero(6)};
    Vector by_lspe = start;
    EXPECT_EQ(lspe.weights(), start);
    EXPECT_LT((lstd.weights() - start).norm(), 1e-12);
    for (std::size_t t = 0; t < steps.size(); ++t) {
      lstd.learn(steps[t].view());
      lspe.learn(steps[t].view());
      sums.add(steps[t], 0.9, lambda);
      const Vector off = sums.b - sums.a * by_lspe;
      by_lspe += sums.c.fullPivHouseholderQr().solve(off);
      const Vector refit = sums.a.fullPivHouseholderQr().solve(sums.b);
      ASSERT_LT((lstd.weights() - refit).norm(), 1e-8 * (1 + refit.norm())) << t;
      ASSERT_LT((lspe.weights() - by_lspe).norm(), 1e-8 * (1 + by_lspe.norm())) << t;
    }
  }
}

TEST(RankOneInverse, ComesThroughASingularSum) {
  RankOneInverse one(1, 1);
  const Vector unit = Vector::Ones(1);
  one.add(unit, unit);       // renewed
  one.add(-2 * unit, unit);  // 0: singular
  EXPECT_FALSE(std::isfinite(one.inverse()(0, 0)));
  one.add(4 * unit, unit);
  EXPECT_DOUBLE_EQ(one.matrix()(0, 0), 4);
  EXPECT_DOUBLE_EQ(one.inverse()(0, 0), 0.25);
  one.add(unit, unit);
  EXPECT_DOUBLE_EQ(one.inverse()(0, 0), 0.2);
}

// Everything that is promised to converge does, on policy and off.
TEST(Predictors, FindTheFixedPoint) {
  for (const bool off : {false, true}) {
    const PredictionTask task = drawn_task(7, off, 0.8);
    TemporalDifference td(task.start(), 0.8, {.step = 0.02, .average = "tail"});
    GradientTd gtd2(TdMethod::kGtd2, task.start(), 0.8, {.step = 0.01, .ratio = 3, .delay = 20'000, .decay = 0.7});
    GradientTd tdc(TdMethod::kTdc, task.start(), 0.8, {.step = 0.01, .ratio = 3, .delay = 20'000, .decay = 0.7});
    Lstd lstd(task.start(), 0.8);
    Lspe lspe(task.start(), 0.8);
    PredictionPlay play(task, Stream(9));
    for (int t = 0; t < 500'000; ++t) {
      const FeatureStep step = play.step();
      for (Predictor* p : std::initializer_list<Predictor*>{&td, &gtd2, &tdc, &lstd, &lspe}) p->learn(step);
    }
    const FeatureChain& chain = task.chain();
    const double scale = weighted_norm(chain, chain.features * task.fixed_point());
    const auto error = [&](Predictor& p) {
      return weighted_norm(chain, chain.features * (p.weights() - task.fixed_point())) / scale;
    };
    EXPECT_LT(error(td), 0.05) << off;
    EXPECT_LT(error(gtd2), 0.15) << off;
    EXPECT_LT(error(tdc), 0.15) << off;
    EXPECT_LT(error(lstd), 0.03) << off;
    EXPECT_LT(error(lspe), 0.03) << off;
  }
}

TEST(Predictors, NameTheBadOption) {
  const Vector zero = Vector::Zero(2);
  EXPECT_THAT([&] { TemporalDifference(zero, 0.9, {.lambda = 2}); },
              ThrowsMessage<InvalidOption>(HasSubstr("'lambda' is 2")));
  EXPECT_THAT([&] { GradientTd(TdMethod::kTdc, zero, 0.9, {.ratio = 0}); },
              ThrowsMessage<InvalidOption>(HasSubstr("tdc: option 'ratio' is 0")));
  EXPECT_THAT([&] { Lstd(zero, 0.9, {.ridge = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("lstd: option 'ridge'")));
  EXPECT_THAT([&] { Lspe(zero, 0.9, {.ridge = 0}); }, ThrowsMessage<InvalidOption>(HasSubstr("lspe: option 'ridge'")));
}

TEST(PredictorTable, MakesWhatItNames) {
  const PredictionTask task = task_of("random-walk", {{"groups", "5"}});
  std::vector<std::string> names;
  for (const PredictorRow& row : predictor_table()) {
    names.emplace_back(row.name);
    const MadePredictor made = row.make(task, {});
    EXPECT_EQ(made.lambda, row.name == "td-lambda" ? 0.8 : 0) << row.name;
    PredictionPlay play(task, Stream(5));
    for (int t = 0; t < 100'000; ++t) made.predictor->learn(play.step());
    const Vector w = made.predictor->weights();
    EXPECT_LT(prediction_error(task, made.lambda, w).from_fixed_point,
              0.6 * prediction_error(task, made.lambda, task.start()).from_fixed_point)
        << row.name;
  }
  EXPECT_THAT(names, testing::ElementsAre("td", "td-lambda", "gtd2", "tdc", "lstd", "lspe"));
  EXPECT_EQ(find_predictor("lstd").make(task, {{"lambda", "0.5"}}).lambda, 0.5);
  EXPECT_EQ(find_predictor("td-lambda").make(task, {{"lambda", "1"}}).lambda, 1);
  EXPECT_THAT(
      [&] {
        find_predictor("td").make(task, {{"lambda", "1"}});
      },
      ThrowsMessage<InvalidOption>(HasSubstr("td-lambda has others")));
  EXPECT_THAT([] { find_predictor("lstdd"); }, ThrowsMessage<InvalidOption>(HasSubstr("did you mean 'lstd'?")));
}

TEST(PredictionError, ComparesWithTheFixedPointOfItsLambdaAndWithTheValues) {
  const PredictionTask task = drawn_task(7, true);
  for (const double lambda : {0.0, 0.8}) {
    Vector w = td_fixed_point(td_moments(task.chain(), lambda));
    EXPECT_LT(prediction_error(task, lambda, w).from_fixed_point, 1e-12);
    EXPECT_GT(prediction_error(task, 0.8 - lambda, w).from_fixed_point, 1e-3);
    w[1] += 0.5;
    const PredictionError error = prediction_error(task, lambda, w);
    EXPECT_NEAR(error.weights, 0.5, 1e-12);
    double moved = 0, off = 0;
    for (int s = 0; s < task.chain().num_states(); ++s) {
      moved += task.chain().weight[s] * std::pow(0.5 * task.chain().features(s, 1), 2);
      off += task.chain().weight[s] * std::pow(task.chain().features.row(s).dot(w) - task.values()[s], 2);
    }
    EXPECT_NEAR(error.from_fixed_point, std::sqrt(moved), 1e-12);
    EXPECT_NEAR(error.from_values, std::sqrt(off), 1e-12);
  }
}

// Values of every policy of a linear MDP are linear in the mean features of what it plays.
TEST(StateFeatures, KeepTheValuesOfALinearMdpLinear) {
  const auto made = mdp::linear_mdp({.states = 12, .actions = 4, .dimension = 3, .seed = 2});
  const mdp::Policy policy = drawn_policy(made.model, Stream(3));
  const mdp::FeatureMap states = state_features(made.model, policy, *made.linear.features);
  ASSERT_EQ(states.num_choices(), 12);
  double mean = 0;
  for (int a = 0; a < 4; ++a)
    mean += policy.probability(made.model, 5, made.model.first_choice(5) + a) *
            made.linear.features->row(made.model.first_choice(5) + a)[1];
  EXPECT_NEAR(states.row(5)[1], mean, 1e-15);
  const PredictionTask task(made.model, policy, mdp::Policy::uniform(made.model), states, 0.9);
  EXPECT_LT(prediction_error(task, 0, task.fixed_point()).from_values, 1e-10);
  EXPECT_EQ(feature_rank(task.chain()), 3);
  EXPECT_EQ(feature_rank(task_of("baird-star").chain()), 7);
  EXPECT_THAT([&] { state_features(made.model, policy, mdp::one_hot(3)); },
              ThrowsMessage<InvalidModel>(HasSubstr("3 rows of features for 48 choices")));
}

}  // namespace
}  // namespace bellwether::solvers
