#pragma once

#include <memory>
#include <string>

#include "core/options.h"
#include "core/stream.h"
#include "solvers/online/episodic/agent.h"

namespace bellwether::online {

struct MvpOptions {
  std::string constant = "theory";
  double delta = 0.05;
  bool monotone = false;
  bool incremental = true;
};

template <class Field>
void describe(MvpOptions& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the delta of the published bonus");
  field("monotone", o.monotone, any_value(), "no optimistic value ever rises again; not in the published algorithm");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

struct Mvp2024Options {
  std::string constant = "theory";
  double delta = 0.05;
  std::string data = "newest";
  bool monotone = false;
  bool incremental = true;
};

template <class Field>
void describe(Mvp2024Options& o, Field&& field) {
  field("constant", o.constant, any_value(), "factor on the bonus: theory, practical or a number");
  field("delta", o.delta, inside(0, 1), "the theorem may fail with this probability");
  field("data", o.data, one_of({"newest", "all"}),
        "visits behind the statistics: those since the last doubling, as published, or all");
  field("monotone", o.monotone, any_value(), "no optimistic value ever rises again; not in the published algorithm");
  field("incremental", o.incremental, any_value(), "compute again only what changed: the same values, sooner");
}

// Monotonic value propagation (docs/papers/mvp.md): statistics are renewed when the visits of a row reach 1, 2, 4, 8
// ...

/// Zhang, Ji, Du 2021: one model for all stages, total reward at most 1 (here 1 / H of each reward), no power of H in
/// the regret.
std::unique_ptr<EpisodicAgent> make_mvp(const EpisodicWorld& world, const MvpOptions& options, const Stream& stream);

/// Zhang, Chen, Lee, Du 2024: statistics of every stage of their own, from the visits since the last doubling alone;
/// optimal regret however few the episodes.
std::unique_ptr<EpisodicAgent> make_mvp_2024(const EpisodicWorld& world, const Mvp2024Options& options,
                                             const Stream& stream);

inline constexpr double kMvpPractical = 0.01;
inline constexpr double kMvp2024Practical = 0.0003;

}  // namespace bellwether::online
