#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <fmt/compile.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "mdp/expected_reward.h"
#include "mdp/io/csv.h"
#include "mdp/io/csv_header.h"
#include "mdp/io/names.h"
#include "mdp/io/remarks.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

/// A name that no reader takes (see name_fault) with '_' for the bytes that it may stumble over.
std::string mended(std::string_view name) {
  std::string out(name);
  if (!name_fault(name)) return out;
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f; }, '_');
  return out;
}

std::string field(std::string_view name) { return csv_word(mended(name), name_fault(name).has_value()); }

/// A reader would take a column of such names for one of numbers.
bool is_number(std::string_view name) {
  if (name.starts_with('-')) name.remove_prefix(1);
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Names that rows can use: all different, and nothing that would end a line.
bool usable(std::span<const std::string> names) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end() &&
         std::none_of(sorted.begin(), sorted.end(), [](std::string_view name) { return name_fault(name).has_value(); });
}

bool is_tab_separated(std::string_view path) {
  if (compression_of_name(path) != Compression::kNone) path.remove_suffix(3);
  return path.ends_with(".tsv");
}

class CsvWriter {
 public:
  CsvWriter(const ModelFile& file, const std::string& path)
      : file_(file), separator_(is_tab_separated(path) ? '\t' : ','), sink_(path) {
    for (const TabularMdp& part : file.stages) parts_.push_back(&part);
    if (parts_.empty()) {
      for (const TabularMdp& part : file.contexts) parts_.push_back(&part);
    } else if (!file.contexts.empty()) {
      lost_.emplace_back("the contexts (the stages are written)");
    }
    if (parts_.empty()) parts_.push_back(&file.model);
    if (file.intervals) lost_.emplace_back("the intervals of the probabilities");
    if (file.observations) lost_.emplace_back("the observations");
    choose_names();
    choose_titles(path);
    for (const TabularMdp* part : parts_) {
      for (const Label& label : part->data().labels)
        if (name_fault(label.name)) lost_.push_back(fmt::format("the name of the label {}", field(label.name)));
    }
  }

  std::vector<std::string> write() {
    write_directives();
    write_header();
    const bool several = !file_.stages.empty() || !file_.contexts.empty();
    for (std::size_t g = 0; g < parts_.size(); ++g)
      write_rows(*parts_[g], several ? fmt::format("{}{}", g, separator_) : "");
    sink_.commit();
    return std::move(lost_);
  }

 private:
  const ModelData& data() const { return parts_[0]->data(); }
  auto out() { return std::back_inserter(sink_.buffer()); }

  void choose_names() {
    const auto choose = [&](const std::vector<std::string> ModelData::*names, std::string_view what) {
      if ((data().*names).empty()) return std::vector<std::string>{};
      const bool same = std::all_of(parts_.begin(), parts_.end(),
                                    [&](const TabularMdp* part) { return part->data().*names == data().*names; });
      if (same && usable(data().*names)) {
        std::vector<std::string> fields;
        for (const std::string& name : data().*names) fields.push_back(field(name));
        return fields;
      }
      lost_.push_back(fmt::format("the names of the {} ({})", what,
                                  same ? "two are the same, or one holds a control character" : "they differ by part"));
      return std::vector<std::string>{};
    };
    states_ = choose(&ModelData::state_names, "states");
    actions_ = choose(&ModelData::action_names, "actions");
  }

  static std::vector<std::string> titles_of(const ModelData& part) {
    std::vector<std::string> titles;
    for (const Column& column : part.rewards) titles.push_back(csv_title(column.name, true));
    for (const Column& column : part.costs) titles.push_back(csv_title(column.name, false));
    return titles;
  }

  void choose_titles(const std::string& path) {
    titles_ = titles_of(data());
    for (std::size_t g = 0; g < parts_.size(); ++g) {
      if (parts_[g]->num_states() != parts_[0]->num_states() || titles_of(parts_[g]->data()) != titles_) {
        throw InvalidOption(
            fmt::format("{}: part {} of the model has other states, rewards or costs than part 0; a "
                        "CSV file has one list of columns",
                        path, g));
      }
    }
    std::set<std::string> taken;
    for (std::string& title : titles_) {
      const std::string wanted = title;
      title = mended(title);
      for (int number = 2; !taken.insert(title).second; ++number) title = fmt::format("{}_{}", wanted, number);
      if (title != wanted) lost_.push_back(fmt::format("the name of a column (it is now {})", title));
    }
  }

  std::string state(int s) const { return states_.empty() ? std::to_string(s) : states_[static_cast<std::size_t>(s)]; }
  std::string action(const TabularMdp& part, std::int64_t choice) const {
    const int id = part.action(choice);
    return actions_.empty() ? std::to_string(id) : actions_[static_cast<std::size_t>(id)];
  }

  void write_directives() {
    if (file_.rewards_are_costs) fmt::format_to(out(), "#! minimize\n");
    if (!states_.empty() && !names_tell_themselves(data().state_names, true)) {
      for (const std::string& name : states_) fmt::format_to(out(), "#! state {}\n", name);
    }
    if (!actions_.empty() && !names_tell_themselves(data().action_names, false)) {
      for (const std::string& name : actions_) fmt::format_to(out(), "#! action {}\n", name);
    }
    write_features();
    std::vector<std::string> blocks;
    for (std::size_t g = 0; g < parts_.size(); ++g)
      blocks.push_back(directives_of(*parts_[g]) + (file_.linear.mixture_theta.size() > 1 ? theta_line(g) : ""));
    if (std::adjacent_find(blocks.begin(), blocks.end(), std::not_equal_to<>()) == blocks.end()) {
      sink_.buffer() += blocks[0];
      return;
    }
    for (std::size_t g = 0; g < blocks.size(); ++g) fmt::format_to(out(), "#! part {}\n{}", g, blocks[g]);
  }

  /// Features are those of the first part's choices, for all parts.
  void write_features() {
    const TabularMdp& part = *parts_[0];
    const LinearStructure& linear = file_.linear;
    for (int s = 0; s < part.num_states(); ++s) {
      for (std::int64_t c = part.first_choice(s); c < part.first_choice(s + 1); ++c) {
        const std::string choice = fmt::format("{} {}", state(s), action(part, c));
        if (linear.features != nullptr)
          fmt::format_to(out(), "#! features {} {}\n", choice, fmt::join(linear.features->row(c), " "));
        if (linear.mixture == nullptr) continue;
        const auto successors = linear.mixture->successors(c);
        for (std::size_t k = 0; k < successors.size(); ++k)
          fmt::format_to(out(), "#! mixture {} {} {}\n", choice, state(successors[k]),
                         fmt::join(linear.mixture->feature(c, k), " "));
      }
      sink_.flush_if_large();
    }
    if (linear.mixture_theta.size() == 1) sink_.buffer() += theta_line(0);
  }

  std::string theta_line(std::size_t i) const {
    return fmt::format("#! theta {}\n", fmt::join(file_.linear.mixture_theta[i], " "));
  }

  /// True when the names, numbered by first appearance in the rows, get their numbers.
  bool names_tell_themselves(const std::vector<std::string>& names, bool of_states) const {
    if (std::all_of(names.begin(), names.end(), is_number)) return false;
    std::int64_t seen = 0;
    const auto meet = [&seen](std::int64_t index) {
      if (index == seen) ++seen;
      return index < seen;
    };
    for (const TabularMdp* part : parts_) {
      for (int s = 0; s < part->num_states(); ++s) {
        if (of_states && !meet(s)) return false;
        for (std::int64_t c = part->first_choice(s); c < part->first_choice(s + 1); ++c) {
          if (!of_states && !meet(part->action(c))) return false;
          for (const std::int32_t next : part->successors(c))
            if (of_states && !meet(next)) return false;
        }
      }
    }
    return seen == static_cast<std::int64_t>(names.size());
  }

  std::string directives_of(const TabularMdp& part) const {
    std::string text;
    const auto add = std::back_inserter(text);
    const ModelData& d = part.data();
    if (d.discount) fmt::format_to(add, "#! discount {}\n", *d.discount);
    for (std::size_t s = 0; s < d.initial.size(); ++s) {
      if (d.initial[s] > 0) fmt::format_to(add, "#! initial {} {}\n", state(static_cast<int>(s)), d.initial[s]);
    }
    for (const Label& label : d.labels) {
      fmt::format_to(add, "#! label {}", field(label.name));
      for (const std::int32_t s : label.states) fmt::format_to(add, " {}", state(s));
      text += '\n';
    }
    std::size_t k = 0;
    for (const Column& column : d.rewards) add_column_directives(part, column, field(titles_[k++]), text);
    for (const Column& column : d.costs) add_column_directives(part, column, field(titles_[k++]), text);
    add_laws(part, text);
    return text;
  }

  /// What a reader would not guess: a column by transition that does not vary, an expected value that is not the mean.
  void add_column_directives(const TabularMdp& part, const Column& column, const std::string& title,
                             std::string& text) const {
    if (column.by_transition.empty()) return;
    bool varies = false;
    for (int s = 0; s < part.num_states(); ++s) {
      for (std::int64_t c = part.first_choice(s); c < part.first_choice(s + 1); ++c) {
        const auto i = static_cast<std::size_t>(c);
        const auto first = static_cast<std::size_t>(part.choice_begin()[i]);
        const auto row = column.by_transition.view().subspan(first, part.successors(c).size());
        varies |= std::adjacent_find(row.begin(), row.end(), std::not_equal_to<>()) != row.end();
        if (column.expected[i] == expected_reward(part.probabilities(c), row)) continue;
        fmt::format_to(std::back_inserter(text), "#! expected {} {} {} {}\n", title, state(s), action(part, c),
                       column.expected[i]);
      }
    }
    if (!varies) fmt::format_to(std::back_inserter(text), "#! by-transition {}\n", title);
  }

  void add_laws(const TabularMdp& part, std::string& text) const {
    const RewardDistributions& laws = part.data().reward_laws;
    if (laws.empty()) return;
    const auto add = std::back_inserter(text);
    const auto is_plain = [](std::uint8_t law) { return law == static_cast<std::uint8_t>(RewardLaw::kDeterministic); };
    const bool all_plain = std::all_of(laws.law.begin(), laws.law.end(), is_plain);
    for (int s = 0; s < part.num_states(); ++s) {
      for (std::int64_t choice = part.first_choice(s); choice < part.first_choice(s + 1); ++choice) {
        const auto c = static_cast<std::size_t>(choice);
        const auto law = static_cast<RewardLaw>(laws.law[c]);
        if (law == RewardLaw::kDeterministic && !(all_plain && choice == 0)) continue;
        fmt::format_to(add, "#! law {} {} ", state(s), action(part, choice));
        if (law == RewardLaw::kDeterministic) {
          text += "deterministic";
        } else if (law == RewardLaw::kFinite) {
          text += "finite";
          for (std::int64_t i = laws.support_begin[c]; i < laws.support_begin[c + 1]; ++i) {
            const auto j = static_cast<std::size_t>(i);
            fmt::format_to(add, " {} {}", laws.values[j], laws.weights[j]);
          }
        } else {
          fmt::format_to(add, "{} {}", law == RewardLaw::kBernoulli ? "bernoulli" : "gaussian", laws.scale[c]);
        }
        text += '\n';
      }
    }
  }

  void write_header() {
    const std::string_view part = !file_.stages.empty() ? "stage" : !file_.contexts.empty() ? "context" : "";
    if (!part.empty()) fmt::format_to(out(), "{}{}", part, separator_);
    fmt::format_to(out(), "state{0}action{0}next{0}probability", separator_);
    for (const std::string& title : titles_) fmt::format_to(out(), "{}{}", separator_, field(title));
    sink_.buffer() += '\n';
  }

  void write_rows(const TabularMdp& part, const std::string& prefix) {
    std::vector<const Column*> columns;
    for (const Column& column : part.data().rewards) columns.push_back(&column);
    for (const Column& column : part.data().costs) columns.push_back(&column);
    for (int s = 0; s < part.num_states(); ++s) {
      const std::string from = prefix + state(s) + separator_;
      const std::int64_t first = part.first_choice(s);
      for (std::int64_t choice = first; choice < part.first_choice(s + 1); ++choice) {
        // part.action would search for the state of each choice.
        const auto id = static_cast<std::size_t>(
            part.data().action.empty() ? choice - first : part.data().action[static_cast<std::size_t>(choice)]);
        write_choice(part, columns, from + (actions_.empty() ? std::to_string(id) : actions_[id]) + separator_, choice);
      }
      sink_.flush_if_large();
    }
  }

  void write_choice(const TabularMdp& part, const std::vector<const Column*>& columns, const std::string& from,
                    std::int64_t choice) {
    const auto c = static_cast<std::size_t>(choice);
    const auto first = static_cast<std::size_t>(part.choice_begin()[c]);
    const auto successors = part.successors(choice);
    const auto probabilities = part.probabilities(choice);
    std::string& text = sink_.buffer();
    for (std::size_t i = 0; i < successors.size(); ++i) {
      text += from;
      if (states_.empty()) {
        fmt::format_to(out(), FMT_COMPILE("{}"), successors[i]);
      } else {
        text += states_[static_cast<std::size_t>(successors[i])];
      }
      fmt::format_to(out(), FMT_COMPILE("{}{}"), separator_, probabilities[i]);
      for (const Column* column : columns) {
        const double x = column->by_transition.empty() ? column->expected[c] : column->by_transition[first + i];
        fmt::format_to(out(), FMT_COMPILE("{}{}"), separator_, x);
      }
      text += '\n';
    }
  }

  const ModelFile& file_;
  char separator_;
  std::vector<const TabularMdp*> parts_;
  std::vector<std::string> states_, actions_;  // as fields; empty: numbers
  std::vector<std::string> titles_;            // of the reward and cost columns
  std::vector<std::string> lost_;
  TextSink sink_;
};

}  // namespace

std::vector<std::string> write_csv(const ModelFile& file, const std::string& path) {
  return CsvWriter(file, path).write();
}

}  // namespace bellwether::mdp
