#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mdp/latent/registry.h"

namespace bellwether::mdp {
namespace {

std::string fact_text(const KnownFact& fact) {
  std::string subject(to_string(fact.quantity));
  if (fact.quantity == Quantity::kOptimum) subject = to_text(fact.question);
  if (fact.quantity == Quantity::kUniform) subject += ", " + to_text(fact.question);
  const std::string value = fact.exact.empty() ? fmt::format("{:.10g}", fact.value) : fact.exact;
  return fmt::format("- {}: {} ({})\n", subject, value, fact.how);
}

/// What the guide must say about one instance.
std::string section(const FileInstance& instance) {
  const InstanceFile made = instance.make();
  std::string text = fmt::format("### {}\n\n{}. Source: {}.\n\n", instance.name, instance.summary, instance.source);
  text += fmt::format("Usual question: {}.", to_text(made.question));
  if (!instance.size_option.empty()) text += fmt::format(" `--size` sets `{}`.", instance.size_option);
  text += "\n\n| parameter | default | values | meaning |\n|---|---|---|---|\n";
  for (const OptionRow& option : instance.options()) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", option.name, option.value, option.rule, option.help);
  }
  if (!made.facts.empty()) text += "\nKnown at the defaults:\n\n";
  for (const KnownFact& fact : made.facts) text += fact_text(fact);
  return text;
}

TEST(InstanceGuide, AgreesWithTheRegistry) {
  std::ifstream file(BELLWETHER_DOCS "/guide/instances.md");
  ASSERT_TRUE(file) << "docs/guide/instances.md is missing";
  std::stringstream text;
  text << file.rdbuf();
  const std::string guide = text.str();
  std::size_t from = 0;
  for (const FileInstance& instance : file_instance_table()) {
    EXPECT_THAT(guide, testing::HasSubstr("[" + instance.name + "](#" + instance.name + ")")) << "not in the table";
    const std::size_t found = guide.find(section(instance), from);
    EXPECT_NE(found, std::string::npos) << "docs/guide/instances.md should say, in alphabetical order:\n"
                                        << section(instance);
    if (found != std::string::npos) from = found;
  }
}

}  // namespace
}  // namespace bellwether::mdp
