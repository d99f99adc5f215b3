// Renders every page with sample models into a folder of .html files, and a list of them with what each weighs: doorward-gallery
// THEME LOCALES MODELS OUT. MODELS is a folder: what all have in common stands in common.json, the samples in a file for each
// topic. render.mjs takes pictures of them and asks axe-core about each.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "pages/renderer.hpp"

namespace {

using nlohmann::json;

constexpr std::size_t largest_picture = 4500;  // of a person: core/parts/picture/picture.cpp

json read_json(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("can't read " + path);
  return json::parse(in);
}

// Every sample of every topic, the topics by name.
json read_samples(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> topics;
  for (const auto& file : std::filesystem::directory_iterator(folder)) topics.push_back(file.path());
  std::sort(topics.begin(), topics.end());
  json samples = read_json(folder / "common.json");
  samples["pages"] = samples["letters"] = json::array();
  for (const auto& topic : topics) {
    const json read = read_json(topic);
    for (const char* kind : {"pages", "letters"}) {
      for (const auto& sample : read.value(kind, json::array())) samples[kind].push_back(sample);
    }
  }
  return samples;
}

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  if (!out.flush()) throw std::runtime_error("can't write " + path.string());
}

// A page of somebody's site, with the fragment at its top right.
std::string around(const std::string& fragment, const std::string& locale) {
  return "<!doctype html>\n<html lang=\"" + locale +
         "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>A "
         "site</title>"
         "<link rel=\"stylesheet\" href=\"/site.css\"><link rel=\"icon\" "
         "href=\"data:,\"></head><body><header><nav aria-label=\"Site\">" +
         fragment + "</nav></header><main><h1>A site</h1></main></body></html>\n";
}

// "@error.required" stands for that text in the language of the page.
void fill_texts(json& value, const doorward::pages::Renderer& renderer, const std::string& locale) {
  if (value.is_structured()) {
    for (auto& member : value) fill_texts(member, renderer, locale);
  } else if (value.is_string() && value.get_ref<const std::string&>().starts_with('@')) {
    const json arguments = {{"minimum", 15}, {"minutes", 12}};
    value = renderer.text(value.get_ref<const std::string&>().substr(1), arguments, locale);
  }
}

// What a browser that comes for the first time fetches for a page: itself, its style sheet, its scripts, the icon, and the picture of
// whoever is signed in. A sample that is "as_long_as_can_be" is weighed without the picture.
std::size_t weight_of(const std::string& html, const json& sample, const doorward::pages::Renderer& renderer,
                      const std::vector<std::string>& assets) {
  std::size_t bytes = html.size();
  for (const auto& name : assets) {
    if (html.find("\"/" + name + "?v=") != std::string::npos) bytes += renderer.asset(name)->bytes.size();
  }
  const bool has_picture = sample.value("signed_in", false) && !sample.value("as_long_as_can_be", false);
  return has_picture ? bytes + largest_picture : bytes;
}

void run(const std::string& theme, const std::string& locales, const std::string& models,
         const std::filesystem::path& out) {
  const auto renderer = doorward::pages::Renderer::load({theme, {}, locales, {"en", "de"}});
  const json samples = read_samples(models);
  std::filesystem::create_directories(out);
  std::vector<std::string> assets;
  for (const auto& file : std::filesystem::directory_iterator(theme + "/assets")) {
    const std::string name = file.path().filename();
    if (const auto* asset = renderer->asset(name)) write(out / assets.emplace_back(name), asset->bytes);
  }
  std::filesystem::copy_file(std::filesystem::path(models) / "../picture.webp", out / "picture.webp",
                             std::filesystem::copy_options::overwrite_existing);
  write(out / "site.css",
        ":root { color-scheme: light dark }\n"
        "header { display: flex; justify-content: end } doorward-menu { "
        "margin: 1rem }\n");
  json list = json::array();
  for (const auto& sample : samples.at("pages")) {
    for (const std::string locale : {"en", "de"}) {
      json model = samples.at(sample.value("signed_in", false) ? "signed_in" : "signed_out");
      model.merge_patch(sample.value("model", json::object()));
      fill_texts(model, *renderer, locale);
      const std::string page = sample.at("page");
      const std::string name = page + "." + sample.value("case", "plain") + "." + locale;
      std::string html = renderer->page(page, model, locale);
      if (sample.value("fragment", false)) html = around(html, locale);
      write(out / (name + ".html"), html);
      list.push_back({{"name", name}, {"page", page}, {"bytes", weight_of(html, sample, *renderer, assets)}});
    }
  }
  for (const auto& sample : samples.at("letters")) {
    for (const std::string locale : {"en", "de"}) {
      json model = samples.at("letter");
      model.merge_patch(sample.value("model", json::object()));
      const std::string letter = sample.at("letter");
      const auto text = renderer->letter(letter, model, locale);
      const std::string sample_case = sample.contains("case") ? "." + sample["case"].get<std::string>() : "";
      const std::string name = "mail_" + letter + sample_case + "." + locale;
      write(out / (name + ".html"), text.html);
      write(out / (name + ".txt"), "Subject: " + text.subject + "\n\n" + text.text);
      list.push_back({{"name", name}, {"page", "mail"}, {"bytes", text.html.size()}});
    }
  }
  write(out / "list.json", list.dump(1));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "usage: doorward-gallery THEME LOCALES MODELS OUT\n";
    return 2;
  }
  try {
    run(arguments[1], arguments[2], arguments[3], arguments[4]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
