#include "cli/completion_script.h"

#include <functional>
#include <map>

#include "contract/mapping.h"

namespace assay::cli {
namespace {

using contract::Join;

// What a value is called -> what it names.
const std::map<std::string, std::string>& KindsOfValues() {
  static const std::map<std::string, std::string> kKinds = {
      {"@REF", "names/versions"},
      {"DIR", "folders"},
      {"ENVIRONMENT", "names/environments"},
      {"FILE", "files"},
      {"GATE", "names/gates"},
      {"MODEL", "names/models"},
      {"MONITOR", "names/monitors"},
      {"NAME@REF", "names/versions"},
      {"NODE", "names/nodes"},
      {"POLICY", "names/policies"},
      {"RUN", "names/runs"},
      {"STREAM", "names/streams"},
      {"WHAT", "names/versions"},
      {"tag:TAG", "names/tags"},
  };
  return kKinds;
}

// As one word of any of the shells.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c == '\n' ? ' ' : c;
    }
  }
  return quoted + "'";
}

// The same for fish, where a backslash within quotes means something.
std::string FishQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "'";
}

// Calls `take` with each verb and the words that lead to it: `assay dataset show`.
void ForEachVerb(const VerbText& verb, const std::string& path,
                 const std::function<void(const VerbText&, const std::string&)>& take) {
  take(verb, path);
  for (const VerbText& below : verb.verbs) ForEachVerb(below, path + " " + below.name, take);
}

std::vector<std::string> VerbNames(const VerbText& verb) {
  std::vector<std::string> names;
  names.reserve(verb.verbs.size());
  for (const VerbText& below : verb.verbs) names.push_back(below.name);
  return names;
}

// The options of a verb with a value, or those without.
std::vector<std::string> OptionWords(const VerbText& verb, bool with_value, bool with_kind) {
  std::vector<std::string> words;
  for (const OptionText& option : verb.options) {
    if (option.value.empty() == with_value) continue;
    for (const std::string& name : option.names) {
      words.push_back(with_kind ? name + ":" + CompletionOf(option) : name);
    }
  }
  return words;
}

std::vector<std::string> ArgumentKinds(const VerbText& verb) {
  std::vector<std::string> kinds;
  kinds.reserve(verb.arguments.size());
  for (const OptionText& argument : verb.arguments) kinds.push_back(CompletionOf(argument));
  return kinds;
}

constexpr const char* kBashBehind = R"SCRIPT(
_assay_kind() {  # how the value of option $1 is completed, into `kind`
  local each
  kind=
  for each in $valued $program_valued; do
    if [[ $each == "$1:"* ]]; then kind=${each#*:}; fi
  done
}

_assay() {
  local -a words at
  local verbs flags valued arguments program_flags program_valued
  local word i path=assay kind='' option='' position=0 prefix='' breaks each
  # The words as they were typed: bash cuts them at `@`, `:` and `=` as well.
  if [[ -n ${COMP_LINE-} ]]; then
    local line=${COMP_LINE:0:COMP_POINT}
    read -ra words <<< "$line"
    if [[ $line == *[[:space:]] ]]; then words+=(''); fi
  else
    words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
  fi
  local current=${words[${#words[@]}-1]}
  local -a before=()
  _assay_verb assay
  program_flags=$flags program_valued=$valued
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    word=${words[i]}
    if [[ -n $kind ]]; then
      case $option in --project | --env) before+=("$option" "$word") ;; esac
      kind=
      continue
    fi
    case $word in
      -*=*) ;;
      -*) option=$word && _assay_kind "$word" ;;
      *)
        if [[ " $verbs " == *" $word "* ]]; then
          path+=" $word"
          _assay_verb "$path"
        else
          position=$((position + 1))
        fi
        ;;
    esac
  done
  if [[ -z $kind ]]; then
    case $current in
      -*=*)
        _assay_kind "${current%%=*}"
        prefix=${current%%=*}=
        ;;
      -*)
        kind=words/
        for each in $flags $valued $program_flags $program_valued; do
          if [[ ,$kind, != *[,/]"${each%%:*}",* ]]; then kind+=${each%%:*},; fi
        done
        ;;
      *)
        if [[ -n $verbs ]]; then
          kind=words/${verbs// /,}
        else
          at=($arguments)
          if ((position >= ${#at[@]} && ${#at[@]} > 0)); then position=$((${#at[@]} - 1)); fi
          kind=${at[position]-none}
        fi
        ;;
    esac
  fi
  if [[ $kind == names/nodes && $current == +* ]]; then prefix=+; fi
  local IFS=$'\n' rest=${current#"$prefix"}
  case $kind in
    files)
      COMPREPLY=($(compgen -f -- "$rest"))
      compopt -o filenames 2> /dev/null
      ;;
    folders)
      COMPREPLY=($(compgen -d -- "$rest"))
      compopt -o filenames 2> /dev/null
      ;;
    words/*)
      each=${kind#words/}
      COMPREPLY=($(compgen -W "${each//,/$'\n'}" -- "$rest"))
      ;;
    names/*)
      each=$(command "${1:-assay}" "${before[@]}" completion --names "${kind#names/}" 2> /dev/null)
      COMPREPLY=($(compgen -W "$each" -- "$rest"))
      ;;
    *) COMPREPLY=() ;;
  esac
  # What stands before the last place where bash cuts is there already.
  COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
  breaks=${COMP_WORDBREAKS//[^@:=]/}
  if [[ -n ${COMP_LINE-} && -n $breaks && $current == *[$breaks]* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*[$breaks]}"}"}")
  fi
}

complete -F _assay assay
)SCRIPT";

constexpr const char* kZshBehind = R"SCRIPT(
_assay() {
  local -a verbs names options arguments program_options before
  local -A kinds program_kinds
  local word path_=assay kind='' option='' position=1 i
  _assay_verb assay
  program_options=($options) program_kinds=(${(kv)kinds})
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $kind ]]; then
      case $option in (--project|--env) before+=($option $word) ;; esac
      kind=''
      continue
    fi
    case $word in
      (-*=*) ;;
      (-*) option=$word kind=${kinds[$word]-${program_kinds[$word]-}} ;;
      (*)
        names=(${verbs%%:*})
        if ((${names[(Ie)$word]})); then
          path_+=" $word"
          _assay_verb $path_
        else
          ((position++))
        fi
        ;;
    esac
  done
  if [[ -z $kind ]]; then
    case $words[CURRENT] in
      (-*=*)
        option=${words[CURRENT]%%=*}
        kind=${kinds[$option]-${program_kinds[$option]-}}
        compset -P '*='
        ;;
      (-*)
        options+=($program_options)
        _describe -o option options
        return
        ;;
      (*)
        if (($#verbs)); then
          _describe verb verbs
          return
        fi
        if ((position > $#arguments)); then position=$#arguments; fi
        kind=${arguments[position]-}
        ;;
    esac
  fi
  case $kind in
    (files) _files ;;
    (folders) _files -/ ;;
    (words/*) compadd -- ${(s:,:)kind#words/} ;;
    (names/*)
      if [[ $kind == names/nodes ]]; then compset -P '+'; fi
      compadd -- ${(f)"$(command $words[1] $before completion --names ${kind#names/} 2> /dev/null)"}
      ;;
  esac
}

if [[ ${funcstack[1]-} == _assay ]]; then _assay "$@"; else compdef _assay assay; fi
)SCRIPT";

constexpr const char* kFishBefore = R"SCRIPT(
function __assay_at --description 'whether the words so far lead to this verb'
    set -l path assay
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word $__assay_valued
            set skip 1
        else if contains -- "$path $word" $__assay_paths
            set path "$path $word"
        end
    end
    test "$path" = "$argv[1]"
end

function __assay_names
    set -l before
    set -l words (commandline -opc)
    for i in (seq (count $words))
        if contains -- $words[$i] --project --env; and set -q words[(math $i + 1)]
            set -a before $words[$i] $words[(math $i + 1)]
        end
    end
    set -l names (command $words[1] $before completion --names $argv[1] 2>/dev/null)
    if test $argv[1] = nodes; and string match -q -- '+*' (commandline -ct)
        string replace -r -- '^' + $names
    else
        string join -- \n $names
    end
end

complete -c assay -f
)SCRIPT";

std::string FishValue(const std::string& kind) {
  if (kind == "files") return " -r -F";
  if (kind == "folders") return " -x -a '(__fish_complete_directories)'";
  if (kind.starts_with("names/")) return " -x -a '(__assay_names " + kind.substr(6) + ")'";
  if (!kind.starts_with("words/")) return " -x";
  std::string words = kind.substr(6);
  for (char& c : words) c = c == ',' ? ' ' : c;
  return " -x -a '" + words + "'";
}

// `-l limit`, `-s m`
std::string FishNames(const OptionText& option) {
  std::string text;
  for (const std::string& name : option.names) {
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  return text;
}

}  // namespace

std::string CompletionOf(const OptionText& option) {
  if (!option.choices.empty()) return "words/" + Join(option.choices, ",");
  const auto found = KindsOfValues().find(option.value);
  return found == KindsOfValues().end() ? "none" : found->second;
}

std::string BashCompletion(const VerbText& program) {
  std::string text =
      "# Completion of assay for bash, made by `assay completion bash`.\n\n"
      "_assay_verb() {  # what the verb $1 takes\n  case $1 in\n";
  ForEachVerb(program, "assay", [&](const VerbText& verb, const std::string& path) {
    text += "    " + Quoted(path) + ")\n";
    text += "      verbs=" + Quoted(Join(VerbNames(verb), " ")) + "\n";
    text += "      flags=" + Quoted(Join(OptionWords(verb, false, false), " ")) + "\n";
    text += "      valued=" + Quoted(Join(OptionWords(verb, true, true), " ")) + "\n";
    text += "      arguments=" + Quoted(Join(ArgumentKinds(verb), " ")) + "\n      ;;\n";
  });
  return text + "  esac\n}\n" + kBashBehind;
}

std::string ZshCompletion(const VerbText& program) {
  std::string text =
      "#compdef assay\n# Completion of assay for zsh, made by `assay completion zsh`.\n\n"
      "_assay_verb() {  # what the verb $1 takes\n"
      "  verbs=() options=() kinds=() arguments=()\n  case $1 in\n";
  ForEachVerb(program, "assay", [&](const VerbText& verb, const std::string& path) {
    text += "    (" + Quoted(path) + ")\n      verbs=(";
    for (const VerbText& below : verb.verbs) {
      text += "\n        " + Quoted(below.name + ":" + below.summary);
    }
    text += ")\n      options=(";
    std::string kinds;
    for (const OptionText& option : verb.options) {
      for (const std::string& name : option.names) {
        text += "\n        " + Quoted(name + ":" + option.help);
        if (!option.value.empty()) kinds += " " + name + " " + Quoted(CompletionOf(option));
      }
    }
    text += ")\n      kinds=(" + kinds + ")\n      arguments=(" + Join(ArgumentKinds(verb), " ") +
            ")\n      ;;\n";
  });
  return text + "  esac\n}\n" + kZshBehind;
}

std::string FishCompletion(const VerbText& program) {
  std::string paths;
  std::string valued;
  std::string lines;
  ForEachVerb(program, "assay", [&](const VerbText& verb, const std::string& path) {
    paths += " \\\n    " + FishQuoted(path);
    // The program's own options stand anywhere.
    const bool is_program = path == "assay";
    const std::string at = "complete -c assay -n \"__assay_at " + FishQuoted(path) + "\"";
    for (const VerbText& below : verb.verbs) {
      lines += at + " -a " + below.name + " -d " + FishQuoted(below.summary) + "\n";
    }
    for (const OptionText& option : verb.options) {
      lines += (is_program ? "complete -c assay" : at) + FishNames(option) +
               (option.value.empty() ? "" : FishValue(CompletionOf(option))) + " -d " +
               FishQuoted(option.help) + "\n";
    }
    for (const std::string& word : OptionWords(verb, true, false)) valued += " " + word;
    for (const std::string& kind : ArgumentKinds(verb)) {
      if (kind != "none") lines += at + FishValue(kind).substr(3) + "\n";
    }
  });
  return "# Completion of assay for fish, made by `assay completion fish`.\n\nset -g "
         "__assay_paths" +
         paths + "\nset -g __assay_valued" + valued + "\n" + kFishBefore + lines;
}

}  // namespace assay::cli
