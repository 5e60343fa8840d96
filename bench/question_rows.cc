// Made-up questions and answers as CSV, to standard output: what the large comparison reads.
//
//   question_rows ROWS
//
// The same rows for the same number, on any machine. About 280 bytes a row: id, question (91
// characters on average), answer (124), topic, difficulty, url, day, score. Of all rows 3 % have
// question and answer of an earlier one, 1 % no answer, 0.2 % a broken url, 0.2 % a difficulty out
// of range.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

// splitmix64 (Steele, Lea, Flood 2014).
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t Below(std::uint64_t n) { return Next() % n; }

 private:
  std::uint64_t state_;
};

constexpr std::uint64_t kWords = 20'000;
constexpr std::uint64_t kTopics = 40;

// Words of three to nine letters; the first ones come up more often.
std::vector<std::string> MakeWords() {
  std::vector<std::string> words;
  Chance chance(7);
  for (std::uint64_t i = 0; i < kWords; ++i) {
    std::string word;
    for (std::uint64_t letters = 3 + chance.Below(7); letters > 0; --letters) {
      word.push_back(static_cast<char>('a' + chance.Below(26)));
    }
    words.push_back(word);
  }
  return words;
}

void AppendText(std::string& line, Chance& chance, const std::vector<std::string>& words,
                std::uint64_t least, char end) {
  const std::uint64_t count = least + chance.Below(least / 2);
  for (std::uint64_t i = 0; i < count; ++i) {
    // The square of an even chance: a long tail.
    const std::uint64_t at = chance.Below(kWords) * chance.Below(kWords) / kWords;
    if (i > 0) line.push_back(' ');
    line += words[at];
  }
  line.push_back(end);
}

void AppendRow(std::string& line, std::uint64_t id, const std::vector<std::string>& words) {
  Chance chance(id);
  const std::uint64_t lot = chance.Below(1000);
  const bool repeats = lot < 30 && id > 0;
  Chance text(repeats ? chance.Below(id) + 1'000'000'007 : id + 1'000'000'007);
  line += std::to_string(id);
  line.push_back(',');
  AppendText(line, text, words, 11, '?');
  line.push_back(',');
  if (repeats || lot >= 40) AppendText(line, text, words, 15, '.');
  line += ",topic " + std::to_string(chance.Below(kTopics));
  line += "," + std::to_string(lot >= 990 && lot < 992 ? 9 : 1 + chance.Below(5));
  line += lot >= 995 && lot < 997 ? ",broken" : ",https://example.org/q/" + std::to_string(id);
  const std::uint64_t day = chance.Below(336);
  const auto two = [](std::uint64_t n) {
    return std::string(n < 10 ? "0" : "") + std::to_string(n);
  };
  line += ",2024-" + two(1 + day / 28) + "-" + two(1 + day % 28);
  line += "," + std::to_string(chance.Below(1000)) + "." + two(chance.Below(100)) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: question_rows ROWS\n");
    return 2;
  }
  const std::uint64_t rows = std::strtoull(argv[1], nullptr, 10);
  const std::vector<std::string> words = MakeWords();
  std::string lines = "id,question,answer,topic,difficulty,url,day,score\n";
  for (std::uint64_t id = 0; id < rows; ++id) {
    AppendRow(lines, id, words);
    if (lines.size() < (std::size_t{1} << 20) && id + 1 < rows) continue;
    if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size()) return 1;
    lines.clear();
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
