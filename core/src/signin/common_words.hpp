// Words that people make passwords of and zxcvbn's lists, which are English, lack: German, as pages are, and "password" and its like
// as others call it. Folded: lower case, and "ss" for "ß".
#pragma once
#include <array>
#include <string_view>

namespace doorward::signin {

inline constexpr std::array<std::string_view, 125> common_words{
    "passwort",   "kennwort",     "geheim",       "willkommen", "hallo",      "schatz",      "schatzi",
    "liebe",      "ichliebedich", "fussball",     "sommer",     "winter",     "herbst",      "fruehling",
    "frühling",   "sonne",        "sonnenschein", "mond",       "sterne",     "blume",       "blumen",
    "rose",       "hund",         "katze",        "kaetzchen",  "kätzchen",   "maus",        "mausi",
    "hase",       "hasi",         "baer",         "bär",        "pferd",      "delfin",      "schmetterling",
    "drache",     "engel",        "teufel",       "prinzessin", "prinz",      "koenig",      "könig",
    "kaiser",     "familie",      "mutter",       "vater",      "mama",       "papa",        "oma",
    "opa",        "bruder",       "schwester",    "freund",     "freundin",   "freunde",     "kinder",
    "urlaub",     "ferien",       "montag",       "dienstag",   "mittwoch",   "donnerstag",  "freitag",
    "samstag",    "sonntag",      "januar",       "februar",    "märz",       "maerz",       "mai",
    "juni",       "juli",         "oktober",      "dezember",   "berlin",     "hamburg",     "muenchen",
    "münchen",    "koeln",        "köln",         "frankfurt",  "stuttgart",  "deutschland", "oesterreich",
    "österreich", "schweiz",      "bayern",       "schalke",    "dortmund",   "borussia",    "werder",
    "computer",   "arbeit",       "schule",       "test",       "admin",      "пароль",      "йцукен",
    "привет",     "любовь",       "contraseña",   "contrasena", "motdepasse", "azerty",      "wachtwoord",
    "parola",     "hasło",        "haslo",        "salasana",   "lösenord",   "losenord",    "adgangskode",
    "passord",    "şifre",        "sifre",        "senha",      "jelszó",     "jelszo",      "heslo",
    "lozinka",    "κωδικός",      "密码",         "密碼",       "パスワード", "비밀번호",
};

}  // namespace doorward::signin
