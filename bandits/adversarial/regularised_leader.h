#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "bandits/adversarial/drawing.h"
#include "bandits/adversarial/estimators.h"
#include "bandits/adversarial/potential.h"
#include "bandits/agent.h"
#include "core/options.h"

namespace bellwether::bandits {

/// Follow the regularised leader: p_t = argmin <p, L> + psi(p) / eta_t with the sum L of estimated losses, or mirror
/// descent: p_{t+1} = argmin <p, l_t> + D_psi(p, p_t) / eta_t. All of them learn from late feedback: an estimate is
/// made with the probabilities of its own round, when it comes.
struct LeaderPlan {
  double alpha = 1;  ///< of the potential: 1 entropy, 0 log barrier, between them Tsallis
  Estimator estimator = Estimator::kWeighted;
  double rate = 0;       ///< eta
  bool anytime = false;  ///< eta_t = eta / sqrt(t)
  bool mirror = false;

  double rate_of(std::int64_t round) const;
};

std::unique_ptr<Agent> make_leader(std::string_view learner, const World& world, const LeaderPlan& plan,
                                   const Stream& stream);

/// sqrt(2 ln n / (K T)): Exp3, and Exp4 with n experts.
double exponential_rate(double experts, double arms, double rounds);

/// What learners of this kind have in common.
struct LeaderOptions {
  double eta = 0;
  std::string form = "leader";
};

template <class Field>
void describe_leader(LeaderOptions& o, Field&& field) {
  field("eta", o.eta, at_least(0), "learning rate, with schedule=anytime that of round 1; 0: the theorem's");
  field("form", o.form, one_of({"leader", "mirror"}),
        "follow the regularised leader, or mirror descent: the same where the rate is fixed");
}

/// Exp3 in losses: entropy and importance weights.
struct Exp3Options : LeaderOptions {
  std::string schedule = "fixed";
};

template <class Field>
void describe_schedule(std::string& schedule, Field&& field) {
  field("schedule", schedule, one_of({"fixed", "anytime"}),
        "a rate for the known length, or one that falls as 1/sqrt(t)");
}

template <class Field>
void describe(Exp3Options& o, Field&& field) {
  describe_schedule(o.schedule, field);
  describe_leader(o, field);
}

std::unique_ptr<Agent> make_exp3(const World& world, const Exp3Options& options, const Stream& stream);

/// Implicit exploration (Neu 2015): gamma = eta / 2.
struct Exp3IxOptions : Exp3Options {};

template <class Field>
void describe(Exp3IxOptions& o, Field&& field) {
  describe(static_cast<Exp3Options&>(o), field);
}

std::unique_ptr<Agent> make_exp3_ix(const World& world, const Exp3IxOptions& options, const Stream& stream);

/// Exp3 with the rate for late feedback (Thune, Cesa-Bianchi, Seldin 2019).
struct Exp3DelayOptions {
  double eta = 0;
};

template <class Field>
void describe(Exp3DelayOptions& o, Field&& field) {
  field("eta", o.eta, at_least(0), "learning rate; 0: the theorem's, from the largest delay and the sum of all");
}

std::unique_ptr<Agent> make_exp3_delay(const World& world, const Exp3DelayOptions& options, const Stream& stream);

/// Tsallis-INF (Zimmert, Seldin 2021).
struct TsallisInfOptions : LeaderOptions {
  std::string estimator = "rv";
};

template <class Field>
void describe(TsallisInfOptions& o, Field&& field) {
  field("estimator", o.estimator, one_of({"iw", "rv"}), "importance weights, or those of reduced variance");
  describe_leader(o, field);
}

std::unique_ptr<Agent> make_tsallis_inf(const World& world, const TsallisInfOptions& options, const Stream& stream);

/// Tsallis entropy of any alpha.
struct TsallisOptions : LeaderOptions {
  double alpha = 0.5;
  std::string schedule = "fixed";
};

template <class Field>
void describe(TsallisOptions& o, Field&& field) {
  field("alpha", o.alpha, inside(0, 1), "of the entropy: near 1 Exp3, near 0 the log barrier");
  describe_schedule(o.schedule, field);
  describe_leader(o, field);
}

std::unique_ptr<Agent> make_ftrl_tsallis(const World& world, const TsallisOptions& options, const Stream& stream);

/// The log barrier.
struct LogBarrierOptions : LeaderOptions {};

template <class Field>
void describe(LogBarrierOptions& o, Field&& field) {
  describe_leader(o, field);
}

std::unique_ptr<Agent> make_ftrl_log_barrier(const World& world, const LogBarrierOptions& options,
                                             const Stream& stream);

}  // namespace bellwether::bandits
