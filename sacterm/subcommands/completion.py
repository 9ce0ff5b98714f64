"""``sacterm completion``: what a shell needs to complete our command line.

The whole command line is written into the script, so that a press of tab starts no program.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from shlex import quote
from string import Template

from sacterm.assembly import theme_names

_FILES = "<files>"  # stands where the shell is to offer its files

Words = dict[str, str]
"""What can be said next, and what it is for."""

_BASH = Template(r"""# bash completion for sacterm
_sacterm_words() {
    case $$1 in
$arms
        *) return 1 ;;
    esac
}

_sacterm() {
    local at= hide='-*' word words format='%s\n%.0s'
    for word in "$${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $$at == *' -'* ]]; then
            at=$${at% -*}
        elif _sacterm_words "$$at $$word" >/dev/null; then
            at+=" $$word"
        fi
    done
    word=$${COMP_WORDS[COMP_CWORD]}
    words=$$(_sacterm_words "$$at")
    COMPREPLY=()
    if [[ $$words == '$files' ]]; then
        compopt -o default 2>/dev/null
        return
    fi
    [[ $$word == -* ]] && hide='!-*'
    local IFS=$$'\n'
    COMPREPLY=($$(compgen -W "$$words" -X "$$hide" -- "$$word"))
}

complete -F _sacterm sacterm
""")

_ZSH = Template(r"""#compdef sacterm
_sacterm_words() {
    case $$1 in
$arms
        *) return 1 ;;
    esac
}

_sacterm() {
    local at= format='%s:%s\n' word
    local -a found
    for word in "$${(@)words[2,CURRENT-1]}"; do
        if [[ $$at == *' -'* ]]; then
            at=$${at% -*}
        elif _sacterm_words "$$at $$word" >/dev/null; then
            at+=" $$word"
        fi
    done
    found=($${(f)"$$(_sacterm_words "$$at")"})
    if [[ $$found == '$files:'* ]]; then
        _files
        return
    fi
    [[ $$PREFIX == -* ]] || found=("$${(@)found:#-*}")
    _describe sacterm found
}

if [[ $$funcstack[1] == _sacterm ]]; then
    _sacterm "$$@"
else
    compdef _sacterm sacterm
fi
""")

_FISH = Template(r"""# fish completion for sacterm
function __sacterm_words
    switch "$$argv[1]"
$arms
        case '*'
            return 1
    end
end

function __sacterm
    set -l at ''
    for word in (commandline -opc)[2..-1]
        if string match -q -- '* -*' "$$at"
            set at (string replace -r -- ' -[^ ]*$$' '' "$$at")
        else if __sacterm_words "$$at $$word" >/dev/null
            set at "$$at $$word"
        end
    end
    set -l found (__sacterm_words "$$at")
    if string match -q -- '$files*' "$$found[1]"
        __fish_complete_path (commandline -ct)
    else if string match -q -- '-*' (commandline -ct)
        string match -- '-*' $$found
    else
        string match -v -- '-*' $$found
    end
end

complete -c sacterm -f -a '(__sacterm)'
""")


def run_completion(options: argparse.Namespace) -> int:
    """Print a shell's script; the exit status."""
    print(script(options.shell, options.parser), end="")
    return 0


def script(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script that completes a command line.

    Args:
        shell: one of :data:`SHELLS`.
        parser: of the command line.
    """
    template, arm = _SHELLS[shell]
    places: dict[str, list[str]] = {}  # by what can be said there
    for place, words in _places(parser).items():
        said = " ".join(f"{quote(word)} {quote(use)}" for word, use in words.items())
        places.setdefault(said, []).append(quote(place))
    arms = (arm(places[said], said) for said in places)
    return template.substitute(arms="\n".join(arms), files=_FILES)


def _posix_arm(places: list[str], said: str) -> str:
    says = f'printf "$format" {said}' if said else ":"
    return f"        {'|'.join(places)}) {says} ;;"


def _fish_arm(places: list[str], said: str) -> str:
    says = f"printf '%s\\t%s\\n' {said}" if said else "true"
    return f"        case {' '.join(places)}\n            {says}"


_SHELLS = {
    "bash": (_BASH, _posix_arm),
    "zsh": (_ZSH, _posix_arm),
    "fish": (_FISH, _fish_arm),
}
SHELLS = tuple(_SHELLS)


def _places(parser: argparse.ArgumentParser) -> dict[str, Words]:
    """What can be said after which words; these each with a space before it."""
    from sacterm.settings.listing import choices
    from sacterm.settings.options import NAMES
    from sacterm.tui.commands import COMMANDS

    places = dict(_walk(parser, ""))
    setting = " config set"
    for name in NAMES:
        values = sorted(theme_names()) if name == "theme" else choices(name)
        places[setting][name] = ""
        places[f"{setting} {name}"] = dict.fromkeys(values, "")
        places |= {f"{setting} {name} {value}": {} for value in values}
    places[setting] |= {f"keys.{command.id}": command.label for command in COMMANDS}
    return places


def _walk(parser: argparse.ArgumentParser, place: str) -> Iterator[tuple[str, Words]]:
    words: Words = {}
    for action in parser._actions:  # argparse tells them in no other way
        use = (action.help or "") % {**vars(action), "prog": parser.prog}
        if isinstance(action, argparse._SubParsersAction):
            words |= {each.dest: each.help or "" for each in action._choices_actions}
            for name, inner in action.choices.items():
                yield from _walk(inner, f"{place} {name}")
            continue
        values: Words = dict.fromkeys(action.choices or (), "")
        if action.metavar == "FILE":
            values = {_FILES: ""}
        if not action.option_strings:
            words |= values
            yield from ((f"{place} {value}", {}) for value in values)
            continue
        words |= dict.fromkeys(action.option_strings, use)
        if action.nargs != 0:
            yield from ((f"{place} {option}", values) for option in action.option_strings)
    yield place, words
