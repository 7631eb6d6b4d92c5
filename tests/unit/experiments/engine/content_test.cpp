#include <set>
#include <string>

#include <gtest/gtest.h>

#include "experiments/engine/content_id.h"
#include "experiments/engine/grid.h"
#include "mdp/instances/registry.h"

namespace bellwether::experiments {
namespace {

// As Python's uuid.uuid5 has it, in the namespace 6b1d0c5e-9327-4af8-b240-7e55d19a3c86.
TEST(ContentId, IsAVersion5Uuid) {
  EXPECT_EQ(content_id(std::string_view("abc")), "cd916a100a43580aa8456183240577de");
  EXPECT_EQ(content_id(std::string_view()), "6de082a15c935b3481eacd681f7d8b71");
}

TEST(ContentHash, SeesEveryArray) {
  const mdp::NamedInstance river = mdp::make_instance("riverswim");
  std::set<std::string> hashes = {content_hash(river, 20), content_hash(river, 21)};
  std::size_t count = 2;
  const auto add = [&](const auto& change) {
    mdp::ModelData data = river.model.data();
    change(data);
    hashes.insert(content_hash({.model = mdp::TabularMdp(data)}, 20));
    ++count;
  };
  const auto with = [](const auto& array, std::size_t at, auto value) {
    std::vector<std::decay_t<decltype(array[0])>> values(array.begin(), array.end());
    values[at] = value;
    return values;
  };
  add([&](mdp::ModelData& d) { d.rewards[0].expected = with(d.rewards[0].expected, 0, 0.25); });
  add([&](mdp::ModelData& d) { d.successor = with(d.successor, 0, 3); });
  add([&](mdp::ModelData& d) { d.initial = std::vector<double>{0, 1, 0, 0, 0, 0}; });
  add([&](mdp::ModelData& d) {
    d.reward_laws.law = std::vector<std::uint8_t>(d.rewards[0].expected.size(), 2);
    d.reward_laws.scale = std::vector<double>(d.rewards[0].expected.size(), 0.5);
  });
  EXPECT_EQ(hashes.size(), count);
  mdp::ModelData named = river.model.data();
  named.state_names = {"a", "b", "c", "d", "e", "f"};
  named.initial = std::vector<double>{1, 0, 0, 0, 0, 0};
  EXPECT_TRUE(hashes.contains(content_hash({.model = mdp::TabularMdp(named)}, 20)))
      << "names do not count, nor does saying what is the default";
}

// The meaning of `name@1` never changes: when one of these fails, instance_version() must go up with it.
TEST(ContentHash, OfNamedInstancesStays) {
  const auto hash = [](std::string_view name, const std::vector<Setting>& settings = {}) {
    return content_hash(mdp::make_instance(name, settings), 20);
  };
  EXPECT_EQ(hash("riverswim"), "40b427e9f07d5ac0a4006197485661d0");
  EXPECT_EQ(hash("riverswim", {{"version", "strehl2008"}}), "04b92431dbb456d5b73e1b201f590796");
  EXPECT_EQ(hash("deep-sea"), "9cf7f9d6e508588ca7ac981d8b6b34cd");
  EXPECT_EQ(hash("chain"), "24d8b9c2f000566e87069eed4fb35e6a");
  EXPECT_EQ(hash("double-chain"), "eeb4a47d15de530fad363d4fc510b372");
  EXPECT_EQ(hash("six-arms"), "5d2f9759a57252eeb9ef332f18b7b1ec");
  EXPECT_EQ(hash("garnet"), "029ef780e474573b987b42760f0a8cb1");
  EXPECT_EQ(hash("jao-gadget"), "978ca36c96af51ddbdc810cf9ae86f12");
  EXPECT_EQ(hash("combination-lock"), "c3c8883b042e5a359b34d2218b76900b");
  EXPECT_EQ(hash("frozenlake"), "43e3b5a8476854afbafca8ab78527745");
  EXPECT_EQ(hash("taxi"), "568b8d6bbf5b5ac79491eaf5bfa6119a");
}

}  // namespace
}  // namespace bellwether::experiments
