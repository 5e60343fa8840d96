/// Places the boxes of a directed graph in layers, so that every edge goes from a layer to a later
/// one, no two boxes overlap, and no edge runs through a box. Pure geometry: it knows neither runs
/// nor pages.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace assay::run {

struct LayoutRequest {
  std::size_t nodes = 0;
  /// From, to. An edge that does not go from a lower number to a higher one is left out, so a
  /// caller numbers the nodes in an order in which they could be computed.
  std::vector<std::pair<std::size_t, std::size_t>> edges;
  double width = 0, height = 0;  ///< of a box, in pixels
  /// Layers are columns and edges go to the right; else layers are rows and edges go down.
  bool to_the_right = true;
  double between_layers = 0;      ///< from box to box, in pixels
  double within_layer = 0;        ///< from box to box, in pixels
  std::size_t most_in_layer = 0;  ///< boxes of one layer; the next ones take further layers
};

struct PlacedNode {
  std::size_t layer = 0;
  double x = 0, y = 0;  ///< left upper corner
};

struct Point {
  double x = 0, y = 0;
};

struct PlacedEdge {
  std::size_t from = 0, to = 0;
  /// Pairs of points, one pair after the other: between the two of a pair the edge runs straight
  /// through a layer that it only passes, between two pairs it may be a curve. Begins with one
  /// point at the box it leaves and ends with one at the box it reaches.
  std::vector<Point> points;
};

struct GraphLayout {
  std::vector<PlacedNode> nodes;  ///< as numbered
  std::vector<PlacedEdge> edges;
  std::size_t layers = 0;
  double width = 0, height = 0;
};

/// The layers are those of the longest way from a node without inputs, which itself moves towards
/// its first reader (Sugiyama, Tagawa, Toda 1981); the order within a layer comes of a few sweeps
/// by the mean place of the neighbours, the places of least squares with the distances kept
/// (isotonic regression). Takes time in proportion to nodes and edges; in a graph so large that
/// edges over many layers would need more than some ten thousand bends, those run straight.
GraphLayout LayOut(const LayoutRequest& request);

}  // namespace assay::run
