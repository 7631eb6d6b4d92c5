#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/drn.h"
#include "mdp/io/names.h"
#include "mdp/io/remarks.h"

namespace bellwether::mdp {
namespace {

class Writer {
 public:
  Writer(const ModelFile& file, const std::string& path) : file_(file), model_(file.model), sink_(path) {}

  std::vector<std::string> write() {
    lost_ = losses(file_, {.discount = true,
                           .initial = true,
                           .labels = true,
                           .action_names = true,
                           .other_rewards = true,
                           .costs = true,
                           .intervals = true,
                           .observations = true,
                           .minimisation = true});
    plan();
    write_header();
    for (int s = 0; s < model_.num_states(); ++s) {
      write_state(s);
      sink_.flush_if_large();
    }
    sink_.commit();
    return std::move(lost_);
  }

 private:
  void plan() {
    const ModelData& data = model_.data();
    std::vector<std::string> names = data.action_names;
    std::sort(names.begin(), names.end());
    named_ = !names.empty() && std::adjacent_find(names.begin(), names.end()) == names.end() &&
             std::all_of(names.begin(), names.end(), [](const std::string& name) {
               return name.empty() || (is_plain_word(name) && name != "__NOLABEL__");
             });
    if (!names.empty() && !named_)
      lost_.emplace_back("the names of the actions (they hold blanks or are not distinct)");
    for (const Column& column : data.rewards) columns_.push_back(&column);
    for (const Column& column : data.costs) {
      columns_.push_back(&column);
      lost_.push_back(fmt::format("that '{}' is a cost column (it becomes a reward model)", column.name));
    }
    plan_labels();
    if (file_.observations) {
      seen_ = certain_observations(*file_.observations, model_.num_states());
      if (!seen_) lost_.emplace_back("the observations (they are not a function of the state reached)");
    }
  }

  void plan_labels() {
    of_state_.resize(static_cast<std::size_t>(model_.num_states()));
    auto initial = uniform_initial_states(model_);
    if (!initial) {
      lost_.emplace_back("the initial distribution (it is not uniform on some states; those it can start in are kept)");
      initial.emplace();
      for (int s = 0; s < model_.num_states(); ++s)
        if (model_.data().initial[static_cast<std::size_t>(s)] > 0) initial->push_back(s);
    }
    labels_.emplace_back("init");
    for (const std::int32_t s : *initial) of_state_[static_cast<std::size_t>(s)].push_back(0);
    for (const Label& label : model_.data().labels) {
      if (label.name.empty() || label.name == "init" || label.name.find('"') != std::string::npos ||
          name_fault(label.name)) {
        lost_.push_back(fmt::format("the label '{}' (it cannot have this name)", label.name));
      } else if (label.states.empty()) {
        lost_.push_back(fmt::format("the label '{}', which no state carries", label.name));
      } else {
        for (const std::int32_t s : label.states) of_state_[static_cast<std::size_t>(s)].push_back(labels_.size());
        const bool plain = is_plain_word(label.name) && label.name.find_first_of("[{!") != 0;
        labels_.push_back(plain ? label.name : "\"" + label.name + "\"");
      }
    }
  }

  void write_header() {
    Remarks remarks{.discount = model_.data().discount, .minimise = file_.rewards_are_costs, .actions = std::nullopt};
    if (named_) remarks.actions = model_.data().action_names;
    std::string& out = sink_.buffer();
    out += remarks.text("//");
    out += fmt::format("@type: {}\n@value_type: {}\n@parameters\n\n@reward_models\n", seen_ ? "POMDP" : "MDP",
                       file_.intervals ? "double-interval" : "double");
    for (const Column* column : columns_) {
      std::string name = column->name;
      if (!is_plain_word(name)) {
        lost_.push_back(fmt::format("the name '{}' of a reward structure (blanks become '_')", name));
        std::replace_if(
            name.begin(), name.end(),
            [faulty = name_fault(name).has_value()](char c) {
              return static_cast<unsigned char>(c) <= ' ' || c == '"' ||
                     (faulty && static_cast<unsigned char>(c) >= 0x7f);
            },
            '_');
        if (name.empty()) name.assign(1, '_');
      }
      out += name + ' ';
    }
    out += fmt::format("\n@nr_states\n{}\n@nr_choices\n{}\n@model\n", model_.num_states(), model_.num_choices());
  }

  void write_state(int s) {
    const auto state = static_cast<std::size_t>(s);
    std::string& out = sink_.buffer();
    fmt::format_to(std::back_inserter(out), "state {}", s);
    if (seen_) fmt::format_to(std::back_inserter(out), " {{{}}}", (*seen_)[state]);
    for (const std::size_t label : of_state_[state]) out += ' ' + labels_[label];
    out += '\n';
    for (std::int64_t c = model_.first_choice(s); c < model_.first_choice(s + 1); ++c) write_choice(c);
  }

  void write_choice(std::int64_t c) {
    std::string& out = sink_.buffer();
    const int action = model_.action(c);
    if (!named_) {
      fmt::format_to(std::back_inserter(out), "\taction {}", action);
    } else {
      const std::string name = model_.action_name(action);
      out += "\taction " + (name.empty() ? "__NOLABEL__" : name);
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}{}", i == 0 ? " [" : ", ",
                     columns_[i]->expected[static_cast<std::size_t>(c)]);
    }
    out += "]\n";
    for (std::int64_t i = model_.choice_begin()[c]; i < model_.choice_begin()[c + 1]; ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (file_.intervals) {
        fmt::format_to(std::back_inserter(out), "\t\t{} : [{}, {}]\n", model_.successor()[at],
                       file_.intervals->lower[at], file_.intervals->upper[at]);
      } else {
        fmt::format_to(std::back_inserter(out), "\t\t{} : {}\n", model_.successor()[at], model_.probability()[at]);
      }
    }
  }

  const ModelFile& file_;
  const TabularMdp& model_;
  TextSink sink_;
  std::vector<std::string> lost_;
  bool named_ = false;
  std::vector<const Column*> columns_;
  std::vector<std::string> labels_;  // as they are written; the first is "init"
  std::vector<std::vector<std::size_t>> of_state_;
  std::optional<std::vector<std::int32_t>> seen_;
};

}  // namespace

std::vector<std::string> write_drn(const ModelFile& file, const std::string& path) {
  return Writer(file, path).write();
}

}  // namespace bellwether::mdp
