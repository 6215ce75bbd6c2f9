# Prints what bash offers for the last word of the command line in its arguments.
source completions/gpt.bash
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_gpt gpt "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
