# Prints what zsh makes of the command line in its arguments when Tab is pressed behind it.
zmodload zsh/zpty
TERM=dumb zpty shell zsh -f -i
zpty -w shell "PS1=; fpath=($PWD/completions \$fpath); autoload -U compinit; compinit -u -D; echo rea''dy"
zpty -r -m shell line '*ready*'
zpty -w -n shell "$*"$'\t'
integer tries=0
while (( tries++ < 40 )); do
    if zpty -r -t shell line; then print -rn -- $line; else sleep 0.1; fi
done
zpty -d shell
