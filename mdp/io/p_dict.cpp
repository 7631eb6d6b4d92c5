#include "mdp/io/p_dict.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/text.h"
#include "mdp/io/assembly.h"
#include "mdp/io/file_bytes.h"
#include "mdp/io/remarks.h"
#include "mdp/io/text_scanner.h"
#include "mdp/tabular_mdp_builder.h"

namespace bellwether::mdp {
namespace {

struct Outcome {
  double probability = 0, reward = 0;
  std::int64_t next = 0;
  bool done = false;
};

struct Choice {
  std::int64_t state = 0, action = 0;
  std::vector<Outcome> outcomes;
};

/// Follows the parser through the four levels (states, actions, outcomes, fields) without building a tree.
class Handler : public nlohmann::json_sax<nlohmann::json> {
 public:
  Handler(std::string_view bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}
  std::vector<Choice> take() { return std::move(choices_); }

  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& word) override {
    const auto index = parse_integer(word);
    if (!index || *index < 0 || *index >= std::numeric_limits<std::int32_t>::max()) {
      fail(fmt::format("key {} of the {} is no index", mdp::quoted(word),
                       depth_ == 1 ? "states" : fmt::format("actions of state {}", index_[1])));
    }
    index_[depth_] = *index;
    return true;
  }

  bool null() override { return refuse("null"); }
  bool boolean(bool flag) override { return field(flag ? 1 : 0); }
  bool number_integer(number_integer_t x) override { return field(static_cast<double>(x)); }
  bool number_unsigned(number_unsigned_t x) override { return field(static_cast<double>(x)); }
  bool number_float(number_float_t x, const string_t&) override { return field(x); }
  bool string(string_t& text) override { return refuse(mdp::quoted(text)); }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // Without the library's own name and position: "[json.exception.x] parse error at ...: the message".
    std::string what = error.what();
    for (const std::string_view prefix_end : {"] ", "parse error at "}) {
      const std::size_t at = what.find(prefix_end);
      if (at != std::string::npos) what = what.substr(at + prefix_end.size());
    }
    const std::size_t colon = what.find(": ");
    fail_at(name_, line_number(bytes_, bytes_.data() + std::min(position, bytes_.size())),
            "this is not JSON: " + (colon == std::string::npos ? what : what.substr(colon + 2)));
  }

 private:
  static constexpr std::size_t kFields = 4;

  [[noreturn]] void fail(const std::string& message) const {
    std::string place;
    if (depth_ >= 2) place = fmt::format("state {}", index_[1]);
    if (depth_ >= 3) place += fmt::format(", action {}", index_[2]);
    if (depth_ >= 4) place += fmt::format(", outcome {}", choices_.back().outcomes.size() - 1);
    throw ParseError(fmt::format("{}: {}{}{}", name_, place, place.empty() ? "" : ": ", message));
  }

  bool refuse(const std::string& what) {
    fail(fmt::format("{} stands where {} should", what, depth_ == 4 ? "a number" : "a list"));
  }

  bool open(bool object) {
    if (depth_ >= 4) fail("an outcome holds more than [probability, next, reward, done]");
    if (object && depth_ >= 2) fail("the outcomes of an action must be a list of lists");
    if (depth_ >= 1 && !keyed_[depth_]) ++index_[depth_];
    ++depth_;
    keyed_[depth_] = object;
    index_[depth_] = -1;
    if (depth_ == 3) choices_.push_back({.state = index_[1], .action = index_[2], .outcomes = {}});
    if (depth_ == 4) {
      choices_.back().outcomes.emplace_back();
      fields_ = 0;
    }
    return true;
  }

  bool close() {
    if (depth_ == 4 && fields_ != kFields)
      fail(fmt::format("has {}, must be [probability, next, reward, done]", counted(fields_, "field")));
    --depth_;
    return true;
  }

  bool field(double x) {
    if (depth_ != 4) return refuse(exact_text(x));
    if (!std::isfinite(x)) fail("a number is not finite");
    Outcome& outcome = choices_.back().outcomes.back();
    switch (fields_++) {
      case 0:
        if (x < 0) fail(fmt::format("probability {} is negative", x));
        outcome.probability = x;
        break;
      case 1:
        if (x != std::floor(x) || x < 0 || x >= std::numeric_limits<std::int32_t>::max())
          fail(fmt::format("next state {} is no index", x));
        outcome.next = static_cast<std::int64_t>(x);
        break;
      case 2:
        outcome.reward = x;
        break;
      case 3:
        outcome.done = x != 0;
        break;
      default:
        fail("has more than the four fields [probability, next, reward, done]");
    }
    return true;
  }

  std::string_view bytes_;
  std::string name_;
  std::size_t depth_ = 0, fields_ = 0;
  std::int64_t index_[5] = {-1, -1, -1, -1, -1};  // of the entry being read at each depth
  bool keyed_[5] = {};
  std::vector<Choice> choices_;
};

/// States all of whose outcomes return to them without reward.
std::vector<char> absorbing_states(const std::vector<Choice>& choices, std::int64_t count) {
  std::vector<char> absorbs(static_cast<std::size_t>(count), 1);
  for (const Choice& choice : choices) {
    for (const Outcome& outcome : choice.outcomes) {
      if (outcome.probability > 0 && (outcome.next != choice.state || outcome.reward != 0)) {
        absorbs[static_cast<std::size_t>(choice.state)] = 0;
      }
    }
  }
  return absorbs;
}

/// The number of states, those that are only entered when the play ends included; they are given a choice that stays.
/// Every state below that number is mentioned, so the file is at least as long as what is allocated.
std::int64_t complete_states(std::vector<Choice>& choices, const std::string& name) {
  std::int64_t count = 0;
  std::size_t mentions = 0;
  for (const Choice& choice : choices) {
    count = std::max(count, choice.state + 1);
    for (const Outcome& outcome : choice.outcomes) count = std::max(count, outcome.next + 1);
    mentions += 1 + choice.outcomes.size();
  }
  enum Seen : char { kNever, kAtTheEnd, kWithinThePlay, kActs };
  std::vector<Seen> seen(std::min(static_cast<std::size_t>(count), mentions + 1), kNever);
  const auto mention = [&](std::int64_t state, Seen how) {
    const auto s = static_cast<std::size_t>(state);
    if (s < seen.size()) seen[s] = std::max(seen[s], how);
  };
  for (const Choice& choice : choices) {
    mention(choice.state, kActs);
    for (const Outcome& outcome : choice.outcomes) mention(outcome.next, outcome.done ? kAtTheEnd : kWithinThePlay);
  }
  for (std::size_t s = 0; s < seen.size(); ++s) {
    if (seen[s] == kNever) throw ParseError(fmt::format("{}: state {} has no actions and is never entered", name, s));
    if (seen[s] == kWithinThePlay) {
      throw ParseError(fmt::format(
          "{}: state {} has no actions, but is entered without done; give it the action [[1.0, {}, 0.0, true]]", name,
          s, s));
    }
    const auto state = static_cast<std::int64_t>(s);
    if (seen[s] == kAtTheEnd) {
      choices.push_back({.state = state, .action = 0, .outcomes = {{.probability = 1, .reward = 0, .next = state}}});
    }
  }
  return count;
}

ModelFile model_of(std::vector<Choice> choices, const std::string& name) {
  if (choices.empty()) throw ParseError(fmt::format("{}: holds no actions", name));
  const std::int64_t count = complete_states(choices, name);
  const std::vector<char> absorbs = absorbing_states(choices, count);
  const auto ends = [&](const Outcome& o) {
    return o.done && o.probability > 0 && !absorbs[static_cast<std::size_t>(o.next)];
  };
  const bool needs_end = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
    return std::any_of(choice.outcomes.begin(), choice.outcomes.end(), ends);
  });
  TabularMdpBuilder builder(static_cast<int>(count) + (needs_end ? 1 : 0));
  bool plain = true;
  std::vector<std::int64_t> next_action(static_cast<std::size_t>(count), 0);
  for (const Choice& choice : choices)
    plain = plain && choice.action == next_action[static_cast<std::size_t>(choice.state)]++;
  for (const Choice& choice : choices) {
    std::vector<Entry> row;
    for (const Outcome& outcome : choice.outcomes) {
      row.push_back({static_cast<int>(ends(outcome) ? count : outcome.next), outcome.probability, outcome.reward});
    }
    builder.add_choice(static_cast<int>(choice.state), row);
    if (!plain) builder.action(static_cast<int>(choice.action));
  }
  if (needs_end) {
    builder.add_choice(static_cast<int>(count), 0.0, {{static_cast<int>(count), 1.0}});
    builder.label("done", {static_cast<std::int32_t>(count)});
  }
  try {
    return {.model = std::move(builder).build()};
  } catch (const InvalidModel& error) {
    throw InvalidModel(fmt::format("{}: {}", name, error.what()));
  }
}

bool absorbs_for_free(const TabularMdp& model, int s) {
  for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
    const auto successors = model.successors(c);
    if (model.reward(c) != 0 ||
        std::any_of(successors.begin(), successors.end(), [s](std::int32_t t) { return t != s; }))
      return false;
  }
  return true;
}

}  // namespace

ModelFile parse_p_dict(std::string_view bytes, const std::string& name) {
  Handler handler(bytes, name);
  nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &handler);
  return model_of(handler.take(), name);
}

ModelFile read_p_dict(const std::string& path) { return parse_p_dict(FileBytes::open_decompressed(path).view(), path); }

std::vector<std::string> write_p_dict(const ModelFile& file, const std::string& path) {
  const TabularMdp& model = file.model;
  const Array<double>& by_transition = model.data().rewards.front().by_transition;
  std::vector<char> absorbs;
  for (int s = 0; s < model.num_states(); ++s) absorbs.push_back(absorbs_for_free(model, s));
  TextSink sink(path);
  const auto out = [&] { return std::back_inserter(sink.buffer()); };
  for (int s = 0; s < model.num_states(); ++s) {
    fmt::format_to(out(), "{}\"{}\": {{", s == 0 ? "{" : ",\n ", s);
    for (std::int64_t c = model.first_choice(s); c < model.first_choice(s + 1); ++c) {
      fmt::format_to(out(), "{}\"{}\": [", c == model.first_choice(s) ? "" : ", ", model.action(c));
      const auto first = static_cast<std::size_t>(model.choice_begin()[static_cast<std::size_t>(c)]);
      for (std::size_t i = 0; i < model.successors(c).size(); ++i) {
        const std::int32_t next = model.successors(c)[i];
        const double reward = by_transition.empty() ? model.reward(c) : by_transition[first + i];
        fmt::format_to(out(), "{}[{}, {}, {}, {}]", i == 0 ? "" : ", ", model.probabilities(c)[i], next, reward,
                       absorbs[static_cast<std::size_t>(next)] != 0);
      }
      fmt::format_to(out(), "]");
    }
    fmt::format_to(out(), "}}");
    sink.flush_if_large();
  }
  fmt::format_to(out(), "}}\n");
  sink.commit();
  return losses(file, {.transition_rewards = true});
}

}  // namespace bellwether::mdp
