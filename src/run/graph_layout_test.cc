#include "run/graph_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>
#include <set>

namespace assay::run {
namespace {

LayoutRequest ARequest(std::size_t nodes, std::vector<std::pair<std::size_t, std::size_t>> edges,
                       bool to_the_right = true) {
  LayoutRequest request;
  request.nodes = nodes;
  request.edges = std::move(edges);
  request.width = 160;
  request.height = 40;
  request.to_the_right = to_the_right;
  request.between_layers = 50;
  request.within_layer = 10;
  return request;
}

// What a picture promises, looked at by brute force.
void ExpectSound(const LayoutRequest& request, const GraphLayout& layout, bool with_edges = true) {
  ASSERT_EQ(layout.nodes.size(), request.nodes);
  constexpr double kRounding = 1e-6;
  for (std::size_t a = 0; a < request.nodes; ++a) {
    const PlacedNode& node = layout.nodes[a];
    EXPECT_LT(node.layer, layout.layers);
    EXPECT_GE(node.x, -kRounding);
    EXPECT_GE(node.y, -kRounding);
    EXPECT_LE(node.x + request.width, layout.width + kRounding);
    EXPECT_LE(node.y + request.height, layout.height + kRounding);
    for (std::size_t b = a + 1; b < request.nodes; ++b) {
      const double apart_x = std::abs(node.x - layout.nodes[b].x);
      const double apart_y = std::abs(node.y - layout.nodes[b].y);
      EXPECT_TRUE(apart_x >= request.width - kRounding || apart_y >= request.height - kRounding)
          << a << " and " << b << " overlap";
    }
  }
  for (const PlacedEdge& edge : layout.edges) {
    EXPECT_LT(layout.nodes[edge.from].layer, layout.nodes[edge.to].layer);
    ASSERT_EQ(edge.points.size() % 2, 0U);
    for (std::size_t i = 1; i < edge.points.size(); ++i) {
      const auto across = [&](const Point& p) { return request.to_the_right ? p.x : p.y; };
      EXPECT_LT(across(edge.points[i - 1]), across(edge.points[i]));
    }
    if (!with_edges) continue;
    // Where it passes a layer it touches no box.
    for (std::size_t i = 1; i + 1 < edge.points.size(); i += 2) {
      const Point from = edge.points[i], to = edge.points[i + 1];
      for (std::size_t node = 0; node < request.nodes; ++node) {
        const PlacedNode& box = layout.nodes[node];
        const bool meets = to.x > box.x + kRounding && from.x < box.x + request.width - kRounding &&
                           to.y > box.y + kRounding && from.y < box.y + request.height - kRounding;
        EXPECT_FALSE(meets) << edge.from << " -> " << edge.to << " runs through " << node;
      }
    }
  }
}

std::size_t Crossings(const GraphLayout& layout) {
  std::size_t crossings = 0;
  for (const PlacedEdge& a : layout.edges) {
    for (const PlacedEdge& b : layout.edges) {
      const auto& nodes = layout.nodes;
      if (nodes[a.from].layer != nodes[b.from].layer || nodes[a.to].layer != nodes[b.to].layer) {
        continue;
      }
      if (nodes[a.from].y < nodes[b.from].y && nodes[a.to].y > nodes[b.to].y) ++crossings;
    }
  }
  return crossings;
}

TEST(GraphLayout, NothingTakesNoRoom) {
  const GraphLayout layout = LayOut(ARequest(0, {}));
  EXPECT_TRUE(layout.nodes.empty());
  EXPECT_EQ(layout.width, 0);
  EXPECT_EQ(layout.height, 0);
}

TEST(GraphLayout, AChainIsALine) {
  const LayoutRequest request = ARequest(3, {{0, 1}, {1, 2}});
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(layout.nodes[0].y, layout.nodes[1].y);
  EXPECT_EQ(layout.nodes[1].y, layout.nodes[2].y);
  EXPECT_EQ(layout.width, 3 * 160 + 2 * 50);
  EXPECT_EQ(layout.height, 40);
}

TEST(GraphLayout, LayersCanBeRows) {
  const LayoutRequest request = ARequest(3, {{0, 1}, {1, 2}}, false);
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(layout.width, 160);
  EXPECT_EQ(layout.height, 3 * 40 + 2 * 50);
}

TEST(GraphLayout, ASourceStandsBeforeItsFirstReader) {
  // 0 -> 1 -> 2 -> 3, and 4 is read by 5 alone, which reads 2 as well.
  const LayoutRequest request = ARequest(6, {{0, 1}, {1, 2}, {2, 3}, {2, 5}, {4, 5}});
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(layout.nodes[4].layer, 2U);
}

TEST(GraphLayout, AnEdgeOverLayersPassesTheirBoxes) {
  const LayoutRequest request = ARequest(4, {{0, 1}, {1, 2}, {2, 3}, {0, 3}});
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  ASSERT_EQ(layout.edges.size(), 4U);
  EXPECT_EQ(layout.edges[1].to, 3U);
  EXPECT_EQ(layout.edges[1].points.size(), 6U);
}

TEST(GraphLayout, CrossingsThatNobodyNeedsAreUndone) {
  // Two ways side by side whose nodes are numbered crosswise.
  const LayoutRequest request = ARequest(6, {{0, 3}, {1, 2}, {2, 5}, {3, 4}});
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(Crossings(layout), 0U);
}

TEST(GraphLayout, EdgesThatGoBackOrTwiceAreLeftOut) {
  const LayoutRequest request = ARequest(2, {{0, 1}, {0, 1}, {1, 0}, {1, 1}, {0, 7}});
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(layout.edges.size(), 1U);
}

TEST(GraphLayout, AFullLayerGoesOnInTheNext) {
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  for (std::size_t i = 1; i <= 20; ++i) edges.insert(edges.end(), {{0, i}, {i, 21}});
  LayoutRequest request = ARequest(22, edges);
  request.most_in_layer = 6;
  const GraphLayout layout = LayOut(request);
  ExpectSound(request, layout);
  EXPECT_EQ(layout.layers, 6U);  // 1, then 6, 6, 6 and 2, then the last
  EXPECT_EQ(layout.nodes[21].layer, 5U);
}

TEST(GraphLayout, GraphsOfAnyShapeAreSound) {
  std::mt19937 random(4);
  for (int round = 0; round < 60; ++round) {
    const std::size_t nodes = 1 + random() % 60;
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (std::size_t to = 1; to < nodes; ++to) {
      const std::size_t inputs = random() % 4;
      for (std::size_t i = 0; i < inputs; ++i) edges.emplace_back(random() % to, to);
    }
    LayoutRequest request = ARequest(nodes, edges, round % 2 == 0);
    request.most_in_layer = round % 3 == 0 ? 0 : 5;
    const GraphLayout layout = LayOut(request);
    ExpectSound(request, layout);
    EXPECT_EQ(layout.edges.size(), std::set(request.edges.begin(), request.edges.end()).size());
    if (HasFailure()) return;
  }
}

TEST(GraphLayout, AThousandNodesAreNoBurden) {
  std::vector<std::pair<std::size_t, std::size_t>> chain, fan;
  for (std::size_t i = 1; i < 1000; ++i) {
    chain.emplace_back(i - 1, i);
    if (i > 1) chain.emplace_back(0, i);  // half a million bends, if all were made
    fan.emplace_back(0, i);
  }
  for (auto& edges : {chain, fan}) {
    LayoutRequest request = ARequest(1000, edges);
    request.most_in_layer = 40;
    const auto start = std::chrono::steady_clock::now();
    const GraphLayout layout = LayOut(request);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 5);  // a few milliseconds; a minute where it grows with the square
    ExpectSound(request, layout, false);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace assay::run
