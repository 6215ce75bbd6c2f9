# make install PREFIX=/usr/local: the program, its manual and its completions.
PREFIX ?= /usr/local
DEST = $(DESTDIR)$(PREFIX)

all:
	cargo build --release --locked

install: all
	install -d $(DEST)/bin $(DEST)/share/man/man1 $(DEST)/share/bash-completion/completions
	install -d $(DEST)/share/zsh/site-functions $(DEST)/share/fish/vendor_completions.d
	install -m 755 target/release/gpt $(DEST)/bin/gpt
	install -m 644 man/*.1 $(DEST)/share/man/man1/
	install -m 644 completions/gpt.bash $(DEST)/share/bash-completion/completions/gpt
	install -m 644 completions/_gpt $(DEST)/share/zsh/site-functions/_gpt
	install -m 644 completions/gpt.fish $(DEST)/share/fish/vendor_completions.d/gpt.fish

.PHONY: all install
