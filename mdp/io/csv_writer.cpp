#include <cmath>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "mdp/io/csv.h"
#include "mdp/io/remarks.h"

namespace bellwether::mdp {
namespace {

/// A name as a field: in quotes when it holds a separator, a quote, a blank, a sign of a comment, or looks like
/// nothing.
std::string field(const std::string& name) {
  const bool plain = !name.empty() && name.find_first_of(",;\t\" #\r\n") == std::string::npos;
  if (plain) return name;
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c == '\n' || c == '\r' ? ' ' : c;  // a line end cannot stand in a row
  }
  return out + '"';
}

class CsvWriter {
 public:
  CsvWriter(const ModelFile& file, const std::string& path) : file_(file), sink_(path) {}

  void write() {
    write_directives();
    write_header();
    if (!file_.stages.empty()) {
      write_groups(file_.stages);
    } else if (!file_.contexts.empty()) {
      write_groups(file_.contexts);
    } else {
      write_rows(file_.model, "");
    }
    sink_.commit();
  }

 private:
  const TabularMdp& model() const { return file_.model; }
  const ModelData& data() const { return file_.model.data(); }
  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    fmt::format_to(std::back_inserter(sink_.buffer()), format, std::forward<Parts>(parts)...);
  }

  std::string state(int s) const {
    return data().state_names.empty() ? std::to_string(s) : field(data().state_names[static_cast<std::size_t>(s)]);
  }
  std::string action(std::int64_t c) const {
    const int id = model().action(c);
    return data().action_names.empty() ? std::to_string(id) : field(model().action_name(id));
  }

  void write_directives() {
    if (data().discount) add("#! discount {}\n", *data().discount);
    if (file_.rewards_are_costs) add("#! minimize\n");
    for (const std::string& name : data().state_names) add("#! state {}\n", field(name));
    for (const std::string& name : data().action_names) add("#! action {}\n", field(name));
    for (std::size_t s = 0; s < data().initial.size(); ++s) {
      if (data().initial[s] > 0) add("#! initial {} {}\n", state(static_cast<int>(s)), data().initial[s]);
    }
    for (const Label& label : data().labels) {
      add("#! label {}", field(label.name));
      for (const std::int32_t s : label.states) add(" {}", state(s));
      add("\n");
    }
    write_laws();
  }

  void write_laws() {
    const RewardDistributions& laws = data().reward_laws;
    for (int s = 0; s < model().num_states() && !laws.empty(); ++s) {
      for (std::int64_t choice = model().first_choice(s); choice < model().first_choice(s + 1); ++choice) {
        const auto c = static_cast<std::size_t>(choice);
        const auto law = static_cast<RewardLaw>(laws.law[c]);
        if (law == RewardLaw::kDeterministic) continue;
        add("#! law {} {} ", state(s), action(choice));
        if (law != RewardLaw::kFinite) {
          add("{} {}\n", law == RewardLaw::kBernoulli ? "bernoulli" : "gaussian", laws.scale[c]);
          continue;
        }
        add("finite");
        for (std::int64_t i = laws.support_begin[c]; i < laws.support_begin[c + 1]; ++i) {
          add(" {} {}", laws.values[static_cast<std::size_t>(i)], laws.weights[static_cast<std::size_t>(i)]);
        }
        add("\n");
      }
    }
  }

  void write_header() {
    add("{}state,action,next,probability",
        file_.stages.empty() ? (file_.contexts.empty() ? "" : "context,") : "stage,");
    for (const Column& column : data().rewards)
      add(",{}", column.name == "reward" ? "reward" : field("reward:" + column.name));
    for (const Column& column : data().costs) add(",{}", field(column.name));
    add("\n");
  }

  void write_groups(const std::vector<TabularMdp>& models) {
    for (std::size_t g = 0; g < models.size(); ++g) write_rows(models[g], fmt::format("{},", g));
  }

  void write_rows(const TabularMdp& part, const std::string& prefix) {
    std::vector<const Column*> columns;
    for (const Column& column : part.data().rewards) columns.push_back(&column);
    for (const Column& column : part.data().costs) columns.push_back(&column);
    for (int s = 0; s < part.num_states(); ++s) {
      const std::string from = prefix + state(s);
      std::int64_t local = 0;
      for (std::int64_t choice = part.first_choice(s); choice < part.first_choice(s + 1); ++choice, ++local) {
        const auto id =
            static_cast<int>(part.data().action.empty() ? local : part.data().action[static_cast<std::size_t>(choice)]);
        const std::string label = data().action_names.empty() ? std::to_string(id) : field(part.action_name(id));
        write_choice(part, columns, from, label, choice);
      }
      sink_.flush_if_large();
    }
  }

  void write_choice(const TabularMdp& part, const std::vector<const Column*>& columns, const std::string& from,
                    const std::string& label, std::int64_t choice) {
    const auto first = static_cast<std::size_t>(part.choice_begin()[static_cast<std::size_t>(choice)]);
    const auto successors = part.successors(choice);
    for (std::size_t i = 0; i < successors.size(); ++i) {
      add("{},{},{},{}", from, label, state(successors[i]), part.probabilities(choice)[i]);
      for (const Column* column : columns) {
        add(",{}", column->by_transition.empty() ? column->expected[static_cast<std::size_t>(choice)]
                                                 : column->by_transition[first + i]);
      }
      add("\n");
    }
  }

  const ModelFile& file_;
  TextSink sink_;
};

}  // namespace

std::vector<std::string> write_csv(const ModelFile& file, const std::string& path) {
  CsvWriter(file, path).write();
  std::vector<std::string> lost;
  if (file.intervals) lost.emplace_back("the intervals of the probabilities");
  if (file.observations) lost.emplace_back("the observations");
  return lost;
}

}  // namespace bellwether::mdp
