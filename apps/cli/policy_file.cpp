#include "apps/cli/policy_file.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/cli/fields.h"
#include "apps/cli/initial.h"
#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/csv_header.h"

namespace bellwether::cli {
namespace {

/// Where the columns stand.
struct Columns {
  std::size_t state = 0, action = 0, count = 0;
  std::optional<std::size_t> probability = {};
};

Columns columns_of(const std::string& path, std::string_view header) {
  Columns columns;
  std::optional<std::size_t> state, action;
  for (const std::string_view field : mdp::split_fields(header, ',')) {
    const std::string name = mdp::unquoted(field);
    if (name == "state") state = columns.count;
    if (name == "action") action = columns.count;
    if (name == "probability") columns.probability = columns.count;
    if (name == "stage")
      throw ParseError(fmt::format("{}:1: the policy differs by stage; one for all is wanted", path));
    ++columns.count;
  }
  if (!state || !action)
    throw ParseError(fmt::format("{}:1: expected a header with state and action, as `solve -o` writes it", path));
  columns.state = *state;
  columns.action = *action;
  return columns;
}

std::int64_t choice_of(const mdp::TabularMdp& model, const std::string& place, const std::string& state,
                       const std::string& action) {
  const auto s = find_state(model, state);
  if (!s) throw ParseError(fmt::format("{}: the model has no state '{}'", place, state));
  for (std::int64_t c = model.first_choice(*s); c < model.first_choice(*s + 1); ++c)
    if (model.action_name(model.action(c)) == action || fmt::format("{}", model.action(c)) == action) return c;
  throw ParseError(fmt::format("{}: state '{}' has no action '{}'", place, state, action));
}

void require_whole(const mdp::TabularMdp& model, const std::string& path, const std::vector<double>& probability) {
  for (int s = 0; s < model.num_states(); ++s) {
    double sum = 0;
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      sum += probability[static_cast<std::size_t>(c)];
    if (sum == 0) throw ParseError(fmt::format("{}: nothing is played in state '{}'", path, model.state_name(s)));
    if (!(std::abs(sum - 1) <= 1e-9))
      throw ParseError(
          fmt::format("{}: the probabilities of state '{}' sum to {}, not 1", path, model.state_name(s), sum));
  }
}

/// One that leaves nothing to chance draws nothing either, and plays as it did before it was saved.
mdp::Policy policy_of(const mdp::TabularMdp& model, std::vector<double> probability) {
  if (std::ranges::any_of(probability, [](double p) { return p != 0 && p != 1; }))
    return mdp::Policy::randomised(std::move(probability));
  std::vector<std::int32_t> choice(static_cast<std::size_t>(model.num_states()));
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c)
      if (probability[static_cast<std::size_t>(c)] == 1)
        choice[static_cast<std::size_t>(s)] = static_cast<std::int32_t>(c - model.first_choice(s));
  return mdp::Policy::deterministic(std::move(choice));
}

}  // namespace

mdp::Policy read_policy(const mdp::TabularMdp& model, const std::string& path) {
  std::ifstream file(path);
  if (!file) throw ParseError(fmt::format("{}: cannot be opened", path));
  std::vector<double> probability(static_cast<std::size_t>(model.num_choices()), 0.0);
  std::optional<Columns> columns;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    if (!columns) {
      columns = columns_of(path, text);
      continue;
    }
    const std::string place = fmt::format("{}:{}", path, number);
    const auto fields = mdp::split_fields(text, ',');
    if (fields.size() != columns->count)
      throw ParseError(fmt::format("{}: {} fields, the header has {}", place, fields.size(), columns->count));
    const std::int64_t c =
        choice_of(model, place, mdp::unquoted(fields[columns->state]), mdp::unquoted(fields[columns->action]));
    std::optional<double> share = 1;
    if (columns->probability) share = parse_double(trimmed(fields[*columns->probability]));
    if (!share || !(*share >= 0 && *share <= 1))
      throw ParseError(fmt::format("{}: the probability must be a number, at least 0 and at most 1", place));
    probability[static_cast<std::size_t>(c)] += *share;
  }
  if (!columns) throw ParseError(fmt::format("{}: is empty", path));
  require_whole(model, path, probability);
  return policy_of(model, std::move(probability));
}

}  // namespace bellwether::cli
