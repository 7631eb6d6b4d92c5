#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bandits/agent.h"
#include "core/options.h"
#include "core/stream.h"

namespace bellwether::bandits {

// Learners that name an arm after a number of rounds that they are told: phases in which every arm that is left is
// played equally often, and after which the arms with the smallest means go. Ties are broken at random.

struct Phase {
  std::int64_t pulls = 0;  ///< of every arm that is left
  int survivors = 1;
};

/// `fresh`: the rewards of a phase alone decide at its end. InvalidOption, naming the learner, unless every decision
/// has some reward of each arm to go by.
std::unique_ptr<Agent> make_phased(std::string_view learner, int arms, std::vector<Phase> phases, bool fresh,
                                   const Stream& stream);

/// All arms n / K times.
std::vector<Phase> uniform_phases(int arms, std::int64_t rounds);
/// Phase k = 1 .. K - 1 brings the arms to n_k = ceil((n - K) / (l (K + 1 - k))) pulls, l = 1/2 + sum over i = 2 .. K
/// of 1 / i, and drops one (Audibert, Bubeck, Munos 2010).
std::vector<Phase> successive_rejects_phases(int arms, std::int64_t rounds);
/// ceil(log2 K) phases of n / ceil(log2 K) rounds, after which half the arms, rounded up, are left (Karnin, Koren,
/// Somekh 2013).
std::vector<Phase> sequential_halving_phases(int arms, std::int64_t rounds);

struct UniformBudgetOptions {};
template <class Field>
void describe(UniformBudgetOptions&, Field&&) {}

struct SuccessiveRejectsOptions {};
template <class Field>
void describe(SuccessiveRejectsOptions&, Field&&) {}

struct SequentialHalvingOptions {
  std::string samples = "fresh";
};

template <class Field>
void describe(SequentialHalvingOptions& o, Field&& field) {
  field("samples", o.samples, one_of({"fresh", "reuse"}),
        "what decides: rewards of the phase, as the theorem wants, or all so far");
}

std::unique_ptr<Agent> make_uniform_budget(const World& world, const UniformBudgetOptions& options,
                                           const Stream& stream);
std::unique_ptr<Agent> make_successive_rejects(const World& world, const SuccessiveRejectsOptions& options,
                                               const Stream& stream);
std::unique_ptr<Agent> make_sequential_halving(const World& world, const SequentialHalvingOptions& options,
                                               const Stream& stream);

}  // namespace bellwether::bandits
