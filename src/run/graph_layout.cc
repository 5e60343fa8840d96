#include "run/graph_layout.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace assay::run {
namespace {

constexpr std::size_t kMostBends = 40'000;
constexpr int kSweeps = 6;
constexpr double kBendSize = 4;  // what an edge takes of a layer that it passes
constexpr double kBendGap = 6;   // between two such edges

// A box, or the place where an edge passes a layer.
struct Item {
  std::size_t layer = 0;
  double size = 0;    // along the layer
  double centre = 0;  // along the layer
  bool is_box = false;
  std::vector<std::size_t> before, behind;  // neighbours in the layers beside
};

class Layouter {
 public:
  explicit Layouter(const LayoutRequest& request) : request_(request) {
    for (const auto& [from, to] : request.edges) {
      if (from < to && to < request.nodes) edges_.emplace_back(from, to);
    }
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
  }

  GraphLayout LayOut() {
    FindLayers();
    MakeItems();
    Order();
    Place();
    return Draw();
  }

 private:
  void FindLayers();
  void PullTowardsReaders();
  void MakeItems();
  void Order();
  void OrderBy(bool forward);
  void Place();
  void PlaceLayer(const std::vector<std::size_t>& layer, const std::vector<double>& wanted);
  GraphLayout Draw() const;

  double Breadth() const { return request_.to_the_right ? request_.height : request_.width; }
  double Depth() const { return request_.to_the_right ? request_.width : request_.height; }
  double Between(const Item& a, const Item& b) const {
    return a.is_box || b.is_box ? request_.within_layer : std::min(kBendGap, request_.within_layer);
  }
  // From the beginning of a layer to that of the next.
  double Pitch() const { return Depth() + request_.between_layers; }
  Point At(double along, double across) const {
    return request_.to_the_right ? Point{across, along} : Point{along, across};
  }

  const LayoutRequest& request_;
  std::vector<std::pair<std::size_t, std::size_t>> edges_;
  std::vector<std::size_t> layer_of_;             // by node
  std::vector<std::size_t> filled_;               // boxes by layer
  std::vector<Item> items_;                       // the nodes, then bends
  std::vector<std::vector<std::size_t>> bends_;   // of each edge: items
  std::vector<std::vector<std::size_t>> layers_;  // items in their order
};

void Layouter::FindLayers() {
  const std::size_t most =
      request_.most_in_layer > 0 ? request_.most_in_layer : std::numeric_limits<std::size_t>::max();
  layer_of_.assign(request_.nodes, 0);
  std::vector<std::size_t> least(request_.nodes, 0);
  std::vector<std::vector<std::size_t>> readers(request_.nodes);
  for (const auto& [from, to] : edges_) readers[from].push_back(to);
  // Where a layer is full the next one that is not, found without walking over the full ones again.
  std::vector<std::size_t> next_free;
  const auto free_from = [&](std::size_t layer) {
    std::size_t found = layer;
    while (found < next_free.size() && next_free[found] != found) found = next_free[found];
    for (std::size_t at = layer; at < next_free.size() && at != found;) {
      at = std::exchange(next_free[at], found);
    }
    return found;
  };
  for (std::size_t node = 0; node < request_.nodes; ++node) {
    const std::size_t layer = free_from(least[node]);
    while (filled_.size() <= layer) {
      next_free.push_back(filled_.size());
      filled_.push_back(0);
    }
    layer_of_[node] = layer;
    if (++filled_[layer] >= most) next_free[layer] = layer + 1;
    for (const std::size_t reader : readers[node]) {
      least[reader] = std::max(least[reader], layer + 1);
    }
  }
  PullTowardsReaders();
}

// A node without inputs stands right before its first reader, where there is room: shorter edges.
void Layouter::PullTowardsReaders() {
  const std::size_t most =
      request_.most_in_layer > 0 ? request_.most_in_layer : std::numeric_limits<std::size_t>::max();
  std::vector<bool> reads(request_.nodes, false);
  std::vector<std::size_t> first_reader(request_.nodes, 0);
  for (const auto& [from, to] : edges_) {
    reads[to] = true;
    const std::size_t layer = layer_of_[to];
    first_reader[from] = first_reader[from] == 0 ? layer : std::min(first_reader[from], layer);
  }
  for (std::size_t node = 0; node < request_.nodes; ++node) {
    if (reads[node] || first_reader[node] == 0) continue;
    const std::size_t wanted = first_reader[node] - 1;
    // The first layer keeps one, so that none is empty.
    if (wanted <= layer_of_[node] || filled_[wanted] >= most || filled_[layer_of_[node]] == 1) {
      continue;
    }
    --filled_[layer_of_[node]];
    ++filled_[wanted];
    layer_of_[node] = wanted;
  }
}

void Layouter::MakeItems() {
  for (std::size_t node = 0; node < request_.nodes; ++node) {
    items_.push_back({layer_of_[node], Breadth(), 0, true, {}, {}});
  }
  std::size_t bends = 0;
  for (const auto& [from, to] : edges_) bends += layer_of_[to] - layer_of_[from] - 1;
  const bool bend = bends <= kMostBends;
  bends_.resize(edges_.size());
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const auto [from, to] = edges_[i];
    if (!bend && layer_of_[to] > layer_of_[from] + 1) continue;
    std::size_t last = from;
    for (std::size_t layer = layer_of_[from] + 1; layer < layer_of_[to]; ++layer) {
      const std::size_t next = items_.size();
      items_.push_back({layer, kBendSize, 0, false, {}, {}});
      items_[last].behind.push_back(next);
      items_[next].before.push_back(last);
      bends_[i].push_back(next);
      last = next;
    }
    items_[last].behind.push_back(to);
    items_[to].before.push_back(last);
  }
  layers_.resize(filled_.size());
  for (std::size_t item = 0; item < items_.size(); ++item) {
    layers_[items_[item].layer].push_back(item);
  }
}

// Items without a neighbour on that side keep their place.
void Layouter::OrderBy(bool forward) {
  std::vector<double> rank(items_.size(), 0);
  const auto number = [&](const std::vector<std::size_t>& layer) {
    for (std::size_t i = 0; i < layer.size(); ++i) rank[layer[i]] = static_cast<double>(i);
  };
  for (const auto& layer : layers_) number(layer);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    auto& layer = layers_[forward ? i : layers_.size() - 1 - i];
    std::vector<std::pair<double, std::size_t>> wanted;
    wanted.reserve(layer.size());
    for (const std::size_t item : layer) {
      const auto& neighbours = forward ? items_[item].before : items_[item].behind;
      double sum = 0;
      for (const std::size_t neighbour : neighbours) sum += rank[neighbour];
      wanted.emplace_back(
          neighbours.empty() ? rank[item] : sum / static_cast<double>(neighbours.size()), item);
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t k = 0; k < layer.size(); ++k) layer[k] = wanted[k].second;
    number(layer);
  }
}

void Layouter::Order() {
  for (int sweep = 0; sweep < kSweeps; ++sweep) OrderBy(sweep % 2 == 0);
}

// Least squares from `wanted` with the order and the distances kept: neighbours that would come too
// near are one block, which stands at the mean of what its members want.
void Layouter::PlaceLayer(const std::vector<std::size_t>& layer,
                          const std::vector<double>& wanted) {
  struct Block {
    double sum = 0, weight = 0;
    std::size_t count = 0;
  };
  std::vector<double> offset(layer.size(), 0);
  for (std::size_t i = 1; i < layer.size(); ++i) {
    const Item &a = items_[layer[i - 1]], &b = items_[layer[i]];
    offset[i] = offset[i - 1] + (a.size + b.size) / 2 + Between(a, b);
  }
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < layer.size(); ++i) {
    // What passes wants to be straight more than a box wants to stand in the middle.
    const double weight = items_[layer[i]].is_box ? 1 : 4;
    blocks.push_back({(wanted[i] - offset[i]) * weight, weight, 1});
    while (blocks.size() > 1) {
      const Block last = blocks.back();
      Block& previous = blocks[blocks.size() - 2];
      if (previous.sum / previous.weight <= last.sum / last.weight) break;
      previous.sum += last.sum;
      previous.weight += last.weight;
      previous.count += last.count;
      blocks.pop_back();
    }
  }
  std::size_t i = 0;
  for (const Block& block : blocks) {
    for (std::size_t k = 0; k < block.count; ++k, ++i) {
      items_[layer[i]].centre = block.sum / block.weight + offset[i];
    }
  }
}

void Layouter::Place() {
  for (const auto& layer : layers_) {
    double at = 0;
    for (const std::size_t item : layer) {
      items_[item].centre = at + items_[item].size / 2;
      at += items_[item].size + request_.within_layer;
    }
    for (const std::size_t item : layer) items_[item].centre -= at / 2;
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const bool forward = sweep % 2 == 0;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto& layer = layers_[forward ? i : layers_.size() - 1 - i];
      std::vector<double> wanted;
      wanted.reserve(layer.size());
      for (const std::size_t item : layer) {
        const auto& neighbours = forward ? items_[item].before : items_[item].behind;
        double sum = 0;
        for (const std::size_t neighbour : neighbours) sum += items_[neighbour].centre;
        wanted.push_back(neighbours.empty() ? items_[item].centre
                                            : sum / static_cast<double>(neighbours.size()));
      }
      PlaceLayer(layer, wanted);
    }
  }
}

GraphLayout Layouter::Draw() const {
  GraphLayout layout;
  layout.layers = layers_.size();
  double least = 0, greatest = 0;
  bool any = false;
  for (const Item& item : items_) {
    const double low = item.centre - item.size / 2, high = item.centre + item.size / 2;
    least = any ? std::min(least, low) : low;
    greatest = any ? std::max(greatest, high) : high;
    any = true;
  }
  const auto depth =
      layers_.empty() ? 0 : static_cast<double>(layers_.size() - 1) * Pitch() + Depth();
  const Point size = At(greatest - least, depth);
  layout.width = size.x;
  layout.height = size.y;
  const auto start_of = [&](std::size_t layer) { return static_cast<double>(layer) * Pitch(); };
  for (std::size_t node = 0; node < request_.nodes; ++node) {
    const Item& item = items_[node];
    const Point corner = At(item.centre - item.size / 2 - least, start_of(item.layer));
    layout.nodes.push_back({item.layer, corner.x, corner.y});
  }
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const auto [from, to] = edges_[i];
    PlacedEdge edge{from, to, {}};
    edge.points.push_back(At(items_[from].centre - least, start_of(items_[from].layer) + Depth()));
    for (const std::size_t bend : bends_[i]) {
      const double start = start_of(items_[bend].layer);
      edge.points.push_back(At(items_[bend].centre - least, start));
      edge.points.push_back(At(items_[bend].centre - least, start + Depth()));
    }
    edge.points.push_back(At(items_[to].centre - least, start_of(items_[to].layer)));
    layout.edges.push_back(std::move(edge));
  }
  return layout;
}

}  // namespace

GraphLayout LayOut(const LayoutRequest& request) { return Layouter(request).LayOut(); }

}  // namespace assay::run
