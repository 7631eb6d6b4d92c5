#include "apps/cli/samples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "apps/cli/interrupt.h"
#include "core/errors.h"
#include "core/stream.h"
#include "core/text.h"
#include "mdp/robust/sets_from_data.h"

namespace bellwether::cli {
namespace {

constexpr double kKnown = std::numeric_limits<double>::infinity();

/// A column beside the reward in use.
const mdp::Column& find_column(const mdp::TabularMdp& model, const std::string& name) {
  std::vector<const mdp::Column*> columns;
  for (const mdp::Column& column : model.data().costs) columns.push_back(&column);
  for (const mdp::Column& column : model.data().rewards) columns.push_back(&column);
  std::erase(columns, &model.data().rewards.front());
  std::vector<std::string> names;
  for (const mdp::Column* column : columns) {
    if (column->name == name) return *column;
    names.push_back(column->name);
  }
  if (names.empty())
    throw InvalidOption(
        fmt::format("solve: option --samples is '{}', neither a number nor a column: the file has none beside the "
                    "reward; in CSV every column after it is one, named by the header",
                    name));
  refuse_name("solve", "samples", name, "column", names);
}

/// The number of times that a choice was sampled, from a column that says the same on each of its lines.
double count_of(const mdp::TabularMdp& model, const mdp::Column& column, std::int64_t choice) {
  const auto refuse = [&](const std::string& why) {
    throw InvalidModel(fmt::format(
        "solve: option --samples: the column '{}' {} for state {}, action {}; it must have "
        "the number of times that the choice was sampled on each of its lines",
        column.name, why, model.state_name(model.state_of(choice)), model.action_name(model.action(choice))));
  };
  double count = column.expected[static_cast<std::size_t>(choice)];
  if (!column.by_transition.empty()) {
    const auto first = static_cast<std::size_t>(model.choice_begin()[choice]);
    const auto last = static_cast<std::size_t>(model.choice_begin()[choice + 1]);
    const auto lines = column.by_transition.view().subspan(first, last - first);
    for (const double other : lines)
      if (other != lines.front()) refuse(fmt::format("has {} and {}", lines.front(), other));
    count = lines.front();
  }
  if (!(count >= 0 && count == std::round(count) && std::isfinite(count)))
    refuse(fmt::format("has {}, which is no whole number of at least 0,", count));
  return count;
}

std::vector<double> samples_of(const Arguments& arguments, const mdp::TabularMdp& model) {
  const std::string typed = *arguments.text("samples");
  if (parse_double(typed))
    return std::vector<double>(static_cast<std::size_t>(model.num_choices()),
                               static_cast<double>(*arguments.whole_number("samples", at_least(1))));
  const mdp::Column& column = find_column(model, typed);
  std::vector<double> samples;
  for (std::int64_t c = 0; c < model.num_choices(); ++c) samples.push_back(count_of(model, column, c));
  return samples;
}

/// Minutes where rows are many.
std::vector<double> drawn_radii(const mdp::TabularMdp& model, mdp::SetKind kind, std::span<const double> samples,
                                double prior, double delta) {
  const InterruptGuard guard;
  std::vector<double> radii =
      mdp::credible_radii(model, kind, samples, prior, delta, Stream(1), [] { return !InterruptGuard::requested(); });
  if (radii.empty()) throw StoppedTooEarly("stopped before the sets were drawn");
  return radii;
}

void refuse_what_does_not_fit(const Arguments& arguments, const mdp::Ambiguity& sets) {
  const bool credible = arguments.has("credible");
  if (!credible && !mdp::has_radius_from_samples(sets.kind))
    throw InvalidOption(fmt::format(
        "solve: --samples goes with --robust l1, tv and linf, in which the distance from a row to its "
        "samples has a known bound, not with {}{}",
        to_string(sets.kind), mdp::has_credible_radius(sets.kind) ? "; --credible P gives it a Bayesian radius" : ""));
  if (credible && !mdp::has_credible_radius(sets.kind))
    throw InvalidOption(fmt::format("solve: --credible goes with --robust l1, tv, linf, l2, kl and chi2, not with {}",
                                    to_string(sets.kind)));
  if (credible && arguments.has("confidence"))
    throw InvalidOption("solve: --confidence and --credible exclude each other: a theorem about samples, or a prior");
  if (credible && sets.support == mdp::Support::kAll)
    throw InvalidOption("solve: --credible is about the listed successors and goes with --support successors");
  for (const char* option : {"radius", "penalty"})
    if (arguments.has(option))
      throw InvalidOption(
          fmt::format("solve: --samples and --{} exclude each other: radii follow from the number of "
                      "samples",
                      option));
  if (sets.state_wise())
    throw InvalidOption(
        "solve: --samples gives every choice a set of its own and goes with --rectangular sa, not with a distance that "
        "the actions of a state share");
}

}  // namespace

std::string SampledSets::words() const {
  std::string text =
      prior ? fmt::format(
                  "given the samples and a Dirichlet prior ({:g} for each successor), with probability {:.6g} % "
                  "every true row lies in its set",
                  *prior, 100 * confidence)
            : fmt::format(
                  "with probability {:.6g} % over the samples (their numbers fixed beforehand) every true row "
                  "lies in its set",
                  100 * confidence);
  if (lists_everything)
    text += fmt::format(", if nothing can happen that the file does not list{}", prior ? "" : " (else: --support all)");
  text += smallest == largest ? fmt::format("; radius {:.4g}", largest)
                              : fmt::format("; radii from {:.4g} to {:.4g}", smallest, largest);
  if (unseen > 0)
    text += fmt::format(", {} never sampled, of which {}", counted(unseen, "choice"),
                        prior ? "the prior alone speaks" : "nothing is known");
  return text;
}

std::optional<SampledSets> read_samples(const Arguments& arguments, const solvers::Problem& problem,
                                        const std::vector<std::int32_t>& ended, mdp::Ambiguity& sets) {
  if (!arguments.has("samples")) {
    for (const char* option : {"confidence", "credible", "prior"})
      if (arguments.has(option))
        throw InvalidOption(
            fmt::format("solve: --{} goes with --samples, which say what the sets are made of", option));
    return std::nullopt;
  }
  if (arguments.has("prior") && !arguments.has("credible"))
    throw InvalidOption("solve: --prior goes with --credible P: theorems about samples need none");
  refuse_what_does_not_fit(arguments, sets);
  const mdp::TabularMdp& model = problem.model;
  const std::optional<double> credible = arguments.number("credible", inside(0, 1));
  SampledSets made{.confidence = credible ? *credible : arguments.number("confidence", inside(0, 1)).value_or(0.95),
                   .lists_everything = sets.support == mdp::Support::kSuccessors};
  if (credible) made.prior = arguments.number("prior", above(0)).value_or(1);
  std::vector<double> samples = samples_of(arguments, model);
  for (const std::int32_t s : ended)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      samples[static_cast<std::size_t>(c)] = kKnown;
  const double delta = 1 - made.confidence;
  sets.radius = credible ? drawn_radii(model, sets.kind, samples, *made.prior, delta)
                         : mdp::radii_from_samples(model, sets.kind, sets.support, samples, delta);
  made.smallest = kKnown;
  for (std::size_t c = 0; c < samples.size(); ++c) {
    if (!(sets.radius[c] > 0)) continue;
    if (samples[c] == 0) ++made.unseen;
    made.smallest = std::min(made.smallest, sets.radius[c]);
    made.largest = std::max(made.largest, sets.radius[c]);
  }
  made.smallest = std::min(made.smallest, made.largest);
  return made;
}

}  // namespace bellwether::cli
