#include "tests/tidy/source_tree.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "tests/paths.inc"

namespace hone::tidy {
namespace {

constexpr std::array kFolders = {"algorithms",
                                 "controller",
                                 "db",
                                 "examples",
                                 "metrics-collector",
                                 "proto",
                                 "suggestion",
                                 "tests"};

std::vector<std::string> FilesUnder(const std::filesystem::path& folder,
                                    const std::vector<std::string>& extensions) {
  std::vector<std::string> files;
  if (!std::filesystem::exists(folder)) {
    return files;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    if (entry.is_regular_file() &&
        std::find(extensions.begin(), extensions.end(), extension) != extensions.end()) {
      files.push_back(std::filesystem::relative(entry.path(), RepositoryRoot()).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::vector<Source> ReadSources() {
  std::vector<Source> sources;
  for (const char* folder : kFolders) {
    for (std::string& path : FilesUnder(RepositoryRoot() / folder, {".cc", ".h"})) {
      std::string text = ReadText(RepositoryRoot() / path);
      sources.push_back(ParseSource(std::move(path), std::move(text)));
    }
  }
  return sources;
}

}  // namespace

bool Source::IsUnder(std::string_view folder) const {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

std::size_t Source::LineOf(std::size_t offset) const {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size()));
  return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

std::size_t Source::LineCount() const {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::filesystem::path RepositoryRoot() {
  return HONE_SOURCE_DIR;
}

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::vector<Source>& Sources() {
  static const std::vector<Source> sources = ReadSources();
  return sources;
}

std::vector<std::string> Documents() {
  std::vector<std::string> documents = FilesUnder(RepositoryRoot() / "docs", {".md"});
  for (const char* folder : kFolders) {
    const std::vector<std::string> more = FilesUnder(RepositoryRoot() / folder, {".md"});
    documents.insert(documents.end(), more.begin(), more.end());
  }
  for (const auto& entry : std::filesystem::directory_iterator(RepositoryRoot())) {
    if (entry.path().extension() == ".md") {
      documents.push_back(entry.path().filename().string());
    }
  }
  return documents;
}

std::vector<Include> IncludesOf(const Source& source) {
  std::vector<Include> includes;
  std::istringstream lines(source.text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    constexpr std::string_view kStart = "#include ";
    if (!line.starts_with(kStart) || line.size() < kStart.size() + 2) {
      continue;
    }
    const bool is_ours = line[kStart.size()] == '"';
    const std::size_t end = line.find(is_ours ? '"' : '>', kStart.size() + 1);
    includes.push_back({line.substr(kStart.size() + 1, end - kStart.size() - 1), is_ours, number});
  }
  return includes;
}

std::vector<std::string> TypesOf(const Source& source) {
  std::vector<std::string> types;
  const std::vector<std::string> words = WordsOf(source.code);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const bool names_a_type = words[i] == "class" || words[i] == "struct" || words[i] == "using" ||
                              words[i] == "concept" ||
                              (words[i] == "enum" && words[i + 1] != "class");
    if (names_a_type) {
      types.push_back(words[i + 1]);
    }
  }
  return types;
}

std::vector<std::size_t> FindWord(std::string_view text, std::string_view word) {
  std::vector<std::size_t> places;
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool starts = at == 0 || !IsWordCharacter(text[at - 1]);
    const bool ends = end == text.size() || !IsWordCharacter(text[end]);
    if (starts && ends) {
      places.push_back(at);
    }
  }
  return places;
}

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text) {
    if (IsWordCharacter(c)) {
      word.push_back(c);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) {
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace hone::tidy
