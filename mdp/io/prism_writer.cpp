#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/names.h"
#include "mdp/io/prism.h"
#include "mdp/io/prism_files.h"
#include "mdp/io/remarks.h"

namespace bellwether::mdp {
namespace {

namespace fs = std::filesystem;

/// How the choices are numbered and called.
struct ActionColumn {
  bool names = false;        ///< a last column holds the action's name
  bool identifiers = false;  ///< the number of a choice is its action identifier, else its place in its state
};

bool ascending_in_states(const TabularMdp& model) {
  for (int s = 0; s < model.num_states(); ++s)
    for (std::int64_t c = model.first_choice(s) + 1; c < model.first_choice(s + 1); ++c)
      if (model.action(c - 1) >= model.action(c)) return false;
  return true;
}

ActionColumn plan_actions(const TabularMdp& model, std::vector<std::string>& lost) {
  const ModelData& data = model.data();
  std::vector<std::string> names = data.action_names;
  std::sort(names.begin(), names.end());
  const bool distinct = std::adjacent_find(names.begin(), names.end()) == names.end();
  const bool plain = std::all_of(names.begin(), names.end(),
                                 [](const std::string& name) { return name.empty() || is_plain_word(name); });
  if (!names.empty() && distinct && plain) return {.names = true, .identifiers = false};
  if (!names.empty()) lost.emplace_back("the names of the actions (they hold blanks or are not distinct)");
  if (data.action.empty() || ascending_in_states(model)) return {.names = false, .identifiers = true};
  lost.emplace_back("the identifiers of the actions (they are not in ascending order in each state)");
  return {};
}

class Writer {
 public:
  Writer(const ModelFile& file, const std::string& path)
      : file_(file), model_(file.model), path_(path), stem_(prism_stem(path)), replaces_(fs::exists(path)) {
    const bool device = path.starts_with("/dev/") || path.starts_with("/proc/");
    if (device || (replaces_ && !fs::is_regular_file(path) && !fs::is_directory(path))) {
      throw InvalidOption(
          fmt::format("output {}: PRISM's format needs several files, which a device cannot hold", path));
    }
    const auto compressed = compression_of_name(path);
    suffix_ = compressed == Compression::kGzip ? ".gz" : compressed == Compression::kXz ? ".xz" : "";
  }

  std::vector<std::string> write() {
    std::vector<std::string> lost = losses(file_, {.discount = true,
                                                   .initial = true,
                                                   .labels = true,
                                                   .state_names = true,
                                                   .action_names = true,
                                                   .other_rewards = true,
                                                   .costs = true,
                                                   .transition_rewards = true,
                                                   .intervals = true,
                                                   .minimisation = true});
    actions_ = plan_actions(model_, lost);
    TextSink transitions(path_);
    write_transitions(transitions);
    std::vector<std::unique_ptr<TextSink>> beside;
    const auto open = [&](const std::string& ending) -> TextSink& {
      written_.push_back(stem_ + ending + suffix_);
      return *beside.emplace_back(std::make_unique<TextSink>(written_.back()));
    };
    write_labels(open(".lab"), lost);
    write_columns(open, lost);
    if (const auto variables = state_variables(); !variables.empty()) {
      write_states(open(".sta"), variables);
    } else if (!model_.data().state_names.empty()) {
      lost.emplace_back("the names of the states (they are not of the form \"(x=1,y=2)\")");
    }
    for (const auto& sink : beside) sink->commit();
    transitions.commit();
    remove_older(lost);
    return lost;
  }

 private:
  void write_transitions(TextSink& sink) {
    const ModelData& data = model_.data();
    Remarks remarks{.discount = data.discount, .minimise = file_.rewards_are_costs, .actions = std::nullopt};
    if (actions_.names) remarks.actions = data.action_names;
    std::string& out = sink.buffer();
    out += fmt::format("# Transitions ({})\n", file_.intervals ? "IMDP" : "MDP");
    out += remarks.text("#");
    out += fmt::format("{} {} {}\n", model_.num_states(), model_.num_choices(), model_.num_transitions());
    each_transition(sink, [&](int s, std::int64_t c, std::size_t i) {
      if (file_.intervals) {
        fmt::format_to(std::back_inserter(out), "{} {} {} [{},{}]", s, choice_number(s, c), data.successor[i],
                       file_.intervals->lower[i], file_.intervals->upper[i]);
      } else {
        fmt::format_to(std::back_inserter(out), "{} {} {} {}", s, choice_number(s, c), data.successor[i],
                       data.probability[i]);
      }
      if (actions_.names) {
        if (const std::string name = model_.action_name(model_.action(c)); !name.empty()) out += " " + name;
      }
      out += '\n';
    });
  }

  template <class Each>
  void each_transition(TextSink& sink, Each&& each) const {
    const auto begin = model_.choice_begin();
    for (int s = 0; s < model_.num_states(); ++s) {
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
        for (std::int64_t i = begin[c]; i < begin[c + 1]; ++i) each(s, c, static_cast<std::size_t>(i));
      sink.flush_if_large();
    }
  }

  std::int64_t choice_number(int s, std::int64_t c) const {
    return actions_.identifiers && !model_.data().action.empty() ? model_.action(c) : c - model_.first_choice(s);
  }

  void write_labels(TextSink& sink, std::vector<std::string>& lost) {
    auto initial = uniform_initial_states(model_);
    if (!initial) {
      lost.emplace_back("the initial distribution (it is not uniform on some states; those it can start in are kept)");
      initial.emplace();
      for (int s = 0; s < model_.num_states(); ++s)
        if (model_.data().initial[static_cast<std::size_t>(s)] > 0) initial->push_back(s);
    }
    std::vector<std::vector<std::int32_t>> of_state(static_cast<std::size_t>(model_.num_states()));
    for (const std::int32_t s : *initial) of_state[static_cast<std::size_t>(s)].push_back(0);
    std::string& out = sink.buffer();
    out += "# Labels\n0=\"init\"";
    std::int32_t number = 0;
    for (const Label& label : model_.data().labels) {
      if (label.name == "init" || label.name.find('"') != std::string::npos || name_fault(label.name)) {
        lost.push_back(fmt::format("the label '{}' (it cannot have this name)", label.name));
        continue;
      }
      out += fmt::format(" {}=\"{}\"", ++number, label.name);
      for (const std::int32_t s : label.states) of_state[static_cast<std::size_t>(s)].push_back(number);
    }
    out += '\n';
    for (std::size_t s = 0; s < of_state.size(); ++s) {
      if (of_state[s].empty()) continue;
      fmt::format_to(std::back_inserter(out), "{}:", s);
      for (const std::int32_t label : of_state[s]) fmt::format_to(std::back_inserter(out), " {}", label);
      out += '\n';
      sink.flush_if_large();
    }
  }

  template <class Open>
  void write_columns(Open&& open, std::vector<std::string>& lost) {
    std::vector<const Column*> columns;
    for (const Column& column : model_.data().rewards) columns.push_back(&column);
    for (const Column& column : model_.data().costs) {
      columns.push_back(&column);
      lost.push_back(fmt::format("that '{}' is a cost column (it becomes a reward structure)", column.name));
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string number = columns.size() > 1 ? std::to_string(i + 1) : "";
      const bool by_state = is_by_state(*columns[i]);
      write_column(open(number + (by_state ? ".srew" : ".trew")), *columns[i], by_state, lost);
    }
  }

  bool is_by_state(const Column& column) const {
    if (!column.by_transition.empty()) return false;
    for (int s = 0; s < model_.num_states(); ++s)
      for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c)
        if (column.expected[static_cast<std::size_t>(c)] !=
            column.expected[static_cast<std::size_t>(model_.first_choice(s))])
          return false;
    return true;
  }

  void write_column(TextSink& sink, const Column& column, bool by_state, std::vector<std::string>& lost) {
    std::string name = column.name;
    if (name.find('"') != std::string::npos || name_fault(name)) {
      lost.push_back(fmt::format("the name '{}' of a reward structure", name));
      name = "reward";
    }
    std::string& out = sink.buffer();
    out += fmt::format("# Reward structure \"{}\"\n# {} rewards\n", name, by_state ? "State" : "Transition");
    const auto reward_of = [&](std::int64_t c, std::size_t i) {
      return column.by_transition.empty() ? column.expected[static_cast<std::size_t>(c)] : column.by_transition[i];
    };
    std::int64_t entries = 0;
    if (by_state) {
      for (int s = 0; s < model_.num_states(); ++s) entries += reward_of(model_.first_choice(s), 0) != 0;
      out += fmt::format("{} {}\n", model_.num_states(), entries);
      for (int s = 0; s < model_.num_states(); ++s) {
        if (const double r = reward_of(model_.first_choice(s), 0); r != 0)
          fmt::format_to(std::back_inserter(out), "{} {}\n", s, r);
        sink.flush_if_large();
      }
      return;
    }
    // A choice is listed in full or not at all: its parallel transitions are told apart by their order.
    const auto begin = model_.choice_begin();
    std::vector<bool> listed(static_cast<std::size_t>(model_.num_choices()));
    for (std::int64_t c = 0; c < model_.num_choices(); ++c) {
      for (std::int64_t i = begin[c]; i < begin[c + 1]; ++i)
        if (reward_of(c, static_cast<std::size_t>(i)) != 0) listed[static_cast<std::size_t>(c)] = true;
      if (listed[static_cast<std::size_t>(c)]) entries += begin[c + 1] - begin[c];
    }
    out += fmt::format("{} {} {}\n", model_.num_states(), model_.num_choices(), entries);
    each_transition(sink, [&](int s, std::int64_t c, std::size_t i) {
      if (!listed[static_cast<std::size_t>(c)]) return;
      fmt::format_to(std::back_inserter(out), "{} {} {} {}\n", s, choice_number(s, c), model_.successor()[i],
                     reward_of(c, i));
    });
  }

  /// The variables of names like "(x=1,y=true)", the same in each name; none when a name is of another form.
  std::vector<std::string> state_variables() const {
    std::vector<std::string> variables;
    for (const std::string& name : model_.data().state_names) {
      std::vector<std::string> here;
      if (!split_name(name, [&](std::string_view variable, std::string_view) { here.emplace_back(variable); }))
        return {};
      if (variables.empty()) variables = here;
      if (variables != here) return {};
    }
    return variables;
  }

  template <class Each>
  static bool split_name(std::string_view name, Each&& each) {
    if (name.size() < 5 || name.front() != '(' || name.back() != ')') return false;
    name = name.substr(1, name.size() - 2);
    if (name.find_first_of("() \t\r\n#") != std::string_view::npos) return false;
    while (true) {
      const std::size_t comma = std::min(name.find(','), name.size());
      const std::string_view part = name.substr(0, comma);
      const std::size_t equals = part.find('=');
      if (equals == 0 || equals == std::string_view::npos || equals + 1 == part.size()) return false;
      each(part.substr(0, equals), part.substr(equals + 1));
      if (comma == name.size()) return true;
      name.remove_prefix(comma + 1);
    }
  }

  void write_states(TextSink& sink, const std::vector<std::string>& variables) {
    std::string& out = sink.buffer();
    out += '(';
    for (std::size_t i = 0; i < variables.size(); ++i) out += (i > 0 ? "," : "") + variables[i];
    out += ")\n";
    const std::vector<std::string>& names = model_.data().state_names;
    for (std::size_t s = 0; s < names.size(); ++s) {
      fmt::format_to(std::back_inserter(out), "{}:(", s);
      bool first = true;
      split_name(names[s], [&](std::string_view, std::string_view value) {
        if (!first) out += ',';
        first = false;
        out += value;
      });
      out += ")\n";
      sink.flush_if_large();
    }
  }

  /// Other files beside it will be read as part of this model. Those of the model that was replaced are removed; what
  /// may belong to something else, and links, are left alone and named.
  void remove_older(std::vector<std::string>& lost) const {
    for (const PrismFile& found : prism_files_beside(path_)) {
      if (std::find(written_.begin(), written_.end(), found.path) != written_.end()) continue;
      std::error_code error;
      const bool older = replaces_ && found.ours && !fs::is_symlink(found.path);
      if (!older || !fs::remove(found.path, error))
        lost.push_back(fmt::format("that {} lies beside it (it will be read with it)", found.path));
    }
  }

  const ModelFile& file_;
  const TabularMdp& model_;
  std::string path_, stem_, suffix_;
  bool replaces_;  // there was a file of this name
  ActionColumn actions_;
  std::vector<std::string> written_;
};

}  // namespace

std::vector<std::string> write_prism(const ModelFile& file, const std::string& path) {
  return Writer(file, path).write();
}

}  // namespace bellwether::mdp
